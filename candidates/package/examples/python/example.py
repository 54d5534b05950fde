"""Builds an index over random clusters, asks for a recall and sees whether it is kept: python example.py"""

import sys
import tempfile
from pathlib import Path

import numpy as np

import @NAME@

wanted, k = 0.95, 10
random = np.random.default_rng(1)
centres = random.standard_normal((100, 48))
near = lambda count: (centres[random.integers(100, size=count)] + 0.7 * random.standard_normal((count, 48))).astype(np.float32)
rows, queries = near(20_000), near(1_000)

with @NAME@.Index.build(rows) as index:
    promised = index.effort_for(wanted, k)
    ids, distances = index.search(queries, k, recall=wanted)
    path = Path(tempfile.mkdtemp()) / "clusters.index"
    index.save(path)
with @NAME@.Index.load(path, mapped=True) as loaded:
    assert np.array_equal(loaded.search(queries, k, recall=wanted)[0], ids), "a loaded index answers as the built one did"

squared = (queries**2).sum(1)[:, None] - 2 * queries @ rows.T + (rows**2).sum(1)
exact = np.argpartition(squared, k, axis=1)[:, :k]
recall = np.mean([len(set(found) & set(true)) / k for found, true in zip(ids, exact)])
print(f"{@NAME@.package()} on {@NAME@.level()}: recall@{k} {recall:.4f} at effort {promised.effort}, asked for {wanted}")
sys.exit(0 if recall >= wanted - 0.01 else 1)

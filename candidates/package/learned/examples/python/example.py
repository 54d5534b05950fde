"""Loads the trained index, asks for a recall and sees whether it is kept: python example.py"""

import sys
from pathlib import Path

import numpy as np

import @NAME@

wanted, k = 0.9, 10
examples = Path(__file__).resolve().parent.parent
with @NAME@.Index.load(examples.parent / "@NAME@.index", mapped=True) as index:
    # fvecs: each row after its dimension.
    words = np.fromfile(examples / "queries.fvecs", np.float32)
    queries = np.ascontiguousarray(words.reshape(-1, words[:1].view(np.int32)[0] + 1)[:, 1:])
    promised = index.effort_for(wanted, k)
    ids, distances = index.search(queries, k, recall=wanted)
    exact, _ = index.search(queries, k, effort=2**32 - 1)  # beyond all efforts: every row is compared

recall = np.mean([len(set(found) & set(true)) / k for found, true in zip(ids, exact)])
print(f"{@NAME@.package()} on {@NAME@.level()}: recall@{k} {recall:.4f} at effort {promised.effort}, asked for {wanted}")
sys.exit(0 if recall >= wanted - 0.03 else 1)

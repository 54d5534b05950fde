"""Runs an algorithm as ann-benchmarks' runner does: definitions from config.yml, then fit, set_query_arguments, query and batch_query.

Usage: ann_benchmarks_run.py FOLDER ALGORITHM, where FOLDER holds ann_benchmarks/algorithms/. Prints one JSON line a metric and way of asking.
"""

import importlib
import itertools
import json
import sys
from pathlib import Path

import numpy as np
import yaml


def definitions(config, metric):
    """Constructor arguments and query arguments: run groups, in which lists stand for alternatives."""
    algorithm = config["float"].get("any") or config["float"][metric]
    for entry in algorithm:
        base = [metric if argument == "@metric" else argument for argument in entry["base_args"]]
        for group in entry["run_groups"].values():
            alternatives = []
            for argument in group["arg_groups"]:
                values = [value if isinstance(value, list) else [value] for value in argument.values()]
                alternatives.append([dict(zip(argument, chosen)) for chosen in itertools.product(*values)])
            asked = list(itertools.product(*[value if isinstance(value, list) else [value] for value in group["query_args"]]))
            for arguments in itertools.product(*alternatives):
                yield entry, [*base, *arguments], asked


def recall(found, exact):
    return float(np.mean([len(set(map(int, ids)) & set(map(int, true))) / len(true) for ids, true in zip(found, exact)]))


def main(folder, name):
    sys.path.insert(0, folder)
    config = yaml.safe_load((Path(folder) / "ann_benchmarks" / "algorithms" / name / "config.yml").read_text())
    random = np.random.default_rng(3)
    train = random.standard_normal((4000, 20)).astype(np.float32)
    test = random.standard_normal((40, 20)).astype(np.float32)
    unit = lambda rows: rows / np.linalg.norm(rows, axis=1, keepdims=True)
    far = {
        "euclidean": ((test[:, None] - train[None]) ** 2).sum(2),
        "angular": 1 - unit(test) @ unit(train).T,
    }
    for metric, distances in far.items():
        exact = np.argsort(distances, axis=1)[:, :10]
        for entry, arguments, asked in definitions(config, metric):
            module = importlib.import_module(f"{entry['module']}.module")
            algorithm = getattr(module, entry["constructor"])(*arguments)
            before = algorithm.get_memory_usage()
            algorithm.fit(train)
            grown = algorithm.get_memory_usage() - before
            for query_arguments in asked:
                algorithm.set_query_arguments(*query_arguments)
                single = recall([algorithm.query(q, 10) for q in test], exact)
                algorithm.batch_query(test, 10)
                batch = recall(algorithm.get_batch_results(), exact)
                line = {"metric": metric, "effort": query_arguments[0], "single": single, "batch": batch, "kilobytes": grown}
                print(json.dumps({**line, "name": str(algorithm), "docker": entry["docker_tag"]}))
            algorithm.freeIndex()
            algorithm.done()


main(*sys.argv[1:])

"""@PACKAGE@ as an algorithm of ann-benchmarks: one index a process, one thread a query, all cores for a batch."""

import @NAME@

from ..base.module import BaseANN


class ExportedIndex(BaseANN):
    def __init__(self, metric, method_param):
        if metric not in ("euclidean", "angular"):
            raise NotImplementedError(f'@NAME@ has no metric "{metric}"; there are "euclidean" and "angular"')
        self.metric = metric
        self.max_degree = method_param["maxDegree"]
        self.index = None
        self._describe("not asked yet")

    def fit(self, X):
        # Not calibrated: the benchmark measures recall itself, and every minute here counts as build time.
        self.index = @NAME@.Index.build(X, metric=self.metric, max_degree=self.max_degree, calibration_queries=0)

    def set_query_arguments(self, effort):
        self.effort = effort
        self._describe(f"effort {effort}")

    def query(self, v, n):
        ids, _ = self.index.search(v, n, effort=self.effort, threads=1)
        return ids[ids != @NAME@.NO_ID]

    def batch_query(self, X, n):
        self.res, _ = self.index.search(X, n, effort=self.effort)

    def get_batch_results(self):
        return [ids[ids != @NAME@.NO_ID] for ids in self.res]

    def get_memory_usage(self):
        """Kilobytes that the index holds; the benchmark takes the difference that `fit` makes."""
        return 0.0 if self.index is None else self.index.memory_bytes / 1024

    def freeIndex(self):
        self.index.close()
        self.index = None

    def done(self):
        if self.index is not None:
            self.freeIndex()

    def _describe(self, asked):
        self.name = f"@NAME@ @VERSION@ (max degree {self.max_degree or 'as measured'}, {asked})"

    def __str__(self):
        return self.name

"""Stands in for ann_benchmarks.algorithms.base.module: what an algorithm may call of its base class, and what the runner calls of it."""


class BaseANN:
    def done(self):
        """Called when the algorithm is no longer needed."""

    def get_memory_usage(self):
        """Kilobytes, or None."""
        return None

    def fit(self, X):
        """Builds the index over rows of float32."""

    def query(self, q, n):
        """Ids of the n nearest rows."""
        return []

    def batch_query(self, X, n):
        """As query, for many; get_batch_results has the answers."""
        self.res = [self.query(q, n) for q in X]

    def get_batch_results(self):
        return self.res

    def get_additional(self):
        return {}

    def __str__(self):
        return self.name

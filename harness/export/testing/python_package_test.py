"""What the Python package of seed_index promises; run by python.test.ts in an environment where pip installed it."""

import os
import tempfile
import threading
import unittest

import numpy as np
import seed_index
from seed_index import BadArgument, BadFile, Cancelled, Index

random = np.random.default_rng(5)
rows = random.standard_normal((3000, 24), dtype=np.float32)
queries = random.standard_normal((50, 24), dtype=np.float32)


def exact(metric, k):
    if metric == "euclidean":
        distances = ((queries[:, None] - rows[None]) ** 2).sum(2)
    else:
        unit = lambda matrix: matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
        distances = 1 - unit(queries) @ unit(rows).T
    order = np.argsort(distances, axis=1)[:, :k]
    return order, np.take_along_axis(distances, order, axis=1)


class Searching(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.index = Index.build(rows)

    def test_finds_the_exact_neighbours_at_a_high_effort_under_both_metrics(self):
        for metric in ("euclidean", "angular"):
            with Index.build(rows, metric=metric, calibration_queries=0) as index:
                ids, distances = index.search(queries, 10, effort=1000)
                wanted, wanted_distances = exact(metric, 10)
                self.assertEqual(index.metric, metric)
                self.assertGreater(np.mean([len(set(a) & set(b)) for a, b in zip(ids, wanted)]) / 10, 0.99)
                np.testing.assert_allclose(distances[:, 0], wanted_distances[:, 0], rtol=1e-4, atol=1e-5)
                self.assertTrue((np.diff(distances) >= 0).all())

    def test_answers_one_query_as_it_answers_a_batch(self):
        ids, distances = self.index.search(queries, 5, effort=64)
        self.assertEqual((ids.dtype, distances.dtype, ids.shape), (np.uint32, np.float32, (50, 5)))
        for n in (0, 49):
            one, one_distances = self.index.search(queries[n], 5, effort=64)
            self.assertEqual(one.shape, (5,))
            np.testing.assert_array_equal(one, ids[n])
            np.testing.assert_array_equal(one_distances, distances[n])

    def test_takes_what_numpy_can_make_rows_of(self):
        wanted, _ = self.index.search(queries, 5, effort=64)
        for form in (queries.astype(np.float64), np.asfortranarray(queries), np.repeat(queries, 2, axis=0)[::2], queries.tolist()):
            np.testing.assert_array_equal(self.index.search(form, 5, effort=64)[0], wanted)
        self.assertEqual(self.index.search(np.empty((0, 24)), 5, effort=64)[0].shape, (0, 5))

    def test_turns_a_recall_into_the_effort_whose_lower_bound_reaches_it(self):
        point = self.index.effort_for(0.9)
        self.assertGreaterEqual(point.low, 0.9)
        self.assertIn(point, self.index.calibration)
        ids, _ = self.index.search(queries, 10, recall=0.9)
        np.testing.assert_array_equal(ids, self.index.search(queries, 10, effort=point.effort)[0])
        with self.assertRaisesRegex(BadArgument, "recall|target"):
            self.index.effort_for(1.5)

    def test_fills_up_with_no_id_where_fewer_rows_exist(self):
        with Index.build(rows[:3], calibration_queries=0) as index:
            ids, distances = index.search(rows[0], 5, effort=10)
            self.assertEqual((len(index), index.dimension), (3, 24))
            self.assertEqual(set(ids[:3]), {0, 1, 2})
            self.assertEqual(list(ids[3:]), [seed_index.NO_ID] * 2)
            self.assertTrue(np.isinf(distances[3:]).all())

    def test_leaves_the_interpreter_free_while_it_searches(self):
        many = np.repeat(queries, 400, axis=0)
        worker = threading.Thread(target=lambda: self.index.search(many, 10, effort=200, threads=1))
        worker.start()
        steps = 0
        while worker.is_alive():
            steps += 1
        self.assertGreater(steps, 1000)

    def test_may_be_closed_while_a_search_is_under_way(self):
        index = Index.build(rows, calibration_queries=0)
        many = np.repeat(queries, 200, axis=0)
        answers = []
        worker = threading.Thread(target=lambda: answers.append(index.search(many, 10, effort=100, threads=1)[0]))
        worker.start()
        index.close()
        worker.join()
        if answers:
            np.testing.assert_array_equal(answers[0], np.repeat(self.index.search(queries, 10, effort=100)[0], 200, axis=0))
        with self.assertRaisesRegex(BadArgument, "closed"):
            index.search(queries, 10, effort=10)


class Refusing(unittest.TestCase):
    def test_says_what_is_wrong_with_an_argument(self):
        index = Index.build(rows[:100], calibration_queries=0)
        uncalibrated = Index.build(rows, calibration_queries=0)
        spoilt = rows[:20].copy()
        spoilt[7, 3] = np.nan
        for sentence, call in {
            "7": lambda: Index.build(spoilt),
            "3": lambda: Index.build(np.vstack([rows[:3], np.zeros((1, 24))]), metric="angular"),
            "cosine": lambda: Index.build(rows, metric="cosine"),
            r"\(24,\)": lambda: Index.build(rows[0]),
            r"\(50, 23\)": lambda: index.search(queries[:, :23], effort=10),
            "nan|NaN": lambda: index.search(spoilt, effort=10),
            "effort is None and recall None": lambda: index.search(queries),
            "effort is 10 and recall 0.9": lambda: index.search(queries, effort=10, recall=0.9),
            "effort is 0": lambda: index.search(queries, effort=0),
            "k is 0": lambda: index.search(queries, 0, effort=10),
            "k is -1": lambda: index.search(queries, -1, effort=10),
            "k is 2.5": lambda: index.search(queries, 2.5, effort=10),
            "threads is True": lambda: index.search(queries, effort=10, threads=True),
            "0 rows|no rows|count": lambda: Index.build(np.empty((0, 24))),
            "calibrat": lambda: uncalibrated.search(queries, recall=0.9),
        }.items():
            with self.subTest(sentence), self.assertRaisesRegex(BadArgument, sentence):
                call()

    def test_refuses_files_that_are_none_of_its_own(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "an index")
            with self.assertRaises(OSError):
                Index.load(path)
            with open(path, "wb") as file:
                file.write(b"nothing of the kind" * 1000)
            with self.assertRaises(BadFile):
                Index.load(path)
            Index.build(rows).save(path)
            size = os.path.getsize(path)
            os.truncate(path, size - 1)
            with self.assertRaises(BadFile):
                Index.load(path)
            with self.assertRaises(OSError):
                Index.build(rows[:10], calibration_queries=0).save(os.path.join(folder, "no such folder", "index"))


class Keeping(unittest.TestCase):
    def test_answers_from_a_file_as_before_mapped_and_copied(self):
        with tempfile.TemporaryDirectory() as folder, Index.build(rows) as index:
            path = os.path.join(folder, "an index")
            index.save(path)
            wanted = index.search(queries, 10, recall=0.9)
            for mapped in (False, True):
                with Index.load(path, mapped=mapped) as loaded:
                    self.assertEqual(loaded.calibration, index.calibration)
                    for found, before in zip(loaded.search(queries, 10, recall=0.9), wanted):
                        np.testing.assert_array_equal(found, before)


class Telling(unittest.TestCase):
    def test_tells_how_far_a_build_is(self):
        told = []
        Index.build(rows, progress=lambda phase, done: told.append((phase, done)))
        self.assertTrue(told)
        self.assertTrue(all(phase and 0 <= done <= 1 for phase, done in told))

    def test_ends_a_build_when_told_so(self):
        with self.assertRaises(Cancelled):
            Index.build(rows, progress=lambda phase, done: False)

    def test_raises_again_what_the_callback_raised(self):
        def fails(phase, done):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            Index.build(rows, progress=fails)


if __name__ == "__main__":
    unittest.main()

"""The index: build, search, save, load."""

from __future__ import annotations

import ctypes
import os
from typing import NamedTuple, Optional, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._abi import BuildOptions, Info, LoadOptions, Point, library, metrics, require
from ._arguments import address, matrix, search_options, whole
from ._observing import ProgressCallback, observing
from .errors import BadArgument


class CalibrationPoint(NamedTuple):
    """Recall of calibration_k neighbours at an effort, with its 95 % interval over held-out queries."""

    effort: int
    recall: float
    low: float
    high: float


class _Handle:
    """Owns the index of the library. A call under way holds a reference, so closing never pulls it from under a search."""

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer

    # The library is a default argument because module globals may be gone when the interpreter ends.
    def __del__(self, free=library.annvil_free) -> None:
        free(self.pointer)


class Index:
    """Immutable once made; any number of threads may search it at once, and searches leave the interpreter free.

    Ids are row numbers (uint32) of what was built. Distances are squared L2, or 1 - cosine under "angular".
    Make one with `Index.build` or `Index.load`.
    """

    def __init__(self, handle: _Handle) -> None:
        self._handle: Optional[_Handle] = handle
        info = self._info()
        self._dimension = int(info.dimension)
        self._count = int(info.count)

    @classmethod
    def build(
        cls,
        rows: ArrayLike,
        *,
        metric: str = "euclidean",
        threads: int = 0,
        seed: int = 1,
        max_degree: int = 0,
        calibration_queries: int = 500,
        calibration_k: int = 10,
        sample_queries: Optional[ArrayLike] = None,
        progress: Optional[ProgressCallback] = None,
    ) -> Index:
        """Builds an index over rows [count, dimension], which are copied as float32.

        threads: 0 for all cores. max_degree: 0 for the one that was measured.
        calibration_queries: rows held out at first to measure recall (5 % of them at most), at the price of a second build;
        0 for none, and then `search` takes no recall. sample_queries [any, dimension] are used instead, without a second build.
        progress(phase, done in [0, 1]) may return False, or raise, to cancel.
        Raises BadArgument naming the row and value (NaN, infinite, zero under "angular", no rows), Cancelled, MemoryError.
        """
        if metric not in metrics:
            raise BadArgument(f'metric is "{metric}"; there are "euclidean" and "angular"')
        rows = matrix(rows, "rows")
        samples = None if sample_queries is None else matrix(sample_queries, "sample_queries", rows.shape[1])
        pointer = ctypes.c_void_p()
        with observing(progress) as observer:
            options = BuildOptions(
                metric=metrics.index(metric),
                threads=whole(threads, "threads"),
                seed=whole(seed, "seed", 64),
                max_degree=whole(max_degree, "max_degree"),
                calibration_queries=whole(calibration_queries, "calibration_queries"),
                calibration_k=whole(calibration_k, "calibration_k"),
                sample_queries=None if samples is None else samples.ctypes.data_as(ctypes.POINTER(ctypes.c_float)),
                sample_count=0 if samples is None else len(samples),
                observer=observer,
            )
            require(library.annvil_build(rows.ctypes.data, len(rows), rows.shape[1], ctypes.byref(options), ctypes.byref(pointer)))
        return cls(_Handle(pointer.value))

    @classmethod
    def load(
        cls,
        path: Union[str, os.PathLike[str]],
        *,
        mapped: bool = False,
        checksum: bool = True,
        progress: Optional[ProgressCallback] = None,
    ) -> Index:
        """Loads what `save` wrote. mapped: vectors stay in the file, which must not change meanwhile; else they are copied to huge pages, faster to search.

        Raises BadFile for what is no index file of this package, truncated or damaged; OSError where the system says no.
        """
        pointer = ctypes.c_void_p()
        with observing(progress) as observer:
            options = LoadOptions(map=int(mapped), skip_checksum=int(not checksum), observer=observer)
            require(library.annvil_load(os.fsencode(path), ctypes.byref(options), ctypes.byref(pointer)))
        return cls(_Handle(pointer.value))

    def save(self, path: Union[str, os.PathLike[str]]) -> None:
        """Writes the index to one file, atomically: what is at `path` stays until the new file is whole. Raises OSError."""
        handle = self._open()
        require(library.annvil_save(handle.pointer, os.fsencode(path)))

    def search(
        self,
        queries: ArrayLike,
        k: int = 10,
        *,
        effort: Optional[int] = None,
        recall: Optional[float] = None,
        threads: int = 0,
    ) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        """The k nearest rows of each query: ids and exact distances, closest first, of shape [queries, k], or [k] for one query.

        One of effort (1 or more; more finds more and takes longer) and recall (in (0, 1]: the least effort whose calibrated
        lower bound reaches it) is to be given. threads: of a batch, 0 for all cores; one query is answered on the caller's.
        Where fewer than k rows exist the rest is NO_ID, at an infinite distance.
        Raises BadArgument naming the query and value.
        """
        handle = self._open()
        asked = np.ascontiguousarray(queries, dtype=np.float32)
        if asked.ndim not in (1, 2) or asked.shape[-1] != self._dimension:
            raise BadArgument(f"queries have the shape {asked.shape}; [any, {self._dimension}] or [{self._dimension}] is wanted")
        shape = (k,) if asked.ndim == 1 else (len(asked), k)
        options = search_options(k, effort, recall, threads)
        ids = np.empty(shape, dtype=np.uint32)
        distances = np.empty(shape, dtype=np.float32)
        count = 1 if asked.ndim == 1 else len(asked)
        status = library.annvil_search(handle.pointer, address(asked), count, options, address(ids), address(distances))
        if status != 0:
            require(status)
        return ids, distances

    def effort_for(self, recall: float, k: int = 10) -> CalibrationPoint:
        """The least effort whose lower bound reaches `recall`. Raises BadArgument naming the best that can be promised."""
        handle = self._open()
        chosen = Point()
        require(library.annvil_effort_for(handle.pointer, float(recall), whole(k, "k"), ctypes.byref(chosen)))
        return CalibrationPoint(chosen.effort, chosen.recall, chosen.low, chosen.high)

    @property
    def calibration(self) -> tuple[CalibrationPoint, ...]:
        """Recall by effort, ascending in effort; empty where the index was built without calibration."""
        handle = self._open()
        count = ctypes.c_size_t(0)
        require(library.annvil_calibration(handle.pointer, None, ctypes.byref(count)))
        points = (Point * count.value)()
        require(library.annvil_calibration(handle.pointer, points, ctypes.byref(count)))
        return tuple(CalibrationPoint(point.effort, point.recall, point.low, point.high) for point in points)

    def __len__(self) -> int:
        return self._count

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def metric(self) -> str:
        return metrics[self._info().metric]

    @property
    def calibration_k(self) -> int:
        """The k that calibration measured recall at; 0 where there is none."""
        return int(self._info().calibration_k)

    @property
    def memory_bytes(self) -> int:
        """Of the process; without what stays in a mapped file."""
        return int(self._info().memory_bytes)

    def close(self) -> None:
        """Frees the index once searches under way have ended. Closing twice is fine."""
        self._handle = None

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> _Handle:
        if self._handle is None:
            raise BadArgument("the index is closed")
        return self._handle

    def _info(self) -> Info:
        handle = self._open()
        info = Info()
        require(library.annvil_describe(handle.pointer, ctypes.byref(info)))
        return info

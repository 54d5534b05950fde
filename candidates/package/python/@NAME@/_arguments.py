"""Arguments on their way to the C ABI: checked where ctypes would wrap or crash, converted where Python is more lenient than C."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Optional

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._abi import SearchOptions
from .errors import BadArgument


# The options of a search are the same query after query.
@lru_cache(maxsize=64, typed=True)
def search_options(k: int, effort: Optional[int], recall: Optional[float], threads: int) -> ctypes.c_void_p:
    if (effort is None) == (recall is None):
        raise BadArgument(f"effort is {effort} and recall {recall}; give one of them, such as recall=0.95")
    if effort == 0:
        raise BadArgument("effort is 0; 1 or more is wanted")
    options = SearchOptions(
        k=whole(k, "k"),
        effort=0 if effort is None else whole(effort, "effort"),
        target_recall=0.0 if recall is None else float(recall),
        threads=whole(threads, "threads"),
    )
    pointer = ctypes.c_void_p(ctypes.addressof(options))
    pointer.options = options  # keeps them alive as long as their address
    return pointer


_byte = ctypes.c_char


def address(array: NDArray[np.generic]) -> int:
    """Where a contiguous array's values lie. By its buffer in a third of the time that its other ways take, which shows at 3 µs a query."""
    try:
        return ctypes.addressof(_byte.from_buffer(array))
    except (TypeError, ValueError):  # read-only, or empty
        return array.__array_interface__["data"][0]


def matrix(values: ArrayLike, name: str, dimension: Optional[int] = None) -> NDArray[np.float32]:
    matrix = np.ascontiguousarray(values, dtype=np.float32)
    if matrix.ndim != 2 or matrix.shape[1] == 0 or (dimension is not None and matrix.shape[1] != dimension):
        raise BadArgument(f"{name} have the shape {matrix.shape}; [count, {dimension or 'dimension'}] is wanted")
    return matrix


def whole(value: int, name: str, bits: int = 32) -> int:
    # bool passes as int in Python, and as a number of threads it is surely a mistake.
    if isinstance(value, bool) or not hasattr(value, "__index__") or not 0 <= value.__index__() < 2**bits:
        raise BadArgument(f"{name} is {value!r}; a whole number in [0, 2^{bits}) is wanted")
    return value.__index__()

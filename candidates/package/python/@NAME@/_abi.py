"""The C ABI (include/@NAME@.h) as ctypes sees it: structs, prototypes, and the library itself."""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_double, c_float, c_int, c_size_t, c_uint32, c_uint64, c_void_p
from pathlib import Path

from .errors import error_of

NO_ID = 0xFFFFFFFF
metrics = ("euclidean", "angular")

Progress = CFUNCTYPE(c_int, c_void_p, c_char_p, c_double)


class _Sized(Structure):
    """A struct that begins with its own size, which is how later versions of the library tell earlier callers."""

    def __init__(self, **fields: object) -> None:
        super().__init__(struct_size=ctypes.sizeof(self), **fields)


class Observer(Structure):
    _fields_ = [("progress", Progress), ("context", c_void_p)]


class BuildOptions(_Sized):
    _fields_ = [
        ("struct_size", c_uint32),
        ("metric", c_int),
        ("threads", c_uint32),
        ("seed", c_uint64),
        ("max_degree", c_uint32),
        ("calibration_queries", c_uint32),
        ("calibration_k", c_uint32),
        ("sample_queries", POINTER(c_float)),
        ("sample_count", c_size_t),
        ("observer", Observer),
    ]


class LoadOptions(_Sized):
    _fields_ = [("struct_size", c_uint32), ("map", c_int), ("skip_checksum", c_int), ("observer", Observer)]


class SearchOptions(_Sized):
    _fields_ = [
        ("struct_size", c_uint32),
        ("k", c_uint32),
        ("effort", c_uint32),
        ("target_recall", c_double),
        ("threads", c_uint32),
        ("observer", Observer),
    ]


class Info(_Sized):
    _fields_ = [
        ("struct_size", c_uint32),
        ("count", c_uint64),
        ("dimension", c_uint32),
        ("metric", c_int),
        ("calibration_k", c_uint32),
        ("memory_bytes", c_uint64),
        ("package", c_char_p),
        ("level", c_char_p),
    ]


class Point(Structure):
    _fields_ = [("effort", c_uint32), ("recall", c_double), ("low", c_double), ("high", c_double)]


_handle = c_void_p
_prototypes: dict[str, list[object]] = {
    "annvil_build": [c_void_p, c_size_t, c_uint32, POINTER(BuildOptions), POINTER(_handle)],
    "annvil_save": [_handle, c_char_p],
    "annvil_load": [c_char_p, POINTER(LoadOptions), POINTER(_handle)],
    "annvil_search": [_handle, c_void_p, c_size_t, c_void_p, c_void_p, c_void_p],
    "annvil_describe": [_handle, POINTER(Info)],
    "annvil_calibration": [_handle, POINTER(Point), POINTER(c_size_t)],
    "annvil_effort_for": [_handle, c_double, c_uint32, POINTER(Point)],
}


def _load() -> ctypes.CDLL:
    """The dispatcher, which lies with this module and opens the best of its siblings that the processor can run."""
    folder = Path(__file__).parent / "native"
    path = folder / "lib@NAME@.so"
    try:
        # ctypes opens with RTLD_LOCAL, so two packages in one process keep their symbols to themselves.
        library = ctypes.CDLL(str(path))
    except OSError as cause:
        raise ImportError(f"cannot open {path}: {cause}; install the package anew for this machine: pip install <package>/python") from cause
    for name, arguments in _prototypes.items():
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = c_int
    library.annvil_free.argtypes = [_handle]
    library.annvil_free.restype = None
    for name in ("annvil_last_error", "annvil_package", "annvil_level"):
        getattr(library, name).restype = c_char_p
        getattr(library, name).argtypes = []
    return library


library = _load()


def require(status: int) -> None:
    """Raises what the status says. Must follow its call on the same thread, as the sentence belongs to the thread."""
    if status != 0:
        raise error_of(status, (library.annvil_last_error() or b"").decode("utf-8", "replace"))

"""What can go wrong, as exceptions. Each carries the sentence of the library, which names the thing and its value."""

from __future__ import annotations


class Error(Exception):
    """Base of the exceptions below; files and memory raise OSError and MemoryError."""


class BadArgument(Error, ValueError):
    """An argument is not allowed: the sentence says which, its value, and what is."""


class BadFile(Error, ValueError):
    """No index file, another package's, truncated or damaged."""


class Cancelled(Error):
    """The progress callback returned False; nothing was made."""


class Unsupported(Error):
    """This machine lacks what was asked for, such as the instruction set that ANNVIL_LEVEL names."""


class InternalError(Error):
    """A fault of the library itself."""


# By annvil_status.
_by_status: dict[int, type[Exception]] = {
    1: BadArgument,
    2: BadFile,
    3: OSError,
    4: MemoryError,
    5: Cancelled,
    6: Unsupported,
}


def error_of(status: int, sentence: str) -> Exception:
    """The exception for an annvil_status other than 0."""
    return _by_status.get(status, InternalError)(sentence or f"the library failed with status {status} and said nothing")

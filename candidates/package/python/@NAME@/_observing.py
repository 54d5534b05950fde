"""A Python callback as an observer of the C ABI."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Optional

from ._abi import Observer, Progress
from .errors import Cancelled

ProgressCallback = Callable[[str, float], Any]


@contextmanager
def observing(progress: Optional[ProgressCallback]) -> Iterator[Observer]:
    """An observer for the calls within the block. What the callback raises ends the call, and is raised again here."""
    raised: list[BaseException] = []

    def tell(_context: object, phase: bytes, done: float) -> int:
        try:
            return 1 if progress is not None and progress(phase.decode(), done) is False else 0
        # Even without a callback this is where an interrupt (Ctrl-C) of the main thread surfaces.
        except BaseException as failure:
            raised.append(failure)
            return 1

    told = Progress(tell)
    try:
        yield Observer(told, None)
    except Cancelled:
        if raised:
            raise raised[0] from None
        raise

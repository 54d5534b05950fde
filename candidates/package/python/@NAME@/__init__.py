"""An approximate nearest-neighbour index, forged and measured by Annvil.

    import numpy, @NAME@

    rows = numpy.random.default_rng(1).standard_normal((10_000, 64), dtype="float32")
    index = @NAME@.Index.build(rows)
    ids, distances = index.search(rows[:5], k=10, recall=0.9)
"""

from ._abi import NO_ID, library as _library
from .errors import BadArgument, BadFile, Cancelled, Error, InternalError, Unsupported
from .index import CalibrationPoint, Index

__all__ = [
    "NO_ID",
    "BadArgument",
    "BadFile",
    "CalibrationPoint",
    "Cancelled",
    "Error",
    "Index",
    "InternalError",
    "Unsupported",
    "level",
    "package",
]

__version__ = "@VERSION@"


def level() -> str:
    """The instruction set that answers here: "avx512", "avx2" or "baseline"; the environment's ANNVIL_LEVEL forces one."""
    return _library.annvil_level().decode()


def package() -> str:
    """Name and version of the package, as its index files carry them."""
    return _library.annvil_package().decode()

"""Compiles the shared libraries: one for each instruction set level, and the dispatcher that opens the best of them."""

import ctypes
import os
import platform
import shlex
import shutil
import subprocess
from pathlib import Path

root = Path(__file__).resolve().parent.parent
dispatcher = "lib@NAME@.so"


def levels():
    """Compiler flags by level for this processor family; ANNVIL_LEVELS in the environment names fewer of them."""
    plain = platform.machine() not in ("x86_64", "AMD64")
    flags = {
        "baseline": [] if plain else ["-march=x86-64"],
        "avx2": ["-march=x86-64-v3"],
        "avx512": ["-march=x86-64-v4", "-mavx512vnni"],
    }
    named = os.environ.get("ANNVIL_LEVELS", "baseline" if plain else " ".join(flags)).split()
    unknown = [level for level in named if level not in flags]
    if unknown or not named:
        raise SystemExit(f"ANNVIL_LEVELS names {', '.join(unknown) or 'nothing'}; the levels are {', '.join(flags)}")
    return {level: flags[level] for level in named}


def sources():
    """The folder of include/ and src/: of a source distribution, or of the exported package that this folder lies in."""
    for folder in (root / "cpp", root.parent):
        if (folder / "src" / "dispatch.cpp").exists():
            return folder
    raise SystemExit(f"no C++ sources: neither {root / 'cpp'} nor {root.parent} holds src/dispatch.cpp")


def usable(native):
    """Whether the dispatcher in `native` opens here, and a library of some level beside it."""
    # It asks for one level; here any will do.
    os.environ.pop("ANNVIL_LEVEL", None)
    try:
        level = ctypes.CDLL(str(native / dispatcher)).annvil_level
    except OSError:
        return False
    level.restype = ctypes.c_char_p
    return level() != b"none"


def compile_into(native):
    """As the export compiles: each library shows its entry alone, so that what is compiled for one level serves no other."""
    compiler = _compiler()
    folder = sources()
    common = [*compiler, "-std=c++20", "-O3", "-DNDEBUG", "-fPIC", "-fvisibility=hidden", "-pthread", "-shared"]
    common += ["-static-libstdc++", "-static-libgcc", "-Wl,-z,relro,-z,now", f"-I{folder / 'include'}"]
    exports = f"-Wl,--version-script={folder / 'src' / 'exports.map'}"
    for level, flags in levels().items():
        own = [*flags, f'-DANNVIL_LEVEL_NAME="{level}"', exports]
        _run([*common, *own, "-o", str(native / f"@NAME@-{level}.so"), str(folder / "src" / "c_abi.cpp")])
    own = [exports, "-Wl,-Bsymbolic", f"-Wl,-soname,{dispatcher}"]
    _run([*common, *own, "-o", str(native / dispatcher), str(folder / "src" / "dispatch.cpp"), "-ldl"])


def _compiler():
    named = os.environ.get("CXX")
    if named:
        return shlex.split(named)
    found = next(filter(None, map(shutil.which, ("c++", "g++", "clang++"))), None)
    if found is None:
        raise SystemExit("the libraries are to be compiled here, and there is no C++ compiler: install g++ or clang++, or set CXX")
    return [found]


def _run(command):
    print(" ".join(map(shlex.quote, command)))
    subprocess.run(command, check=True)

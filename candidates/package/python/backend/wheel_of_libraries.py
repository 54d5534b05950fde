"""A build backend (PEP 517) for a package that is Python and shared libraries: no compilation where the libraries came along.

A wheel is a zip file with three files of metadata, so this needs nothing but Python, and `pip install` of the folder works without
a network. Where <name>/native is empty (another platform, a source distribution) the libraries are compiled by compile_native.
"""

import base64
import hashlib
import shutil
import sysconfig
import tarfile
import tempfile
import zipfile
from pathlib import Path

import compile_native

root = Path(__file__).resolve().parent.parent
metadata = (root / "backend" / "METADATA").read_text()
fields = dict(line.split(": ", 1) for line in metadata.split("\n\n")[0].splitlines())
distribution = fields["Name"].replace("-", "_")
stem = f"{distribution}-{fields['Version']}"
module = root / "@NAME@"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    # "any Python 3 on this platform": the libraries know nothing of Python.
    tag = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
    name = f"{stem}-{tag}.whl"
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(
        Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED
    ) as wheel:
        native = module / "native"
        if not compile_native.usable(native):
            native = Path(scratch)
            compile_native.compile_into(native)
        files = {f"{module.name}/{path.name}": path for path in sorted(module.iterdir()) if path.suffix in (".py", ".typed")}
        files |= {f"{module.name}/native/{path.name}": path for path in sorted(native.glob("*.so"))}
        record = []
        for archived, path in files.items():
            _add(wheel, record, archived, path.read_bytes())
        _add(wheel, record, f"{stem}.dist-info/METADATA", metadata.encode())
        described = f"Wheel-Version: 1.0\nGenerator: @NAME@\nRoot-Is-Purelib: false\nTag: {tag}\n"
        _add(wheel, record, f"{stem}.dist-info/WHEEL", described.encode())
        record.append(f"{stem}.dist-info/RECORD,,")
        wheel.writestr(f"{stem}.dist-info/RECORD", "\n".join(record) + "\n")
    return name


def _add(wheel, record, archived, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    record.append(f"{archived},sha256={digest},{len(content)}")
    wheel.writestr(archived, content)


def build_sdist(sdist_directory, config_settings=None):
    """Sources only: the C++ goes along under cpp/, where compile_native finds it."""
    name = f"{stem}.tar.gz"
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / stem
        ignored = shutil.ignore_patterns("__pycache__", "native", "cpp", "*.egg-info", "build", "dist")
        shutil.copytree(root, tree, ignore=ignored)
        for folder in ("include", "src"):
            shutil.copytree(compile_native.sources() / folder, tree / "cpp" / folder)
        (tree / "PKG-INFO").write_text(metadata)
        with tarfile.open(Path(sdist_directory) / name, "w:gz", format=tarfile.PAX_FORMAT) as archive:
            archive.add(tree, stem)
    return name

"""Packs everything that an installation without network needs: program, page, wheels for both processors, installer.

`python tools/bundle.py OUT [--machine x86_64 --machine aarch64]` writes OUT/planner-<version>.tar.gz. Its wheels are
those of `requirements.txt` for Linux with glibc 2.28 or later and Python 3.11. Nothing is built from source: what has
no such wheel fails here and not on the machine without network. `install.sh` in the archive does the rest.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path("api/page/dist")
MACHINES = ("x86_64", "aarch64")
PYTHON = "3.11"
GLIBC = range(28, 16, -1)
"""Minor versions of glibc 2 whose wheels run on 2.28, newest first."""
BUILD = ("setuptools",)
"""What installing the program itself takes besides its requirements; pinned in `requirements-dev.txt`."""
LEFT_OUT = ("tests/", "docs/pictures/", "benchmarks/results/", ".ci/")

INSTALL = """#!/bin/sh
# 离线安装：sh install.sh [目标文件夹]。不联网：所需的包都在 wheels/ 中。Installs without network.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/planner}
python=${PYTHON:-python3.11}
machine=$(uname -m)
cd "$here"
sha256sum --quiet --check SHA256SUMS || { echo "文件与校验和不符，未安装 / checksums differ" >&2; exit 1; }
[ -d "wheels/$machine" ] || { echo "没有 $machine 的安装包 / no wheels for $machine" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
    { echo "需要 Python 3.11（用 PYTHON=/路径/python3.11 指明）/ Python 3.11 is needed" >&2; exit 1; }
mkdir -p "$target"
cp -R planner/. "$target/"
"$python" -m venv "$target/.venv"
pip() { "$target/.venv/bin/python" -m pip --isolated --disable-pip-version-check "$@"; }
# A new environment brings a setuptools of its own, often too old to install the program: hence --upgrade.
pip install --quiet --no-index --upgrade -f "wheels/$machine" -r "$target/requirements.txt" setuptools
pip install --quiet --no-index --no-build-isolation --no-deps -e "$target"
"$target/.venv/bin/planner" --version
echo "已安装到 $target。下一步见 $target/docs/运维手册.md / installed"
"""


def main() -> int:
    """Write the bundle that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--machine", action="append", choices=MACHINES, help="default: both")
    asked = parser.parse_args()
    if not (ROOT / PAGE / "index.html").is_file():
        print("网页尚未生成：先运行 make page / the page is not built: run make page", file=sys.stderr)
        return 2
    print(bundle(asked.out, asked.machine or list(MACHINES)))
    return 0


def bundle(out: Path, machines: list[str]) -> Path:
    """Write the archive and return its path. Raises CalledProcessError where a wheel cannot be had."""
    name = f"planner-{_version()}"
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _copy(folder / "planner")
    for machine in machines:
        _download(folder / "wheels" / machine, machine)
    (folder / "install.sh").write_text(INSTALL, encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    archive = out / f"{name}.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=1) as packed:  # wheels are compressed already
        packed.add(folder, name)
    shutil.rmtree(folder)
    return archive


def _version() -> str:
    text = (ROOT / "planner" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    assert found is not None
    return found[1]


def _copy(target: Path) -> None:
    """Copy what git knows of, without tests, and the built page, which it does not know."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and not name.startswith(LEFT_OUT) and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    shutil.copytree(ROOT / PAGE, target / PAGE)


def _download(target: Path, machine: str) -> None:
    pins = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    build = [pin.split(" ;")[0].strip() for pin in pins if pin.partition("==")[0] in BUILD]
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in GLIBC] + [f"manylinux2014_{machine}"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--python-version", PYTHON, "--implementation", "cp"]
    command += [word for abi in ("cp311", "abi3", "none") for word in ("--abi", abi)]
    command += [word for platform in platforms for word in ("--platform", platform)]
    command += ["-d", str(target), "-r", str(ROOT / "requirements.txt"), *build]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())

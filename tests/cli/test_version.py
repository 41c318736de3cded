"""The version stands once: the command, the service's document, the package and the changelog tell the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import planner
from api.app import create_app
from api.settings import Settings
from tests.cli.district import run

ROOT = Path(__file__).resolve().parents[2]
RELEASE = re.compile(r"^## \[?(\d+\.\d+\.\d+)\]? - \d{4}-\d{2}-\d{2}$", re.M)


def test_the_command_tells_the_version() -> None:
    done = run("--version")
    assert (done.exit_code, done.stdout) == (0, f"planner {planner.__version__}\n")


def test_the_service_tells_the_same(tmp_path: Path) -> None:
    assert create_app(Settings(data=tmp_path)).version == planner.__version__


def test_the_package_reads_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "planner.__version__"}


def test_the_changelog_begins_with_it() -> None:
    assert RELEASE.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))[0] == planner.__version__

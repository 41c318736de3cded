"""Where the real records lie: beside the repository. Tests that need them say so when they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def _folder(name: str) -> Path:
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"real records are absent: no {folder}")
    return folder


@pytest.fixture(scope="session")
def plants_folder() -> Path:
    return _folder("plants")


@pytest.fixture(scope="session")
def restaurants_folder() -> Path:
    return _folder("restaurants")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was not run, even without -rs."""
    if not DATA.is_dir():
        terminalreporter.write_line(f"real-data tests not run: the records are absent ({DATA})")

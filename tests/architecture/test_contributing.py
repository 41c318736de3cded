"""The worked stories of `CONTRIBUTING.md` are told to a copy of the repository, and do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.story import ROOT, pieces, run, told_copy

STORIES = ROOT / "CONTRIBUTING.md"
COLUMN = {"planner/intake/tables/schema.py", "planner/report/words/texts.py", "planner/report/sheets/visits.py"}
OPERATION = {"api/rights.py", "api/desk/library/towns.py", "api/routes/library/towns.py"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository to which the stories were told."""
    return told_copy(tmp_path_factory.mktemp("stories"), STORIES)


def test_a_column_and_an_operation_take_three_files_each() -> None:
    assert {name for _, name, _ in pieces(STORIES)} == COLUMN | OPERATION


@pytest.mark.slow
def test_sheet_and_service_do_what_the_stories_say(told: Path) -> None:
    done = run(told, "-m", "tests.architecture.contributing_month")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_generic_tests_know_what_is_new(told: Path) -> None:
    """Rights and document are asked of every operation; none of these tests names the new one."""
    chosen = ["tests/http/test_rights.py", "tests/http/test_openapi.py"]
    done = run(told, "-m", "pytest", "-p", "no:cacheprovider", "-q", *chosen, "-k", "not postgresql")
    assert done.returncode == 0, done.stdout[-3000:]
    known = run(told, "-c", "from tests.http.test_rights import ROUTES; print(ROUTES['towns.list'])")
    assert known.stdout.strip() == "('GET', '/v1/towns')", known.stderr

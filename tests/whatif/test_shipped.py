"""The sixteen scenarios that are shipped: each reads, argues, and touches what it says in the demonstration month."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.intake.read.reader import read_tables
from planner.service.month.planning import rulebook_of
from planner.service.whatif.changes import Inputs, apply_changes, input_diff
from planner.service.whatif.scenario import read_scenarios
from scenarios.demo import DEFAULT_SEED, write_demo

FOLDER = Path(__file__).parents[2] / "scenarios" / "whatif"
ROWS: dict[str, dict[str, int]] = {
    "entry-cap-2": {"settings": 1},
    "fire-campaign-from-above": {"filings": 1},
    "fire-year-in-one-half": {"filings": 1},
    "grades-one-worse": {"grades": 53551},
    "half-the-ratios": {"filings": 182},
    "merge-window-45": {"filings": 225},
    "no-not-to-join-list": {"sites": 611},
    "one-more-fire-crew": {"inspectors": 2},
    "preparation-halved": {"settings": 1},
    "quiet-grade-b": {"lists": 9865},
    "refusals-30": {"sites": 20447},
    "three-inspectors-for-hazards": {"rules": 1},
    "town-team-away": {"absences": 9},
    "town-teams-share-crews": {"agencies": 1, "inspectors": 11, "items": 18, "filings": 18},
    "typhoon-week": {"calendar": 5},
    "windows-a-month": {"filings": 82},
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, seed=DEFAULT_SEED)
    tables = read_tables(folder)
    return Inputs(tables, rulebook_of(tables, "2026-06"), "2026-06")


def test_all_that_is_shipped_is_tested() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(ROWS)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ROWS))
def test_each_touches_what_it_says(demo: Inputs, name: str) -> None:
    (scenario,) = read_scenarios(FOLDER / f"{name}.yaml")
    assert scenario.name == name
    assert scenario.file.title
    assert scenario.file.argues
    found = apply_changes(demo, scenario)
    assert input_diff(demo, found.inputs) == ROWS[name]
    assert not any(one.nothing for one in found.touched)

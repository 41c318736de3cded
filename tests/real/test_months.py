"""Months of real plants and restaurants: what is in them, where it comes from, and that a lawful plan exists."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.real.plants import plants_case, plants_month
from benchmarks.real.records import RealCase, read_records
from benchmarks.real.restaurants import restaurants_case, restaurants_month
from planner.checks.run import check_plan
from planner.domain.case import DAY_QUARTERS, QUARTER_MINUTES
from planner.domain.plan import LATER, loads_of, visits_of
from tests.real.build import planted_plan

pytestmark = pytest.mark.real_data


def assert_sound(real: RealCase) -> None:
    """Shapes agree, the planted plan breaks nothing, and use of capacity is near what was aimed at."""
    case, plan = real.case, planted_plan(real)
    assert case.capacity.shape == (len(case.units), len(case.days))
    assert check_plan(case, plan) == ()
    assert (plan.day == LATER).sum() == sum(t.waits_until is not None for t in case.tasks)
    used, there = int(loads_of(case, plan).sum()), int(case.capacity.sum())
    assert 0.75 <= used / there <= 0.86
    assert all(t.minutes + 15 <= DAY_QUARTERS * QUARTER_MINUTES for t in case.tasks)
    assert all(unit.parent == unit.id for unit in case.units)
    assert all(day.weekday() < 5 for day in case.days)
    due_sites = {t.site for t in case.tasks if t.waits_until is None}
    assert {t.site for t in case.tasks} == due_sites


@pytest.mark.parametrize(
    ("county", "plants", "year", "due"), [("yunlin", 2856, 4219, 322), ("taoyuan", 9546, 16491, 1327)]
)
def test_a_month_of_plants(plants_folder: Path, county: str, plants: int, year: int, due: int) -> None:
    """2,856 and 9,546 plants are on record; a year's checks are one per medium, toxics twice, and fire in parks."""
    real = plants_month(plants_folder, county, "2014-06", 1)
    assert_sound(real)
    assert (real.counts["plants"], real.counts["planned in the year"]) == (plants, year)
    assert real.counts["due"] == len(real.planted) == due
    assert real.counts["due"] + real.counts["waiting"] == real.case.n_tasks
    assert abs(due - year * 21 / 261) < 4 * math.sqrt(year * 21 / 261), "June 2014 holds 21 of 261 working days"
    assert {u.id for u in real.case.units} == {"AIR", "WATER", "WASTE", "TOXICS", "EMERGENCY", "FIRE"}


def test_a_plant_task_says_which_row_it_came_from(plants_folder: Path) -> None:
    rows = read_records(plants_folder, "facilities.csv.gz", ["ems_no", "cat"])
    words = {
        "AIR": "空氣污染",
        "WATER": "水污染",
        "WASTE": "廢棄物",
        "TOXICS": "毒性化學物質",
        "EMERGENCY": "毒性化學物質",
    }
    case = plants_case(plants_folder, "yunlin", "2014-06", 1)
    for task in case.tasks:
        row = rows[task.rows[0].row - 2]
        assert row["ems_no"] == task.site
        assert words.get(task.unit, "") in row["cat"]


def test_a_month_of_restaurants(restaurants_folder: Path) -> None:
    """June 2012 holds 211 inspections, two of them on paper only; a busy day has four inspections."""
    real = restaurants_month(restaurants_folder, "2012-06", 1)
    assert_sound(real)
    assert real.counts["inspections in the month"] == 209
    assert real.counts["inspections in a day"] == 4
    due = [t for t in real.case.tasks if t.waits_until is None]
    assert sum(len(t.rows) for t in due) == 209
    assert real.counts["due planned"] + real.counts["due again"] == len(due)
    assert sum(v.joint for v in visits_of(real.case, planted_plan(real))) > 10, "licences are often checked together"


def test_a_restaurant_task_says_which_rows_it_came_from(restaurants_folder: Path) -> None:
    rows = read_records(restaurants_folder, "inspections.csv.gz", ["address", "license_code", "date", "purpose"])
    case = restaurants_case(restaurants_folder, "2012-06", 1)
    for task in case.tasks:
        sources = [rows[ref.row - 2] for ref in task.rows]
        assert {r["license_code"] or "none" for r in sources} == set(task.items)
        assert {r["purpose"] == "Reinspection" for r in sources} == {not task.capped}
        if task.waits_until is None:
            assert {r["date"][:7] for r in sources} == {"2012-06"}


@pytest.mark.parametrize("month", ["2011-05", "2011-08", "2012-01", "2012-10", "2013-05"])
def test_every_month_of_restaurants_holds_the_real_dates(restaurants_folder: Path, month: str) -> None:
    real = restaurants_month(restaurants_folder, month, 7)
    assert check_plan(real.case, planted_plan(real)) == ()


def test_same_seed_same_case_in_another_process(plants_folder: Path, restaurants_folder: Path) -> None:
    hashes = [
        plants_case(plants_folder, "yunlin", "2014-06", 1).content_hash(),
        restaurants_case(restaurants_folder, "2012-06", 1).content_hash(),
    ]
    code = (
        "import sys; from pathlib import Path; from benchmarks.real.plants import plants_case; "
        "from benchmarks.real.restaurants import restaurants_case; "
        "print(plants_case(Path(sys.argv[1]), 'yunlin', '2014-06', 1).content_hash(), "
        "restaurants_case(Path(sys.argv[2]), '2012-06', 1).content_hash())"
    )
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(
        [sys.executable, "-c", code, str(plants_folder), str(restaurants_folder)],
        capture_output=True, text=True, check=True, cwd=root, env={"PYTHONHASHSEED": "99", "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert run.stdout.split() == hashes
    others = [plants_case(plants_folder, "yunlin", "2014-06", 2), restaurants_case(restaurants_folder, "2012-06", 2)]
    assert Counter(hashes + [case.content_hash() for case in others]).most_common(1)[0][1] == 1

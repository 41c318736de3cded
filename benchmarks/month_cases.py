"""The months that are measured: where each comes from, how hard it is made, and what its plan must reach.

Every case is planted: it is known to hold a lawful plan that leaves out no due task, except the demo district, whose
input is read and screened like anybody's. What the demo district's gate lets out is what its certificates prove that
nobody can serve.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.families import plant
from benchmarks.real.plants import plants_month
from benchmarks.real.records import RealCase
from benchmarks.real.restaurants import restaurants_month
from benchmarks.rosters import roster_of
from planner.domain.case import AgencyInfo, CapacityRow, Case, SiteInfo, Strength, TaskInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.errors import InputError
from planner.domain.plan import LATER, Plan
from planner.domain.roster import Roster
from planner.intake.make.prepare import prepare_month
from planner.intake.read.reader import read_tables
from planner.rulebook.book import load_rulebook
from scenarios.demo import DEFAULT_SEED, write_demo
from scenarios.parameters import DemoParameters

TIGHT_PERCENT = 95
RECORDS_SEED = 1
FAMILY_SEED = 0


@dataclass(frozen=True, eq=False)
class Month:
    """A case to measure, its people, and a lawful choice of days that it is known to hold, None where none is."""

    case: Case
    roster: Roster
    known: Plan | None


@dataclass(frozen=True, slots=True)
class MonthCase:
    """How a case is made from the folder of real records, and the gate that its plan must pass.

    `most_gap` bounds (entries − proven bound) / entries; `most_left_out` the weighted sums of left-out tasks by
    strength, compared as one key.
    """

    label: str
    provenance: str
    build: Callable[[Path], Month]
    most_gap: float
    most_left_out: tuple[int, int, int] = (0, 0, 0)
    seed: int = RECORDS_SEED


def tiny_month(_: Path | None = None) -> Month:
    """Return a month to be worked out by hand: 7 entries if agencies go alone, 5 at best.

    Agencies a and b have one hour's work (with set-up five quarters) at each of three sites. Crews of a have time for
    two sites on the 1st and one on the 2nd, those of b the other way round: two sites can be joint, the third takes
    two entries. Agency c has no crew this month; its task waits and needs one later entry.
    """
    first, second, until = date(2026, 6, 1), date(2026, 6, 2), date(2026, 7, 31)
    work = [(f"s{n}", unit) for n in range(3) for unit in "ab"] + [("s0", "c")]
    case = build_case(
        CaseParts(
            name="tiny",
            period=(first, date(2026, 6, 30)),
            days=(first, second),
            tasks=[
                TaskInfo(
                    id=f"{site}-{unit}",
                    site=site,
                    unit=unit,
                    domain="A01",
                    items=("item",),
                    filings=("filing",),
                    plan_codes=(),
                    window=(first, until if unit == "c" else second),
                    minutes=60,
                    strength=Strength.ACCEPTED,
                    priority=5,
                    clauses=(),
                    waits_until=until if unit == "c" else None,
                )
                for site, unit in work
            ],
            sites=[SiteInfo(f"s{n}", f"s{n}", "", "", 121.0, 30.8) for n in range(3)],
            units=[AgencyInfo(unit, unit, unit, "district", "", "A01") for unit in "abc"],
            capacity={CapacityRow("a"): [10, 5], CapacityRow("b"): [5, 10], CapacityRow("c"): [0, 0]},
            setup_minutes=dict.fromkeys("abc", 15),
        )
    )
    days = {"s0-a": 0, "s1-a": 0, "s2-a": 1, "s0-b": 0, "s1-b": 1, "s2-b": 1, "s0-c": LATER}
    known = Plan(np.array([days[task.id] for task in case.tasks], dtype=np.int64))
    return Month(case, roster_of(case), known)


def demo_month(_: Path | None = None) -> Month:
    """Return the demo district's month as the planner prepares it from its written folder."""
    month = str(DemoParameters.read()["district"]["month"])
    with tempfile.TemporaryDirectory() as folder:
        tables = read_tables(write_demo(Path(folder)))
    made = prepare_month(tables, month, load_rulebook().at(date.fromisoformat(f"{month}-01")), DEFAULT_SEED)
    if made.case is None or made.roster is None:
        raise InputError("the demo district has nothing to plan")
    return Month(made.case, made.roster, None)


def _known(real: RealCase) -> Month:
    """Every due task on its planted date, all others wait."""
    index = {day: n for n, day in enumerate(real.case.days)}
    days = [index[real.planted[t.id]] if t.id in real.planted else LATER for t in real.case.tasks]
    return Month(real.case, roster_of(real.case), Plan(np.array(days, dtype=np.int64)))


def _tight(tasks: int, _: Path) -> Month:
    planted = plant("tight", "month", tasks, FAMILY_SEED)
    return Month(planted.case, roster_of(planted.case), planted.plan)


def _plants(county: str, percent: int, folder: Path) -> Month:
    return _known(plants_month(folder / "plants", county, "2014-06", RECORDS_SEED, percent))


def _restaurants(percent: int, folder: Path) -> Month:
    return _known(restaurants_month(folder / "restaurants", "2012-06", RECORDS_SEED, percent))


PLANTS = "real plants of 2014-06 (CC0; github kiang/prtr.epa.gov.tw @ f089649f); windows, durations, crews made up"
RESTAURANTS = (
    "real inspections of 2012-06 (public domain; github webster/minneapolis-restaurant-health-inspection-data @ "
    "b49007ca); windows, durations, spare crews made up"
)


def _of(percent: int) -> str:
    return f"; due tasks take {percent} % of crew time"


CASES: Mapping[str, MonthCase] = {
    "demo": MonthCase("示范区 demo district", "synthetic", demo_month, 0.001, (95, 15, 0), seed=DEFAULT_SEED),
    "tight": MonthCase(
        "紧 tight family, 5,000", "synthetic; benchmarks/families.py", partial(_tight, 5_000), 0.01, seed=FAMILY_SEED
    ),
    "yunlin": MonthCase("云林 Yunlin plants", PLANTS + _of(85), partial(_plants, "yunlin", 85), 0.02),
    "yunlin-tight": MonthCase(
        "云林·紧 Yunlin, tight", PLANTS + _of(TIGHT_PERCENT), partial(_plants, "yunlin", TIGHT_PERCENT), 0.04
    ),
    "taoyuan": MonthCase("桃园 Taoyuan plants", PLANTS + _of(85), partial(_plants, "taoyuan", 85), 0.02),
    "taoyuan-tight": MonthCase(
        "桃园·紧 Taoyuan, tight", PLANTS + _of(TIGHT_PERCENT), partial(_plants, "taoyuan", TIGHT_PERCENT), 0.03
    ),
    "restaurants": MonthCase("餐饮 restaurants", RESTAURANTS + _of(85), partial(_restaurants, 85), 0.0),
    "restaurants-tight": MonthCase(
        "餐饮·紧 restaurants, tight", RESTAURANTS + _of(TIGHT_PERCENT), partial(_restaurants, TIGHT_PERCENT), 0.0
    ),
}

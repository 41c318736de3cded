"""One inspector less never makes the month better, one more never worse: (left out, entries) after all three stages.

Compared are proven optima only: a certificate says that no lawful plan is better than the plan that was made, walked
and manned. What an inspector takes away or brings can then only go one way, since whatever is lawful without somebody
is lawful with them too.
"""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from planner.domain.duty import stays_of
from planner.domain.result import Status
from planner.intake.read.reader import read_tables
from planner.intake.write.writer import write_folder
from planner.service.month.planning import crew_seeds, prepare_tables
from planner.solve.month import solve_month
from planner.solve.run import Work
from scenarios.demo import Row, generate_demo
from scenarios.parameters import DemoParameters

pytestmark = pytest.mark.slow
MONTH = "2026-06"
WORK = Work(proof_work=1.0, hard_work=2.0, exchange_rounds=4, bound_rounds=10)
Tables = dict[str, list[Row]]
Vector = tuple[int, int, int, int]
"""Left out (mandatory, accepted, optional), entries."""


def district(seed: int, share: float) -> Tables:
    """Return the tables of some 250 tasks, `share` of each unit's officers left, nobody away and nothing published."""
    plain = DemoParameters.read()
    sections = copy.deepcopy(plain.sections)
    sections["district"]["site_count"] = 650
    tables = generate_demo(DemoParameters(plain.source, sections), seed, faulty=False).tables
    rng = np.random.default_rng([seed, 8])
    by_unit: dict[object, list[Row]] = defaultdict(list)
    for row in tables["inspectors"]:
        by_unit[row["agency_id"]].append(row)
    kept = {unit: max(2, round(share * len(people))) for unit, people in by_unit.items()}
    tables["inspectors"] = [
        people[n]
        for unit, people in by_unit.items()
        for n in sorted(rng.permutation(len(people))[: kept[unit]].tolist())
    ]
    tables["pins"], tables["absences"] = [], []
    return tables


def planned(tables: Tables, folder: Path) -> tuple[Vector, Counter[str]]:
    """Return the month's vector, which is proven least, and the quarters that each unit is out."""
    folder.mkdir(parents=True)
    write_folder(tables, folder)
    read = read_tables(folder)
    prepared, _, seed = prepare_tables(read, MONTH)
    case, roster = prepared.case, prepared.roster
    assert case is not None
    assert roster is not None
    solved = solve_month(case, roster, crew_seeds(seed), lambda plan: plan.hash(case), seed, WORK)
    assert solved.match.status is Status.OPTIMAL
    assert solved.match.objective is not None
    assert solved.duty is not None
    assert all(len(team) >= 2 for team in solved.duty.team)
    out = Counter[str]()
    for stay in stays_of(case, solved.visits):
        out[case.units[stay.unit].id] += stay.quarters
    return (*solved.match.objective.left_out, solved.match.objective.all_entries), out


def someone_of(tables: Tables, unit: str) -> Row:
    return next(row for row in tables["inspectors"] if row["agency_id"] == unit and row["role"] == "officer")


@pytest.mark.parametrize(("seed", "share"), [(0, 0.35), (1, 0.35), (2, 0.35), (3, 0.7), (4, 1.0)])
def test_an_inspector_less_is_never_better_and_one_more_never_worse(seed: int, share: float, tmp_path: Path) -> None:
    tables = district(seed, share)
    before, out = planned(tables, tmp_path / "before")
    for unit, _ in out.most_common()[:3]:
        person = someone_of(tables, unit)
        fewer = {**tables, "inspectors": [row for row in tables["inspectors"] if row is not person]}
        assert planned(fewer, tmp_path / f"without-{unit}")[0] >= before
        twin = {
            **person,
            "inspector_id": f"{person['inspector_id']}x",
            "certificate_no": f"{person['certificate_no']}x",
        }
        more = {**tables, "inspectors": [*tables["inspectors"], twin]}
        assert planned(more, tmp_path / f"with-{unit}")[0] <= before


def test_a_unit_left_with_one_inspector_costs_something(tmp_path: Path) -> None:
    """The comparison above can fail: people do count."""
    tables = district(4, 1.0)
    before, out = planned(tables, tmp_path / "before")
    alone = someone_of(tables, out.most_common()[0][0])
    others = [row for row in tables["inspectors"] if row is alone or row["agency_id"] != alone["agency_id"]]
    assert planned({**tables, "inspectors": others}, tmp_path / "alone")[0] > before

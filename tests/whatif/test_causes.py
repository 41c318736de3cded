"""Excess entries and left-out tasks by cause: each counted once, gains certain, letters for windows alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.case import Case
from planner.domain.plan import LEFT_OUT, Plan, visits_of
from planner.explain.excess import Cause, excess_entries
from planner.service import Base, Planned, causes_json, plan_month, write_outputs
from tests.cli.district import MONTH, content, district, run, workbook
from tests.tiny import random_case


@pytest.fixture(scope="module")
def parted_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a month in which windows part SCJG and YJJ at S1, a mark parts them at S2, and S6 is closed to SCJG."""
    raw = district()
    closed = {"S6": {"blackout_days": "2026-06-01至2026-06-10"}, "S2": {"join": "不鼓励"}}
    raw["sites"] = [{**row, **closed.get(row["site_id"], {})} for row in raw["sites"]]
    first, second = raw["filings"][0], raw["filings"][1]
    early, late = {"window_to": date(2026, 6, 10)}, {"window_from": date(2026, 6, 16)}
    raw["filings"] = [
        {**first, "sites": "S1;S6", **early},
        {**second, "sites": "S1", **late},
        {**first, "filing_id": "F-S2", "sites": "S2"},
        {**second, "filing_id": "F-Y2", "sites": "S2"},
        {**second, "filing_id": "F-Y3", "sites": "S3"},
    ]
    return workbook(tmp_path_factory.mktemp("parted") / "来源.xlsx", raw)


@pytest.fixture(scope="module")
def parted(parted_source: Path) -> Planned:
    planned = plan_month(parted_source, MONTH)
    assert planned.result.plan is not None
    return planned


def test_each_excess_entry_has_one_cause_and_its_gain_is_certain(parted: Planned) -> None:
    told = causes_json(Base(parted))
    assert told["excess"] == told["entries"] - len({v.site for v in parted.result.visits}) == 2
    rows = {row["cause"]: row for row in told["causes"]}
    assert {cause: row["entries"] for cause, row in rows.items()} == {"windows": 1, "marks": 1}
    assert sum(row["left_out"] for row in rows.values()) == told["left_out"] == 1
    assert rows["windows"]["left_out"] == 1  # closed on all days of its window
    for row in rows.values():
        effect = row["gain"]["entries"]
        assert (effect["low"], effect["high"], effect["word"]) == (-1, -1, "less")
        assert row["clauses"]
    assert rows["windows"]["gain"]["left_out"][1]["effect"]["high"] < 0  # S6 gets its check, too
    assert not rows["windows"]["respected"]
    assert "可以换来" in rows["windows"]["told"]["zh"]
    assert rows["marks"]["respected"]
    assert "遵守它的代价" in rows["marks"]["told"]["zh"]


def test_letters_go_to_agencies_with_narrow_windows_and_say_nothing_of_others(parted: Planned) -> None:
    told = causes_json(Base(parted), letters=2)
    letters = {one["agency"]: one for one in told["letters"]}
    assert letters.keys() == {"SCJG", "YJJ"}
    assert letters["YJJ"]["filings"] == ["F-Y"]
    assert "F-S2" not in letters["SCJG"]["text"]
    assert "应急" not in letters["SCJG"]["text"]
    assert letters["SCJG"]["gain"]["entries"]["word"] == "less"  # one of the two windows suffices
    assert "−1" in letters["SCJG"]["text"] or "-1" in letters["SCJG"]["text"]
    assert letters["SCJG"]["clauses"]
    assert causes_json(Base(parted), letters=0)["letters"] == []


def test_the_command_tells_causes(parted: Planned, parted_source: Path, tmp_path: Path) -> None:
    write_outputs(parted, tmp_path)
    values = tmp_path / "causes.json"
    done = run("causes", tmp_path / "plan.json", "--case", parted_source, "--letters", 1, "--json", values)
    assert done.exit_code == 0, done.output
    assert "备案期限错开：1 户多进 1 次" in done.stdout
    assert len(content(values)["letters"]) == 1


def several(case: Case, r: random.Random) -> Iterator[Plan]:
    """Yield some lawful plans that enter a site more than once."""
    everything = list(product(range(case.n_days), repeat=case.n_tasks))
    for days in r.sample(everything, min(40, len(everything))):
        plan = Plan(np.array([d if r.random() < 0.8 else LEFT_OUT for d in days], dtype=np.int64))
        visits = visits_of(case, plan)
        if len(visits) > len({v.site for v in visits}) and not check_plan(case, plan):
            yield plan


def test_a_visit_is_free_only_where_it_could_join_another() -> None:
    seen = Counter[Cause]()
    for seed in range(60):
        case = random_case(seed)
        for plan in several(case, random.Random(seed)):
            visits = visits_of(case, plan)
            found = excess_entries(case, plan)
            assert len(found) == len(visits) - len({v.site for v in visits})
            for one in found:
                seen[one.cause] += 1
                others = [v.tasks for v in visits if v.site == one.site and v.tasks != one.tasks]
                assert (one.cause is Cause.FREE) == any(joins(case, plan, one.tasks, other) for other in others), seed
    assert len(seen) >= 3
    assert seen[Cause.FREE]


def joins(case: Case, plan: Plan, one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether the whole plan would be lawful with both visits on one of the days."""
    for d in range(case.n_days):
        day = plan.day.copy()
        day[[*one, *other]] = d
        if not check_plan(case, Plan(day)):
            return True
    return False

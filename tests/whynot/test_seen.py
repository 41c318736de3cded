"""An agency asks why: the answer is of its own tasks and what is published, and depends on nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.domain.errors import InputError
from planner.domain.plan import Plan
from planner.domain.slicing import part_of
from planner.service import Planned, restore_plan, why_not, why_there, why_visit
from tests.cli.district import MONTH, Raw, district, run, workbook

OWN = frozenset({"SCJG"})
LATE = {"window_from": date(2026, 6, 1), "window_to": date(2026, 7, 31)}
SHORT = {"window_from": date(2026, 6, 3), "window_to": date(2026, 6, 4)}


def with_others() -> Raw:
    """SCJG and HBJ are left out at S7, and YJJ's task at S6 waits for July."""
    raw = district()
    site = {"site_id": "S7", "name": "食品七厂", "industry": "食品", "address": "路7号"}
    raw["sites"].append({**raw["sites"][0], **site, "blackout_days": "2026-06-03;2026-06-04"})
    raw["filings"] += [
        {**raw["filings"][0], "filing_id": "F-B", "sites": "S7", **SHORT},
        {**raw["filings"][1], "filing_id": "F-1", "agency_id": "HBJ", "items": "HBJ-1", "sites": "S7", **SHORT},
        {**raw["filings"][1], "filing_id": "F-2", "sites": "S6", **LATE},
    ]
    return raw


def planned(folder: Path, raw: Raw) -> Planned:
    done = run("plan", workbook(folder / "来源.xlsx", raw), "--month", MONTH, "--out", folder / "out")
    assert (folder / "out" / "plan.json").exists(), done.output
    return restore_plan(folder / "out" / "plan.json")


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Planned]:
    """Two worlds with the same visits: `plain` has nothing of what others have left out or put off."""
    full = planned(tmp_path_factory.mktemp("seen"), with_others())
    case, plan = full.result.case, full.result.plan
    assert plan is not None
    kept = np.flatnonzero([d >= 0 or task.unit == "SCJG" for task, d in zip(case.tasks, plan.day, strict=True)])
    less = part_of(case, kept, slice(None), case.site_of[kept])
    result = replace(full.result, case=less, plan=Plan(plan.day[kept]))
    return {"full": full, "plain": replace(full, result=result, prepared=replace(full.prepared, deferred=()))}


def asked(of: Callable[..., dict[str, Any]], *question: object) -> str:
    try:
        return json.dumps(of(*question), ensure_ascii=False, sort_keys=True)
    except InputError as error:
        return str(error)


def everything(world: Planned) -> list[str]:
    """All that SCJG can ask of the month."""
    case, sites = world.result.case, [f"S{n}" for n in range(1, 8)]
    own = [info.id for info in case.tasks if info.unit == "SCJG"]
    told = [asked(why_not, world, task, OWN) for task in (*own, "T-1")]
    for site in sites:
        for day in case.days:
            told.append(asked(why_there, world, site, day, (), OWN))
            told.append(asked(why_visit, world, f"{site}@{day}", OWN))
        told.append(asked(why_there, world, site, None, ("SCJG", "YJJ"), OWN))
        told.append(asked(why_there, world, site, case.days[0], ("YJJ",), OWN))
    return told


def test_no_answer_to_an_agency_depends_on_what_others_left_out_or_wait_for(worlds: dict[str, Planned]) -> None:
    full, without = worlds["full"], worlds["plain"]
    gone = {t.id for t in full.result.case.tasks} - {t.id for t in without.result.case.tasks}
    assert len(gone) >= 1
    told = everything(full)
    assert told == everything(without)
    assert sum('"could": "barred"' in one for one in told) >= 10
    assert sum("最接近的是" in one for one in told) >= 1
    assert not any(name in one for one in told for name in ("F-1", "F-2", "F-Y", "F-H"))


def test_the_coordinator_is_told_what_the_agency_is_not(worlds: dict[str, Planned]) -> None:
    full = worlds["full"]
    day = full.result.case.days[2]
    assert any("F-1" in asked(why_not, full, info.id) or info.unit != "HBJ" for info in full.result.case.tasks)
    assert asked(why_there, full, "S7", day) != asked(why_there, full, "S7", day, (), OWN)
    hbj = next(info.id for info in full.result.case.tasks if info.unit == "HBJ" and info.site == "S7")
    assert "没有任务" in asked(why_not, full, hbj, OWN)
    assert hbj not in asked(why_not, full, hbj[:-1] + "~", OWN)


def test_an_agency_is_told_its_own_ways_and_who_else_may_know_more(worlds: dict[str, Planned]) -> None:
    task = next(info.id for info in worlds["full"].result.case.tasks if "F-B" in info.filings)
    found = why_not(worlds["full"], task, OWN)
    assert {way["kind"] for way in found["ways"]} <= {"day", "window", "crew", "waiver"}
    assert found["ways"][0]["kind"] == "window"
    assert (found["none_exists"], set(found["unsettled"])) == (False, {"visit", "consent"})
    assert found["others"] == "unknown"


def test_of_a_joint_visit_an_agency_is_told_others_days_without_their_reasons(worlds: dict[str, Planned]) -> None:
    full = worlds["full"]
    case = full.result.case
    joint = [v for v in full.result.visits if {case.units[u].id for u in v.units} >= {"SCJG", "YJJ"}]
    assert joint
    for visit in joint:
        found = why_visit(full, visit.id, OWN)
        assert {case.tasks[t].id for t in visit.tasks if case.tasks[t].unit == "SCJG"} == set(found["tasks"])
        assert all(one["more"] is None or one["more"]["crowding"] == 0 for one in found["days"])
        assert not any("应急管理局" in one["text_zh"] for one in found["days"])

"""One small planned month, made by hand, whose every figure can be counted on paper.

    site  day        tasks
    S1    Mon 06-08  M1 (market, 60 min) + E1 (environment, 90): joint
    S2    Tue 06-09  M2 (market) + D2 (drug unit of the same bureau): merged, two domains, not joint
    S3    Wed 06-10  F3 (fire) + E3 (environment): joint
    S4    Thu 06-11  U4 (environment, unannounced); M4 (market's fire item, follows fire): recognised
    S5    later      F5 (fire), until 20 July
    S6    Fri 06-12  E6 (environment, counted as triggered); X6 (environment) left out: no crew

    with a duty (`timed`)              start  market        drug        fire        environment
    S1  Mon  joint                      09:15  张甲、李乙                             赵一、钱二
    S2  Tue  merged                     10:30  张甲、李乙    王丙、吴丁
    S3  Wed  joint, key fire unit       13:30                            孙火、周炎  赵一、钱二
    S4  Thu  unannounced                09:00                                        赵一、钱二
    S6  Fri                             10:00                                        赵一、钱二

So 11 tasks: 8 scheduled, 1 deferred, 1 left out, 1 recognised; 5 entries, 2 of them joint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from planner.checks.objective import objective_of
from planner.domain.case import NONE, AgencyInfo, CapacityRow, Case, RowRef, SiteInfo, Strength, TaskInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.duty import Cut, Duty, stays_of
from planner.domain.finding import Finding, Severity
from planner.domain.plan import LATER, LEFT_OUT, Plan, visits_of
from planner.domain.result import (
    Counterfactual,
    Level,
    MonthResult,
    PriceList,
    Progress,
    Reason,
    Status,
)
from planner.domain.roster import Inspector, Roster
from planner.report.words.names import Names

DAYS = tuple(date(2026, 6, day) for day in range(8, 13))
MARKET, DRUG, FIRE, ENVIRONMENT = "SCJG", "SCJG-YP", "XF", "HJ"
HOSTILE = "<script>alert('x')</script>"
SITE_NAMES = {"S1": "=1+1小吃店", "S2": HOSTILE, "S3": "+宾馆", "S4": "-化工厂", "S5": "@商场", "S6": "印染厂"}

OURS = {
    "M1": 0,
    "E1": 0,
    "M2": 1,
    "D2": 1,
    "F3": 2,
    "E3": 2,
    "U4": 3,
    "M4": LEFT_OUT,
    "F5": LATER,
    "E6": 4,
    "X6": LEFT_OUT,
}
ALONE = {**OURS, "E1": 3, "E3": 4}
"""S1 and S3 are visited twice: (agency, site, date) is 7."""
FIRST_COME = {**OURS, "E3": 4}
"""S3 is visited twice: (site, date) is 6."""


def _task(task_id: str, unit: str, domain: str, **more: Any) -> TaskInfo:
    values: dict[str, Any] = {
        "id": task_id,
        "site": f"S{task_id[1]}",
        "unit": unit,
        "domain": domain,
        "items": (f"{unit}-1",),
        "filings": (f"{unit}-2026-06",),
        "plan_codes": (f"JH-{unit}",),
        "window": (DAYS[0], DAYS[-1]),
        "minutes": 60,
        "strength": Strength.ACCEPTED,
        "priority": 5,
        "clauses": (f"{domain}-1.1",),
        "rows": (RowRef("filings", 7),),
    }
    return TaskInfo(**{**values, **more})


def case_of(**more: Any) -> Case:
    """Return the case; `more` overrides fields of `CaseParts`."""
    tasks = (
        _task("M1", MARKET, "A01"),
        _task("E1", ENVIRONMENT, "A07", minutes=90),
        _task("M2", MARKET, "A01"),
        _task("D2", DRUG, "A04"),
        _task("F3", FIRE, "A03", fire=True, strength=Strength.MANDATORY),
        _task("E3", ENVIRONMENT, "A07"),
        _task("U4", ENVIRONMENT, "A07", unannounced=True, plan_codes=("JH-MIMI",)),
        _task("M4", MARKET, "A01", follows_fire=True),
        _task("F5", FIRE, "A03", fire=True, waits_until=date(2026, 7, 20), window=(DAYS[0], date(2026, 7, 20))),
        _task("E6", ENVIRONMENT, "A07", capped=False),
        _task("X6", ENVIRONMENT, "A07", clauses=("A07-2.2", "A07-6.2")),
    )
    towns = {"S1": "朱泾镇", "S2": "朱泾镇", "S3": "枫泾镇", "S4": "枫泾镇", "S5": "石化街道", "S6": "石化街道"}
    places = {"朱泾镇": (121.16, 30.90), "枫泾镇": (121.01, 30.89), "石化街道": (float("nan"), float("nan"))}
    values: dict[str, Any] = {
        "name": "测试区 2026-06",
        "period": (date(2026, 6, 1), date(2026, 6, 30)),
        "days": DAYS,
        "tasks": tasks,
        "sites": [
            SiteInfo(s, SITE_NAMES[s], town, "餐饮" if s < "S4" else "化工", *places[town], grades=(("A07", "B"),))
            for s, town in towns.items()
        ],
        "units": [
            AgencyInfo(MARKET, "区市场监管局", MARKET, "district", "", "A01"),
            AgencyInfo(DRUG, "药品监管科", MARKET, "district", "", "A04"),
            AgencyInfo(FIRE, "区消防救援局", FIRE, "district", "", "A03"),
            AgencyInfo(ENVIRONMENT, "区生态环境局", ENVIRONMENT, "district", "", "A07"),
        ],
        "capacity": {CapacityRow(unit): [12, 12, 12, 12, 0] for unit in (MARKET, DRUG, FIRE)}
        | {CapacityRow(ENVIRONMENT): [12, 12, 12, 10, 10]},
        "setup_minutes": dict.fromkeys((MARKET, DRUG, FIRE, ENVIRONMENT), 15),
        "sensitivity": {"S3": {DAYS[2]: 2}},
        "rulebook_version": "jinshan@2025-04-09",
        "synthetic": True,
    }
    return build_case(CaseParts(**{**values, **more}))


def days_of(case: Case, days: Mapping[str, int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the day array of a mapping from task id to day."""
    return np.array([days[task.id] for task in case.tasks], dtype=np.int64)


FINDINGS = (
    Finding("scope.info", Severity.INFO, "filings", 3),
    Finding(
        *("site.unknown", Severity.ERROR, "filings", 9, "sites"),
        value='=HYPERLINK("http://x")',
        clauses=("D-2.6a",),
        params={"site": "S99"},
    ),
    Finding("site.place", Severity.WARNING, "sites", 4, "lon", "999"),
    Finding("site.place", Severity.WARNING, "sites", 2, "lon", "998"),
)

NAMES = Names(
    items={"HJ-1": "排污许可检查"},
    rules={"capacity.crew": "人力不足"},
    addresses={"S1": "=朱泾路1号", "S3": "枫泾路3号"},
    contacts={FIRE: "防火科 5700"},
)

PEOPLE = {
    DRUG: ("王丙", "吴丁"),
    ENVIRONMENT: ("赵一", "钱二", "郑三"),
    FIRE: ("孙火", "周炎"),
    MARKET: ("张甲", "李乙"),
}
STARTS = {"S1": 1, "S2": 6, "S3": 12, "S4": 0, "S6": 4}
"""Start of each site's visit, in quarters of the day."""


def roster_of(case: Case) -> Roster:
    """Return the month's people: two per unit; environment has a third, who is away on Monday morning."""
    unit = {u.id: n for n, u in enumerate(case.units)}
    people = [Inspector(f"{u}-{n}", name, u) for u in sorted(unit) for n, name in enumerate(PEOPLE[u])]
    present = np.ones((len(people), case.n_days, 2), dtype=np.bool_)
    present[next(n for n, p in enumerate(people) if p.name == "郑三"), 0, 0] = False
    sites, tasks = len(case.sites), case.n_tasks
    return Roster(
        inspectors=tuple(people),
        unit_of=np.array([unit[p.unit] for p in people], dtype=np.int64),
        present=present,
        recused=frozenset(),
        per_crew=np.full(len(unit), 2, dtype=np.int64),
        quiet=np.zeros((sites, 24), dtype=np.int64),
        minds_quiet=np.zeros(tasks, dtype=np.bool_),
        business=np.zeros((sites, 24), dtype=np.bool_),
        outside_hours=np.zeros(tasks, dtype=np.bool_),
        balanced=np.ones(tasks, dtype=np.bool_),
    )


def timed(result: MonthResult, **starts: int) -> MonthResult:
    """Return the planned month with its starts and teams: the first two people of each unit at every stay.

    `starts` are other starts by site.
    """
    case, roster = result.case, roster_of(result.case)
    stays = stays_of(case, result.visits)
    duty = Duty(
        start=np.array([{**STARTS, **starts}[case.sites[v.site].id] for v in result.visits], dtype=np.int64),
        crew=np.zeros(len(stays), dtype=np.int64),
        team=tuple(tuple(roster.of_unit(stay.unit))[:2] for stay in stays),
    )
    levels = (Level("quiet_hours", 0, None, 0, 0.0, "solver"), Level("town_changes", 2, None, 1, 0.5))
    cuts = (Cut(0, 4, 8, "timetable", (result.visits[-1].id,), "crew.free"),)
    return replace(
        result, roster=roster, duty=duty, day_levels=(*levels, Level("workload", 33, None, None, None)), cuts=cuts
    )


def result_of(case: Case | None = None, **more: Any) -> MonthResult:
    """Return the planned month; `more` overrides fields of the result."""
    case = case or case_of()
    plan = Plan(days_of(case, OURS))
    left_out = next((n for n, task in enumerate(case.tasks) if task.id == "X6"), NONE)
    values: dict[str, Any] = {
        "case": case,
        "plan": plan,
        "status": Status.OPTIMAL,
        "objective": objective_of(case, plan),
        "levels": (
            Level("left_out.accepted", 5, 5, None, 0.0, "certificate"),
            Level("entries", 6, 6, 6, 0.0, "certificate"),
            Level("disturbance", 50, 45, None, 0.1),
        ),
        "certificates": (PriceList("entries", 1000, np.zeros((4, 5), dtype=np.int64), (0, 1, 0), (0, 5, 0), 6),),
        "visits": tuple(visits_of(case, plan)),
        "reasons": (
            Reason(
                *(left_out, "capacity.crew", ("A07-8.2",), "当日人力已满", "no crew left"),
                blocked=((0, "capacity.crew", "HJ"), (3, "capacity.crew", "HJ")),
            ),
        ),
        "counterfactuals": (
            Counterfactual("alone", days_of(case, ALONE), 7, 1, 0, 7, 5, bound=7),
            Counterfactual("first_come", days_of(case, FIRST_COME), 6, 1, 1, 6, 5),
            Counterfactual("first_come", days_of(case, ALONE), 7, 1, 0, 7, 5, acceptance_percent=50),
        ),
        "violations": 0,
        "findings": FINDINGS,
        "progress": (
            Progress(0.2, "entries", 9, 4),
            Progress(1.0, "entries", 7, 6),
            Progress(2.5, "entries", 6, 6),
            Progress(2.6, "disturbance", 50, 45),
        ),
        "seconds": {"intake": 0.5, "match": 2.6, "total": 3.1},
        "seed": 7,
        "settings": {"sweeps": "20"},
        "plan_hash": plan.hash(case),
        "repeatable": True,
        "named": True,
    }
    return MonthResult(**{**values, **more})


def unplanned(status: Status) -> MonthResult:
    """Return a month that has no plan."""
    return replace(
        result_of(),
        plan=None,
        objective=None,
        status=status,
        levels=(),
        certificates=(),
        visits=(),
        reasons=(),
        counterfactuals=(),
        progress=(),
        plan_hash="",
    )

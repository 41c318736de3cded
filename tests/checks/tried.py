"""Small cases by hand, and what checks and model say of a plan of them.

A plan is written as one answer per task: a date, "later" or "out". Checks and model are asked separately and must
agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
from ortools.sat.python import cp_model

from planner.checks import check_plan
from planner.domain.case import AgencyInfo, CapacityRow, Case, TaskInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.model import build_model
from tests.tiny import PERIOD, agency, site

LATER_WORD, OUT_WORD = "later", "out"
Answer = date | str


def june(day: int) -> date:
    """Return a date of the month that most of these cases are about."""
    return date(2026, 6, day)


def small_case(
    tasks: Iterable[TaskInfo],
    *,
    days: Iterable[date] = (june(1), june(2), june(12)),
    units: Iterable[AgencyInfo] = (),
    crews: Mapping[str, int] | None = None,
    skilled: Mapping[tuple[str, str], int] | None = None,
    **more: object,
) -> Case:
    """Return a case of `tasks` with plenty of crews; units and sites that are not given are plain ones.

    `crews` and `skilled` are crew quarter-hours a day, by unit and by (unit, skill). Set-up is one quarter-hour.
    """
    task_list, day_list = list(tasks), list(days)
    unit_by_id = {t.unit: agency(t.unit, domain=t.domain) for t in task_list} | {u.id: u for u in units}
    capacity = {CapacityRow(u): [(crews or {}).get(u, 1000)] * len(day_list) for u in unit_by_id}
    for t in task_list:
        if t.skill:
            capacity[CapacityRow(t.unit, t.skill)] = [(skilled or {}).get((t.unit, t.skill), 1000)] * len(day_list)
    given: dict[str, object] = {"period": PERIOD, "setup_minutes": dict.fromkeys(unit_by_id, 15)}
    return build_case(
        CaseParts(
            name="by hand",
            days=day_list,
            tasks=task_list,
            sites=[site(s) for s in {t.site for t in task_list}],
            units=unit_by_id.values(),
            capacity=capacity,
            **{**given, **more},  # type: ignore[arg-type]
        )
    )


def plan_of(case: Case, answers: Mapping[str, Answer]) -> Plan:
    """Return the plan that gives each task id its answer; every task needs one."""
    assert {t.id for t in case.tasks} == set(answers)
    words = {LATER_WORD: LATER, OUT_WORD: LEFT_OUT}
    days = [words[a] if isinstance(a := answers[t.id], str) else case.days.index(a) for t in case.tasks]
    return Plan(np.array(days, dtype=np.int64))


def broken_rules(case: Case, **answers: Answer) -> set[str]:
    """Return the rules that the plan breaks, after making sure that the model refuses and accepts the same.

    With none broken the model accepts the plan; otherwise it refuses it, and where one rule alone is broken, it accepts
    the plan once that rule is left out.
    """
    plan = plan_of(case, answers)
    broken = {v.rule for v in check_plan(case, plan)}
    assert model_accepts(case, plan) == (not broken), f"model and checks differ on {answers}"
    if len(broken) == 1:
        assert model_accepts(case, plan, without=next(iter(broken)))
    return broken


def model_accepts(case: Case, plan: Plan, without: str = "") -> bool:
    """Return whether the model, fixed to the plan, has a solution."""
    model = build_model(case, without=without)
    model.fix(plan.day)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model.cp)
    assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE)
    return bool(status != cp_model.INFEASIBLE)

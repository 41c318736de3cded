"""A month made by hand in which every step from alone to the limit is another number.

    site  tasks of           alone   filed   first-come  ours
    s1    a, b               0 0     0 0     0 0         0 0     agencies meet by chance
    s2    a, b filed joint   0 1     0 0     0 0         0 0
    s3    a, c               0 1     0 1     0 0         0 0
    s4    a, b, c            0 1 2   0 1 2   0 0 2       0 0 0
    s5    a, b; b mandatory  0 out   0 out   0 out       0 1     not compared: b
    s6    a                  0       0       0           later   not compared

Compared tasks: 10. Entries alone 2+2+2+3+1 = 10, by chance 9, filed 8, first-come 6, ours and limit 5.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from planner.checks.objective import objective_of
from planner.domain.case import Case, Strength
from planner.domain.duty import Cut
from planner.domain.plan import LATER, LEFT_OUT, Plan, visits_of
from planner.domain.result import Counterfactual, Level, MonthResult, Progress, Status
from planner.explain.counterfactuals import common_limit, left_out_count, recounted
from tests.report.month import result_of
from tests.solve.hand import days_of, month
from tests.tiny import site, task

EXPECTED = {"alone": 10, "chance": 9, "filed": 8, "first_come": 6, "ours": 5, "limit": 5}
OURS = dict.fromkeys(("1a", "1b", "2a", "2b", "3a", "3c", "4a", "4b", "4c", "5a"), 0) | {"5b": 1, "6a": LATER}
FIRST_COME = OURS | {"4c": 2, "5b": LEFT_OUT, "6a": 0}
FILED = FIRST_COME | {"3c": 1, "4b": 1}
ALONE = FILED | {"2b": 1}


def case_of_steps() -> Case:
    """Return the case; every agency has crews enough."""
    until = date(2026, 7, 20)
    units = {"a": "A01", "b": "A02", "c": "A04"}
    more = {
        "2a": {"joint_group": "J-1"},
        "2b": {"joint_group": "J-1"},
        "5b": {"strength": Strength.MANDATORY, "priority": 9},
        "6a": {"window": (date(2026, 6, 1), until), "waits_until": until},
    }
    tasks = [task(t, f"s{t[0]}", t[1], domain=units[t[1]], **more.get(t, {})) for t in OURS]
    return month(tasks, sites=[site(f"s{n}") for n in range(1, 7)], crews=dict.fromkeys(units, [99] * 3))


def result_of_steps() -> MonthResult:
    """Return the planned month with its comparison and the certified limit of the compared tasks."""
    case = case_of_steps()
    plan = Plan(days_of(case, OURS))
    schemes = {"alone": ALONE, "filed": FILED, "first_come": FIRST_COME}
    counted = {"alone": (11, 0), "filed": (9, 1), "first_come": (7, 4)}
    days = {name: days_of(case, chosen) for name, chosen in schemes.items()}
    others = [
        Counterfactual(name, day, counted[name][0], left_out_count(case, day), counted[name][1], 0, 0)
        for name, day in days.items()
    ]
    compared = recounted(case, plan, others)
    objective = objective_of(case, plan)
    return replace(
        result_of(),
        case=case,
        plan=plan,
        objective=objective,
        status=Status.FEASIBLE,
        levels=(Level("left_out.mandatory", 0, 0, None, 0.0, "certificate"), Level("entries", 7, 6, None, 1 / 7)),
        certificates=(),
        visits=tuple(visits_of(case, plan)),
        reasons=(),
        counterfactuals=compared,
        progress=(Progress(0.1, "entries", 6, 6), Progress(0.5, "entries", 7, 6)),
        cuts=(Cut(0, 0, 8, "timetable", (), "crew.free"), Cut(0, 0, 7, "timetable", (), "crew.free")),
        matched=replace(objective, entries=objective.entries - 1),
        common_limit=common_limit(case, plan, compared),
    )

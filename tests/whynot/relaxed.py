"""The month with some facts lifted from its data, asked of CP-SAT: nothing of what is tested is used.

A member is lifted by changing the case (a wider window, more crews, no gap…), never by leaving a finding out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import numpy as np
from ortools.sat.python import cp_model

from planner.domain.case import NO_CAP, Case
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.plan import LATER, Plan
from planner.explain.whynot.conflict import Key
from planner.model import MatchModel, build_model

LEVERS = {
    "entry.cap": "entry_cap",
    "entry.gap": "entry_gap_days",
    "visit.max-agencies": "max_agencies_per_visit",
}
PLENTY = 10_000
LIFTABLE = frozenset(
    {"window", "cap.domain", "gap.domain", "capacity.crew", "capacity.skill", "blackout", "crew.enough"}
    | {"hours.business", "entry.cap", "entry.gap", "visit.max-agencies", "join.not"}
)
"""Rules whose facts are numbers or marks of the input, so that a case without the fact can be written down."""
BY_SITE_AND_DAY = frozenset({"blackout", "join.not", "visit.max-agencies", "entry.gap", "hours.business"})
"""Facts of one visit, where the case has one mark for all of them: lifted only as a whole."""


def lifted(case: Case, keys: Iterable[Key], moving: Iterable[int]) -> Case:
    """Return the case without the facts `keys`; what concerns tasks is lifted of `moving` alone."""
    moving, keys = list(moving), list(keys)
    tasks, groups, levers = list(case.tasks), list(case.groups), case.levers
    capacity = case.capacity.copy()
    blackout, listed, staffed = case.blackout.copy(), case.listed.copy(), case.staffed.copy()
    longest = case.longest_visit.copy()
    sites = {site.id: n for n, site in enumerate(case.sites)}
    names = {task.id: n for n, task in enumerate(case.tasks)}
    for rule, domain, subjects in keys:
        if rule == "window":
            n = names[subjects[0]]
            tasks[n] = replace(tasks[n], window=case.period)
        elif rule in ("cap.domain", "gap.domain"):
            for g, info in enumerate(groups):
                if info.site == subjects[0] and info.domain == domain:
                    free = replace(info, quota=NO_CAP, next_quota=NO_CAP)
                    groups[g] = free if rule == "cap.domain" else replace(info, gap_months=0)
        elif rule in ("capacity.crew", "capacity.skill"):
            unit, skill, day = subjects
            row = next(r for r, one in enumerate(case.rows) if (one.unit, one.skill) == (unit, skill))
            capacity[row, [d.isoformat() for d in case.days].index(day)] = PLENTY
        elif rule == "blackout":
            blackout[sites[subjects[1]]] = False
        elif rule == "crew.enough":
            staffed[names[subjects[0]]] = True
        elif rule == "hours.business":
            tasks = [replace(t, outside_hours=False) for t in tasks]
            longest[:] = 24
        elif rule == "join.not":
            listed[:] = False
        else:
            off = {
                "entry.cap": "entry_cap",
                "entry.gap": "entry_gap_days",
                "visit.max-agencies": "max_agencies_per_visit",
            }
            levers = replace(levers, **{off[rule]: 0})
    return _built(case, tasks, groups, levers, capacity, blackout, listed, staffed, longest)


def widened(case: Case, tasks: Iterable[int], days: int) -> Case:
    """Return the case in which the windows of `tasks` are `days` calendar days wider at both ends, within the month."""
    infos, more = list(case.tasks), timedelta(days=days)
    for t in tasks:
        first, last = infos[t].window
        wider = min(first, max(case.period[0], first - more)), max(last, min(case.period[1], last + more))
        infos[t] = replace(infos[t], window=wider)
    marks = case.blackout, case.listed, case.staffed, case.longest_visit
    return _built(case, infos, case.groups, case.levers, case.capacity, *marks)


def _built(case, tasks, groups, levers, capacity, blackout, listed, staffed, longest) -> Case:  # type: ignore[no-untyped-def]
    days = case.days
    return build_case(
        CaseParts(
            name=case.name,
            period=case.period,
            days=days,
            tasks=tasks,
            sites=case.sites,
            units=case.units,
            capacity={row: capacity[r].tolist() for r, row in enumerate(case.rows)},
            setup_minutes={u.id: 15 * int(case.setup[n]) for n, u in enumerate(case.units)},
            groups=groups,
            blackout={s.id: [days[d] for d in np.flatnonzero(blackout[n])] for n, s in enumerate(case.sites)},
            listed=[s.id for n, s in enumerate(case.sites) if listed[n]],
            entries_before={s.id: case.entries_before[n] for n, s in enumerate(case.sites)},
            unstaffed={t.id: [days[d] for d in np.flatnonzero(~staffed[n])] for n, t in enumerate(case.tasks)},
            longest_visit={s.id: int(longest[n]) for n, s in enumerate(case.sites)},
            levers=levers,
        )
    )


def has_a_day(case: Case, plan: Plan, moving: Iterable[int]) -> bool:
    """Return whether `moving` can be done in the month, every other task keeping its answer, by CP-SAT."""
    return _solved(build_model(case), plan, set(moving))


def has_one_day(case: Case, plan: Plan, moving: Iterable[int], days: Iterable[int]) -> bool:
    """Return whether `moving` can all be done on one of `days`, every other task keeping its answer, by CP-SAT."""
    model, moving = build_model(case), sorted(moving)
    chosen = {d: model.cp.new_bool_var(f"chosen {d}") for d in days}
    model.cp.add_exactly_one(chosen.values())
    for d, literal in chosen.items():
        for t in moving:
            on = model.on.get((t, d))
            model.cp.add(literal == 0) if on is None else model.cp.add_implication(literal, on)
    return _solved(model, plan, set(moving))


def _solved(model: MatchModel, plan: Plan, moving: set[int]) -> bool:
    for t, d in enumerate(plan.day.tolist()):
        if t in moving:
            model.cp.add(model.out[t] == 0)
            model.cp.add(model.later[t] == 0)
        elif d >= 0:
            model.cp.add(model.on[t, d] == 1)
        else:
            model.cp.add((model.later if d == LATER else model.out)[t] == 1)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    found = solver.solve(model.cp)
    assert found in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE)
    return found != cp_model.INFEASIBLE

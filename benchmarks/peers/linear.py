"""The textbook model of a month in 0-1 variables, written once for every solver that takes such models.

`on[t, d]` ⇒ `visit[s, d]`; each task is on one day, waits or is left out; crews hold Σ quarters + set-ups. Days that
window, history or a closed site forbid get no variable. Not expressed, as no family asks for it: joint themes, fire's
exclusivity, unannounced checks, agencies that opted in at a listed site, the bureau's levers, entangled sites (where
gaps and caps ask for more later visits than windows do).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.peers import LEFT_OUT_COST
from planner.domain.calendar import months_after
from planner.domain.case import DAY_QUARTERS, NONE, Case, IntArray
from planner.domain.plan import LATER, LEFT_OUT
from planner.law.later import later_companies, stabbing_points
from planner.solve.site.arrays import allowed_days


@dataclass(eq=False)
class LinearModel:
    """Variables are numbered from 0, all of them 0-1; `cost` is to be minimised."""

    cost: list[int] = field(default_factory=list)
    exactly_one: list[list[int]] = field(default_factory=list)
    at_most_one: list[list[int]] = field(default_factory=list)
    implications: list[tuple[int, int]] = field(default_factory=list)
    covers: list[tuple[int, list[int]]] = field(default_factory=list)
    """(a, some): a ⇒ one of some."""
    at_most: list[tuple[list[int], list[int], int]] = field(default_factory=list)
    """(variables, coefficients, limit)."""
    at_least: list[tuple[list[int], int]] = field(default_factory=list)
    """(variables, least sum): the cuts."""
    on: dict[tuple[int, int], int] = field(default_factory=dict)
    out: list[int] = field(default_factory=list)
    later: dict[int, int] = field(default_factory=dict)

    def variable(self, cost: int = 0) -> int:
        """Return a new variable."""
        self.cost.append(cost)
        return len(self.cost) - 1

    def any_of(self, variables: Sequence[int], cost: int = 0) -> int:
        """Return a variable that is 1 if one of `variables` is; a lone one that costs nothing stands for itself."""
        if len(variables) == 1 and not cost:
            return variables[0]
        either = self.variable(cost)
        self.implications.extend((v, either) for v in variables)
        return either

    def days(self, n_tasks: int, chosen: Iterable[int]) -> IntArray:
        """Return the plan in which the variables `chosen` are 1."""
        picked = set(chosen)
        day = np.full(n_tasks, LEFT_OUT, dtype=np.int64)
        for t, v in self.later.items():
            if v in picked:
                day[t] = LATER
        for (t, d), v in self.on.items():
            if v in picked:
                day[t] = d
        return day


def textbook(case: Case, cuts: bool) -> LinearModel:
    """Return the model of `case`; with `cuts`, each site's entries are at least what its windows ask for."""
    m = LinearModel()
    allowed = allowed_days(case)
    free_from = [months_after(day, 1) for day in case.days]
    rows: dict[tuple[int, int], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for t, task in enumerate(case.tasks):
        m.out.append(m.variable(LEFT_OUT_COST[task.strength] * task.priority))
        answers = [m.out[t]]
        if case.later_to[t]:
            m.later[t] = m.variable()
            answers.append(m.later[t])
        for d in np.flatnonzero(allowed[t]).tolist():
            m.on[t, d] = m.variable()
            answers.append(m.on[t, d])
        m.exactly_one.append(answers)
    on_at: dict[tuple[int, int], list[int]] = defaultdict(list)
    for t, d in m.on:
        on_at[int(case.site_of[t]), d].append(t)
    visits: dict[int, list[int]] = defaultdict(list)
    for (s, d), tasks in on_at.items():
        visits[s] += _visit(m, case, s, d, tasks)
        for row, (members, setup) in _by_row(case, tasks).items():
            variables, weights = rows[row, d]
            lone = len(members) == 1
            for t in members:
                variables.append(m.on[t, d])
                weights.append(int(case.quarters[t]) + (setup if lone else 0))
            if not lone:
                variables.append(m.any_of([m.on[t, d] for t in members]))
                weights.append(setup)
                stay = [int(case.quarters[t]) for t in members]
                if setup + sum(stay) > DAY_QUARTERS:
                    m.at_most.append(([m.on[t, d] for t in members], stay, DAY_QUARTERS - setup))
    for (row, d), (variables, weights) in rows.items():
        if sum(weights) > case.plan_capacity[row, d]:
            m.at_most.append((variables, weights, int(case.plan_capacity[row, d])))
    _groups(m, case, free_from)
    _later_visits(m, case, visits)
    if cuts:
        for s in range(len(case.sites)):
            m.at_least.append((visits[s] + [m.out[t] for t in case.tasks_at(s)], fewest_entries(case, s)))
    return m


def _by_row(case: Case, tasks: Sequence[int]) -> dict[int, tuple[list[int], int]]:
    """Return capacity row → (tasks that load it, set-up)."""
    found: dict[int, tuple[list[int], int]] = {}
    for t in tasks:
        for row in (int(case.unit_of[t]), int(case.skill_row_of[t])):
            if row != NONE:
                found.setdefault(row, ([], int(case.setup[case.unit_of[t]])))[0].append(t)
    return found


def _visit(m: LinearModel, case: Case, s: int, d: int, tasks: Sequence[int]) -> list[int]:
    """Return the entries of a site and day: one, or one for each agency that has to come alone and at most one."""
    if not case.listed[s]:
        return [m.any_of([m.on[t, d] for t in tasks], cost=1)]
    by_parent: dict[int, list[int]] = defaultdict(list)
    for t in tasks:
        by_parent[int(case.parent_of[t])].append(m.on[t, d])
    entries = [m.any_of(variables, cost=1) for variables in by_parent.values()]
    if len(entries) > 1:
        m.at_most_one.append(entries)
    return entries


def _groups(m: LinearModel, case: Case, free_from: Sequence[object]) -> None:
    """Add gaps and caps; a task that waits keeps a lawful date."""
    on: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for (t, d), v in m.on.items():
        if case.group_of[t] >= 0:
            on[int(case.group_of[t])][d].append(v)
    waiting: dict[int, list[int]] = defaultdict(list)
    for t in m.later:
        if case.group_of[t] >= 0:
            waiting[int(case.group_of[t])].append(t)
    for group, by_day in on.items():
        info = case.groups[group]
        order = sorted(by_day)
        if len(order) == 1 and not waiting[group]:
            continue
        date_of = {d: m.any_of(by_day[d]) for d in order}
        ends = (
            {d: months_after(case.days[d], info.gap_months) for d in order}
            if info.gap_months != 1
            else {d: free_from[d] for d in order}
        )
        last = -1
        for n, d in enumerate(order):
            near = [e for e in order[n:] if case.days[e] < ends[d]]  # type: ignore[operator]
            if len(near) > 1 and near[-1] > last:
                m.at_most_one.append([date_of[e] for e in near])
                last = near[-1]
        dates = [date_of[d] for d in order]
        if info.quota < len(order):
            m.at_most.append((dates, [1] * len(dates), info.quota))
        for t in waiting[group]:
            until = case.tasks[t].waits_until
            m.at_most_one.extend([m.later[t], date_of[d]] for d in order if until < ends[d])  # type: ignore[operator]
            m.at_most.append(([*dates, m.later[t]], [1] * (len(dates) + 1), info.quota))


def _later_visits(m: LinearModel, case: Case, visits: dict[int, list[int]]) -> None:
    """Add the later entries that waiting tasks need; they stand at right ends of windows, which is exact."""
    by_site: dict[int, list[int]] = defaultdict(list)
    for t in m.later:
        by_site[int(case.site_of[t])].append(t)
    at: dict[int, list[int]] = defaultdict(list)
    for s, tasks in by_site.items():
        for company in later_companies(case, tasks):
            points = {end: m.variable(1) for end in sorted({int(case.later_to[t]) for t in company})}
            visits[s] += points.values()
            for t in company:
                at[t] += [v for end, v in points.items() if case.later_from[t] <= end <= case.later_to[t]]
    for t, points_of in at.items():
        m.covers.append((m.later[t], points_of))


def fewest_entries(case: Case, site: int) -> int:
    """Return the fewest entries that serve all tasks of `site` by their windows alone (interval stabbing).

    Agencies that may not join are stabbed each by itself. A task that is left out lowers this by one at most.
    """
    ordinals = case.ordinals
    classes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for t in case.tasks_at(site):
        spans = []
        if case.window_lo[t] <= case.window_hi[t]:
            spans = [int(ordinals[case.window_lo[t]]), int(ordinals[case.window_hi[t]])]
        if case.later_to[t]:
            spans += [int(case.later_from[t]), int(case.later_to[t])]
        if spans:
            alone = int(case.parent_of[t]) if case.listed[site] else NONE
            classes[alone].append((spans[0], spans[-1]))
    return sum(len(stabbing_points(spans)) for spans in classes.values())

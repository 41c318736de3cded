"""The variables: which task on which day, what waits, what is left out, and who is at a visit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from ortools.sat.python import cp_model

from planner.domain.case import NONE, BoolArray, Case, IntArray
from planner.domain.plan import LATER, LEFT_OUT
from planner.law.later import entangled, held_at, late_dates_of, later_visits_of
from planner.model.later import tie_later_dates

Bool: TypeAlias = cp_model.IntVar


class MatchModel:
    """A CP-SAT model of some sites of a case, with the capacity `limit` [R, D] that is theirs.

    `on[t, d]`: task t is done on day d. `out[t]`: left out. `later[t]`: waits. Shared literals (`visit`, `present`) are
    made on demand, each once. `days` [T, D] says for which days a literal exists: everything by default, or only lawful
    days where a caller has sifted them for speed; the constraints say the same in either case.
    """

    def __init__(self, case: Case, sites: Iterable[int], limit: IntArray, days: BoolArray | None = None) -> None:
        self.case, self.limit = case, limit
        self.cp = cp_model.CpModel()
        self.sites = sorted(sites)
        self.site_set = frozenset(self.sites)
        self.tasks = [t for s in self.sites for t in case.tasks_at(s)]
        exists = np.ones((case.n_tasks, case.n_days), dtype=np.bool_) if days is None else days
        self.on: dict[tuple[int, int], Bool] = {}
        self.out: dict[int, Bool] = {}
        self.later: dict[int, Bool] = {}
        self.tasks_on: dict[tuple[int, int], list[int]] = defaultdict(list)
        """(site, day) → tasks that could be done there."""
        for t in self.tasks:
            for d in np.flatnonzero(exists[t]).tolist():
                self.on[t, d] = self.cp.new_bool_var("")
                self.tasks_on[int(case.site_of[t]), d].append(t)
            self.out[t] = self.cp.new_bool_var("")
            self.later[t] = self.cp.new_bool_var("")
        self._either: dict[tuple[int, ...], Bool] = {}
        self.later_points: list[tuple[dict[int, Bool], list[int]]] = []
        """For tasks that may share later visits: date (ordinal) → "a later visit is there", and the tasks."""
        self.later_on: dict[tuple[int, int, int], Bool] = {}
        """(task, number of its points, date) → that it comes then; of entangled sites alone."""
        self.later_points_made = self.later_dates_tied = False

    def total(self, terms: Iterable[Any]) -> cp_model.LinearExprT:
        """Return the sum of literals or other terms."""
        return cp_model.LinearExpr.sum(list(terms))

    def weighted(self, literals: Sequence[Bool], weights: Sequence[int]) -> cp_model.LinearExprT:
        """Return the sum of the weights of the literals that are true."""
        return cp_model.LinearExpr.weighted_sum(literals, weights)

    def tie_later_dates(self) -> None:
        """Give what waits at entangled sites lawful dates, by gap, cap and who is filed together; once."""
        if not self.later_dates_tied:
            self.later_dates_tied = True
            tie_later_dates(self)

    def any_of(self, literals: Iterable[Bool]) -> Bool:
        """Return a literal that is true exactly if one of `literals` is; the same literals give the same one."""
        given = sorted({literal.index: literal for literal in literals}.items())
        if len(given) == 1:
            return given[0][1]
        key = tuple(index for index, _ in given)
        if key not in self._either:
            either = self.cp.new_bool_var("")
            self.cp.add_bool_or([*(literal for _, literal in given), ~either])
            for _, literal in given:
                self.cp.add_implication(literal, either)
            self._either[key] = either
        return self._either[key]

    def visit(self, site: int, day: int) -> Bool | None:
        """Return the literal "there is an entry at site on day", None where nothing could be."""
        tasks = self.tasks_on.get((site, day))
        return self.any_of(self.on[t, day] for t in tasks) if tasks else None

    def present(self, site: int, day: int, who: IntArray) -> dict[int, Bool]:
        """Return, for each unit or parent in `who` [T] that could come, the literal that it is at the visit."""
        by_body: dict[int, list[Bool]] = defaultdict(list)
        for t in self.tasks_on.get((site, day), ()):
            by_body[int(who[t])].append(self.on[t, day])
        return {body: self.any_of(literals) for body, literals in by_body.items()}

    @cached_property
    def group_dates(self) -> dict[int, dict[int, Bool]]:
        """Per gap-and-cap group, day → the literal that one of its tasks is done that day."""
        return self._dates_of(self.case.group_of)

    @cached_property
    def counted_dates(self) -> dict[int, dict[int, Bool]]:
        """The same of the tasks that count for the cap."""
        return self._dates_of(np.where(self.case.columns.needed, NONE, self.case.group_of))

    def _dates_of(self, group_of: IntArray) -> dict[int, dict[int, Bool]]:
        by_group: dict[int, dict[int, list[Bool]]] = defaultdict(lambda: defaultdict(list))
        for (t, d), literal in self.on.items():
            if group_of[t] >= 0:
                by_group[int(group_of[t])][d].append(literal)
        return {g: {d: self.any_of(literals) for d, literals in sorted(days.items())} for g, days in by_group.items()}

    def hint(self, day: IntArray) -> None:
        """Start the search from the plan `day` [T]; every literal made so far gets a value."""
        value: dict[int, bool] = {}
        for (t, d), literal in self.on.items():
            value[literal.index] = bool(day[t] == d)
        for t in self.tasks:
            value[self.out[t].index] = bool(day[t] == LEFT_OUT)
            value[self.later[t].index] = bool(day[t] == LATER)
        value |= self._later_hint(day)
        for key, either in self._either.items():
            value[either.index] = any(value.get(index, False) for index in key)
        hint = self.cp.proto.solution_hint
        hint.vars.extend(list(value))
        hint.values.extend(list(map(int, value.values())))

    def _later_hint(self, day: IntArray) -> dict[int, bool]:
        """Return the literals of later visits with the values of the fewest that what waits needs."""
        by_site: dict[int, list[int]] = defaultdict(list)
        for t in self.tasks:
            if day[t] == LATER:
                by_site[int(self.case.site_of[t])].append(t)
        value = {literal.index: False for point, _ in self.later_points for literal in point.values()}
        value |= {literal.index: False for literal in self.later_on.values()}
        for site, tasks in by_site.items() if self.later_points else ():
            tied = site in entangled(self.case)
            visits = later_visits_of(self.case, tasks, held_at(self.case, day, site) if tied else None)
            for end, visit in late_dates_of(self.case, visits or []) if tied else visits or []:
                n = next((n for n, (_, company) in enumerate(self.later_points) if set(visit) <= set(company)), None)
                if n is None or end not in self.later_points[n][0]:
                    continue  # a plan that is not lawful gives no hint here
                value[self.later_points[n][0][end].index] = True
                value |= {self.later_on[t, n, end].index: True for t in visit if (t, n, end) in self.later_on}
        return value

    def fix(self, day: IntArray) -> None:
        """Fix the plan `day` [T]; a plan that needs a literal which does not exist makes the model infeasible."""
        for t in self.tasks:
            d = int(day[t])
            literal = self.out[t] if d == LEFT_OUT else self.later[t] if d == LATER else self.on.get((t, d))
            if literal is None:
                self.cp.add_bool_or([])
            else:
                self.cp.add(literal == 1)

    def plan_days(self, solver: cp_model.CpSolver, day: IntArray) -> IntArray:
        """Return `day` [T] with this model's tasks as the solver has them."""
        found = day.copy()
        for t in self.tasks:
            found[t] = LATER if solver.boolean_value(self.later[t]) else LEFT_OUT
        for (t, d), literal in self.on.items():
            if solver.boolean_value(literal):
                found[t] = d
        return found

"""The variables of a day: when each visit begins, and which inspectors are at each stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ortools.sat.python import cp_model

from planner.domain.case import Case
from planner.domain.duty import Duty, stays_of
from planner.domain.plan import Visit
from planner.domain.roster import Roster
from planner.law.models import STARTS
from planner.model.variables import Bool


class DayModel:
    """A CP-SAT model of one day. Visits and stays of the day keep the plan's order; the roster's people are all there.

    `at[v, q]`: visit v begins at quarter q, exactly one q of STARTS. `x[i, y]`: inspector i is at stay y. Which crew a
    stay belongs to is no matter of law, so the model does not know it.
    """

    def __init__(self, case: Case, roster: Roster, visits: Sequence[Visit], day: int) -> None:
        self.case, self.roster, self.day = case, roster, day
        self.visits = tuple(v for v in visits if v.day == day)
        self.stays = stays_of(case, self.visits)
        self.cp = cp_model.CpModel()
        self.at: dict[tuple[int, int], Bool] = {}
        for v in range(len(self.visits)):
            for q in STARTS:
                self.at[v, q] = self.cp.new_bool_var(f"at_{v}_{q}")
            self.cp.add_exactly_one(self.at[v, q] for q in STARTS)
        people, stays = range(len(roster.inspectors)), range(len(self.stays))
        self.x: dict[tuple[int, int], Bool] = {
            (i, y): self.cp.new_bool_var(f"x_{i}_{y}") for y in stays for i in people
        }

    def total(self, terms: Iterable[Any]) -> cp_model.LinearExprT:
        """Return the sum of literals or other terms."""
        return cp_model.LinearExpr.sum(list(terms))

    def weighted(self, literals: Sequence[Bool], weights: Sequence[int]) -> cp_model.LinearExprT:
        """Return the sum of the weights of the literals that are true."""
        return cp_model.LinearExpr.weighted_sum(literals, weights)

    def fix(self, duty: Duty) -> None:
        """Fix starts and teams; `duty` is that of the day's visits alone."""
        for v, start in enumerate(duty.start.tolist()):
            self.cp.add(self.at[v, start] == 1)
        for (i, y), literal in self.x.items():
            self.cp.add(literal == int(i in duty.team[y]))

    def fix_start(self, visit: int, start: int) -> None:
        """Fix the start of one visit."""
        self.cp.add(self.at[visit, start] == 1)

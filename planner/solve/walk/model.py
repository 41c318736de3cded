"""One day, or some units of it, as a CP-SAT model of starts and named people: can all of these visits be walked?

Time runs on a stretched clock, on which the break is as long as the way between two towns: so "between towns at least
`travel_quarters` pass" says the same as rule `crew.free`, which asks for travel within a half-day only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from ortools.sat.python import cp_model

from planner.checks.duty import touched_halves
from planner.domain.case import Case
from planner.domain.duty import Stay
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.model.variables import Bool
from planner.solve.day.people_flow import add_flows
from planner.solve.exact.cpsat import Cancel, run_solver


@dataclass(frozen=True, slots=True)
class Ask:
    """A visit that is to be walked: its stays, which begin together, and the starts that it may have."""

    stays: tuple[Stay, ...]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Walked:
    """What the solver says. `starts` and `teams` (by ask, then stay) are there where `possible` is True.

    `possible` is None where the work was used up: nothing is known then. `work` is the deterministic time it took.
    """

    possible: bool | None
    starts: tuple[int, ...] = ()
    teams: tuple[tuple[tuple[int, ...], ...], ...] = ()
    work: float = 0.0


class _DayOfPeople:
    def __init__(self, case: Case, roster: Roster, day: int, asks: Sequence[Ask]) -> None:
        self.case, self.roster, self.day, self.asks = case, roster, day, asks
        self.cp = cp_model.CpModel()
        self.at: list[dict[int, Bool]] = []
        self.stays: list[tuple[int, Stay]] = []
        self.begin: list[cp_model.LinearExprT] = []
        self.end: list[cp_model.LinearExprT] = []
        for v, ask in enumerate(asks):
            at = {q: self.cp.new_bool_var("") for q in ask.starts}
            self.cp.add_exactly_one(at.values())
            self.at.append(at)
            self.stays += [(v, stay) for stay in ask.stays]
        # x[y]: inspector → literal "is at stay y"
        self.x = [self._team(v, stay) for v, stay in self.stays]
        by_unit: dict[int, list[int]] = defaultdict(list)
        for y, (_, stay) in enumerate(self.stays):
            by_unit[stay.unit].append(y)
        for unit, own in by_unit.items():
            self._enough_at_any_time(unit, own)
            for y, z in combinations(own, 2):
                self._apart(y, z)

    def _clock(self, quarter: int, *, end: bool = False) -> int:
        late = quarter > HALF_QUARTERS if end else quarter >= HALF_QUARTERS
        return quarter + (self.roster.travel_quarters if late else 0)

    def _team(self, v: int, stay: Stay) -> dict[int, Bool]:
        """Add the people of a stay: present, not recused, a crew's number of them, and as many with each skill."""
        cp, roster = self.cp, self.roster
        size, at = int(roster.per_crew[stay.unit]), self.at[v]
        halves = {q: touched_halves(q, stay.quarters) for q in at}
        x: dict[int, Bool] = {}
        for i in roster.of_unit(stay.unit):
            if (i, stay.site, self.day) in roster.recused:
                continue
            there = roster.present[i, self.day].tolist()
            if len(stay.skills) == 1 and stay.skills[0] not in roster.inspectors[i].skills:
                continue  # somebody without the only skill asked is of no use to the team
            barred = [at[q] for q in at if not all(there[h] for h in halves[q])]
            if len(barred) == len(at):
                continue
            x[i] = cp.new_bool_var("")
            for literal in barred:
                cp.add_implication(literal, ~x[i])
        total = cp_model.LinearExpr.sum(list(x.values()))
        if len(stay.skills) < 2:
            cp.add(total == size)
        else:
            cp.add_linear_constraint(total, size, size * len(stay.skills))
            for skill in stay.skills:
                able = [literal for i, literal in x.items() if skill in roster.inspectors[i].skills]
                cp.add(cp_model.LinearExpr.sum(able) >= size)
        self.begin.append(cp_model.LinearExpr.weighted_sum(list(at.values()), [self._clock(q) for q in at]))
        ends = [self._clock(q + stay.quarters, end=True) for q in at]
        self.end.append(cp_model.LinearExpr.weighted_sum(list(at.values()), ends))
        return x

    def _enough_at_any_time(self, unit: int, own: Sequence[int]) -> None:
        """Add that no quarter has more stays than the unit has crews then; implied, but it proves fast."""
        size = int(self.roster.per_crew[unit])
        present = self.roster.present[self.roster.of_unit(unit), self.day].sum(axis=0)
        crews = [int(n) // size for n in present.tolist()]
        active: dict[int, list[Bool]] = defaultdict(list)
        for y in own:
            v, stay = self.stays[y]
            for q, literal in self.at[v].items():
                for quarter in range(q, q + stay.quarters):
                    active[quarter].append(literal)
        for quarter, literals in active.items():
            self.cp.add(cp_model.LinearExpr.sum(literals) <= crews[0 if quarter < HALF_QUARTERS else 1])

    def _apart(self, y: int, z: int) -> None:
        """Add that who is at both stays has them one after the other, with time to travel between towns."""
        (v, one), (w, other) = self.stays[y], self.stays[z]
        shared = self.x[y].keys() & self.x[z].keys()
        if v == w or not shared:
            for i in shared:
                self.cp.add_bool_or([~self.x[y][i], ~self.x[z][i]])
            return
        towns = self.case.sites[one.site].town, self.case.sites[other.site].town
        way = self.roster.travel_quarters if towns[0] != towns[1] else 0
        first, second = self.cp.new_bool_var(""), self.cp.new_bool_var("")
        self.cp.add(self.end[y] + way <= self.begin[z]).only_enforce_if(first)
        self.cp.add(self.end[z] + way <= self.begin[y]).only_enforce_if(second)
        for i in sorted(shared):
            self.cp.add_bool_or([~self.x[y][i], ~self.x[z][i], first, second])


def walk(
    case: Case,
    roster: Roster,
    day: int,
    asks: Sequence[Ask],
    work: float,
    seed: int = 0,
    hint: Sequence[int] = (),
    cancel: Cancel | None = None,
) -> Walked:
    """Return whether all of `asks` can be walked on day `day` by the people of their units, within `work`.

    `work` is CP-SAT's deterministic time. `hint` are starts to try first, by ask.
    """
    if any(not ask.starts for ask in asks):
        return Walked(False)
    model = _DayOfPeople(case, roster, day, asks)
    for at, start in zip(model.at, hint, strict=False):
        for q, literal in at.items():
            model.cp.add_hint(literal, q == start)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = work
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (1 << 31)
    status = run_solver(solver, model.cp, cancel)
    spent = solver.response_proto.deterministic_time
    if status == cp_model.INFEASIBLE:
        return Walked(False, work=spent)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Walked(None, work=spent)
    starts = tuple(next(q for q, literal in at.items() if solver.boolean_value(literal)) for at in model.at)
    teams: list[list[tuple[int, ...]]] = [[] for _ in asks]
    for (v, _), x in zip(model.stays, model.x, strict=True):
        teams[v].append(tuple(sorted(i for i, literal in x.items() if solver.boolean_value(literal))))
    return Walked(True, starts, tuple(tuple(own) for own in teams), spent)


def flow(
    case: Case,
    roster: Roster,
    day: int,
    asks: Sequence[Ask],
    work: float,
    seed: int = 0,
    hint: Sequence[int] = (),
    cancel: Cancel | None = None,
) -> Walked:
    """Return whether people as a flow (`people_flow`) could walk `asks`: a False is final, a True gives starts without
    teams, which are still to be manned.
    """
    if any(not ask.starts for ask in asks):
        return Walked(False)
    cp = cp_model.CpModel()
    begins = [{q: cp.new_bool_var("") for q in ask.starts} for ask in asks]
    for own in begins:
        cp.add_exactly_one(own.values())
    for own, start in zip(begins, hint, strict=False):
        for q, literal in own.items():
            cp.add_hint(literal, q == start)
    stays = [replace(stay, visit=v) for v, ask in enumerate(asks) for stay in ask.stays]
    add_flows(cp, case, roster, day, stays, begins)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = work
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (1 << 31)
    status = run_solver(solver, cp, cancel)
    spent = solver.response_proto.deterministic_time
    if status == cp_model.INFEASIBLE:
        return Walked(False, work=spent)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Walked(None, work=spent)
    found = tuple(next(q for q, b in own.items() if solver.boolean_value(b)) for own in begins)
    return Walked(True, found, work=spent)

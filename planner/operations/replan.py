"""Replanning after an event, in the order left-out → changed visits → entries → disturbance, with a proof.

Only a part of the plan is modelled exactly: the sites that the event touches and those with something left out. Every
other visit that stands in a scarce cell is relaxed: it stays, or it goes for one change and needs no other day. That
can only be easier than the truth, so the optimum is a bound; and where the optimum lets nobody go, it is itself a
lawful plan, and least. Otherwise the sites that it let go are modelled exactly too, and it is asked again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model

from planner.checks import check_plan
from planner.checks.objective import objective_of
from planner.domain.case import DAY_QUARTERS, BoolArray, Case, IntArray, Strength
from planner.domain.errors import InputError, MismatchError
from planner.domain.plan import LEFT_OUT, Objective, Plan, loads_of
from planner.model import build_model
from planner.model.objective import level_expression
from planner.operations.book import Book
from planner.operations.events import Changed, Event, apply_event
from planner.solve.arrays import allowed_days

WORK = 20.0
"""CP-SAT deterministic time of one level: a small component needs a hundredth of it."""


@dataclass(frozen=True, eq=False)
class Replanned:
    """The plan after an event. `changed` are the published visits (site, day index) that do not stand as told.

    A visit has changed if one of its published tasks is not done on that day any more; who joins it does not change it.
    With `proven`, no lawful plan leaves out less, and none that leaves out as little changes fewer visits.
    `entries_proven`: nor has one of these fewer entries at the sites that were replanned, all others staying.
    """

    case: Case
    before: IntArray = field(repr=False)
    after: IntArray = field(repr=False)
    objective: Objective
    changed: tuple[tuple[int, int], ...]
    proven: bool
    entries_proven: bool
    sites: tuple[int, ...]
    rounds: int
    parent_hash: str
    plan_hash: str


def changed_visits(changed: Changed, day: IntArray) -> tuple[tuple[int, int], ...]:
    """Return the published visits (site, day index) of which a task is not on its day in the plan `day` [T]."""
    gone = np.flatnonzero(changed.published & (changed.day >= 0) & (day != changed.day))
    return tuple(sorted({(int(changed.case.site_of[t]), int(changed.day[t])) for t in gone.tolist()}))


def replan(book: Book, event: Event, work: float = WORK) -> Replanned:
    """Return the plan of `book` after `event`; `book` itself stays. Pins and days before `book.first_day` stay too.

    Raises InputError where the event is about nothing that exists, or what is pinned leaves nothing lawful;
    MismatchError where the checks find fault.
    """
    changed = apply_event(book, event)
    solver = _Replan(book, changed, work)
    day, proven, entries_proven = solver.run()
    plan = Plan(day)
    known = {(v.rule, v.subjects) for v in check_plan(changed.case, Plan(np.where(solver.free, LEFT_OUT, changed.day)))}
    found = [v for v in check_plan(changed.case, plan) if (v.rule, v.subjects) not in known]
    if found:
        raise MismatchError(f"replanning made an unlawful plan: {found[0].rule} {found[0].subjects}")
    return Replanned(
        changed.case,
        changed.day,
        day,
        objective_of(changed.case, plan),
        changed_visits(changed, day),
        proven,
        entries_proven,
        tuple(sorted(solver.exact)),
        solver.rounds,
        book.plan.hash(book.case),
        plan.hash(changed.case),
    )


class _Replan:
    def __init__(self, book: Book, changed: Changed, work: float) -> None:
        self.changed, self.case, self.work = changed, changed.case, work
        self.rounds = 0
        case, day = self.case, changed.day
        self.allowed = allowed_days(case)
        new_days = self.allowed.copy()
        new_days[:, : book.first_day] = False
        stays = np.flatnonzero((day >= 0) & ~changed.touched)
        at = np.flatnonzero(day >= 0)
        new_days[at, day[at]] = self.allowed[at, day[at]]
        new_days[stays, day[stays]] = True  # what stands and is not touched may stay, whatever made it lawful then
        self.frozen = (day >= 0) & ~changed.touched & ((day < book.first_day) | (case.columns.pinned > 0))
        overfull = self._in(loads_of(case, Plan(day)) > case.plan_capacity)  # somebody has to go, freeze or not
        self.frozen[overfull] &= case.columns.pinned[overfull] > 0
        frozen = np.flatnonzero(self.frozen)
        new_days[frozen] = False
        new_days[frozen, day[frozen]] = True
        self.days = new_days
        lost = (day == LEFT_OUT) & ~case.columns.follows_fire & self.days.any(axis=1)
        self.exact = {int(s) for s in np.unique(case.site_of[changed.touched | lost]).tolist()}
        self.exact |= {int(case.site_of[t]) for t in overfull}
        self.free = changed.touched

    def _in(self, cells: BoolArray) -> list[int]:
        """Return the placed tasks that load one of `cells` [R, D]."""
        case, day = self.case, self.changed.day
        placed = np.flatnonzero(day >= 0)
        hit = cells[case.unit_of[placed], day[placed]]
        skilled = case.skill_row_of[placed] >= 0
        hit |= skilled & cells[np.maximum(case.skill_row_of[placed], 0), day[placed]]
        found: list[int] = placed[hit].tolist()
        return found

    def run(self) -> tuple[IntArray, bool, bool]:
        """Return the days [T], whether left-out and changes are proven least, and whether entries are."""
        while True:
            self.rounds += 1
            relaxed = self._relaxed()
            part = _Part(self, relaxed)
            proven, day = part.least_changes()
            moved = {int(self.case.site_of[t]) for t in np.flatnonzero(day != self.changed.day).tolist()} & relaxed
            if not moved:
                day, entries_proven = part.fewest_entries(day)
                return day, proven, entries_proven
            self.exact |= moved

    def _relaxed(self) -> set[int]:
        """Return the other sites with a visit in a cell that the exact ones could fill beyond what is free."""
        case = self.case
        inside = np.isin(case.site_of, sorted(self.exact))
        load = loads_of(case, Plan(np.where(inside, LEFT_OUT, self.changed.day)))
        wanted = np.zeros_like(load)
        tasks = np.flatnonzero(inside)
        need = (case.quarters + case.setup[case.unit_of])[tasks][:, None] * self.days[tasks]
        np.add.at(wanted, case.unit_of[tasks], need)
        skilled = case.skill_row_of[tasks] >= 0
        np.add.at(wanted, case.skill_row_of[tasks[skilled]], need[skilled])
        scarce = load + wanted > case.plan_capacity
        return {int(case.site_of[t]) for t in self._in(scarce)} - self.exact


class _Part:
    """The model of one round: `exact` sites in full, `relaxed` ones staying or going."""

    def __init__(self, whole: _Replan, relaxed: set[int]) -> None:
        case, changed = whole.case, whole.changed
        self.whole, self.relaxed = whole, relaxed
        inside = np.isin(case.site_of, sorted(whole.exact | relaxed))
        rest = loads_of(case, Plan(np.where(inside, LEFT_OUT, changed.day)))
        days = whole.days.copy()
        bound = np.isin(case.site_of, sorted(relaxed))
        days[bound] = False
        stands = np.flatnonzero(bound & (changed.day >= 0))
        days[stands, changed.day[stands]] = True
        limit = np.maximum(case.plan_capacity - rest, 0)
        self.model = build_model(case, whole.exact | relaxed, limit, days)
        self._changes, self._goes = self._visits()

    def _visits(self) -> tuple[list[cp_model.LinearExprT], list[cp_model.LinearExprT]]:
        """Return a term for each published visit, 1 if it changes, and for all that can go at relaxed sites.

        A relaxed visit that changes goes as a whole, so that whoever stays needs no company that went.
        """
        m, changed = self.model, self.whole.changed
        visits: dict[tuple[int, int], list[int]] = defaultdict(list)
        for t in m.tasks:
            if changed.day[t] >= 0:
                visits[int(m.case.site_of[t]), int(changed.day[t])].append(t)
        changes: list[cp_model.LinearExprT] = []
        goes: list[cp_model.LinearExprT] = []
        for (site, d), tasks in sorted(visits.items()):
            told = [t for t in tasks if changed.published[t]]
            for t in tasks:
                if self.whole.frozen[t]:
                    m.cp.add(m.on[t, d] == 1)
            if told:
                gone = m.cp.new_bool_var(f"gone_{site}_{d}")
                changes.append(gone)
                for t in told:
                    m.cp.add_bool_or([gone, m.on[t, d]] if (t, d) in m.on else [gone])
            if site in self.relaxed:
                if told:
                    goes.append(gone)
                    for t in tasks:
                        m.cp.add_implication(gone, ~m.on[t, d])
                goes.extend(1 - m.on[t, d] for t in tasks if t not in told)
        return changes, goes

    def _lost(self) -> cp_model.LinearExpr:
        """Return what is left out at the exact sites, by strength, in one sum in which each outweighs the next."""
        m = self.model
        exact = [t for t in m.tasks if int(m.case.site_of[t]) in self.whole.exact]
        weight, terms = 1, []
        for strength in reversed(Strength):
            own = [t for t in exact if m.case.tasks[t].strength == strength and not m.case.tasks[t].follows_fire]
            priority = [m.case.tasks[t].priority for t in own]
            terms.append(cp_model.LinearExpr.weighted_sum([m.out[t] for t in own], [weight * p for p in priority]))
            weight *= sum(priority) + 1
        return cp_model.LinearExpr.sum(terms)

    def least_changes(self) -> tuple[bool, IntArray]:
        """Return whether it is proven, and days [T] of least left out, fewest changes, fewest relaxed moves."""
        m, day = self.model, self.whole.changed.day
        lost = self._lost()
        weights = [len(self._goes) + 1] * len(self._changes) + [1] * len(self._goes)
        changes = cp_model.LinearExpr.weighted_sum([*self._changes, *self._goes], weights)
        first, value, day = self._minimise(lost, day)
        m.cp.add(lost <= value)
        second, value, day = self._minimise(changes, day)
        m.cp.add(changes <= value)
        return first and second, day

    def fewest_entries(self, day: IntArray) -> tuple[IntArray, bool]:
        """Return days [T] of fewest entries, then least disturbance, no worse in what comes before; and if proven."""
        m = self.model
        entries, disturbance = level_expression(m, "entries"), level_expression(m, "disturbance")
        most = int(m.case.sensitivity.max(initial=1)) * (m.case.prep_quarters + 2 * DAY_QUARTERS) * (len(m.tasks) + 1)
        proven, _, day = self._minimise(cp_model.LinearExpr.weighted_sum([entries, disturbance], [most, 1]), day)
        return day, proven

    def _minimise(self, goal: cp_model.LinearExprT, day: IntArray) -> tuple[bool, int, IntArray]:
        """Return whether the least is proven, the value found and days [T]. Raises InputError where none is lawful."""
        m = self.model
        m.cp.clear_hints()  # type: ignore[no-untyped-call]
        m.hint(day)
        m.cp.minimize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.max_deterministic_time = self.whole.work
        solver.parameters.num_workers = 1
        solver.parameters.catch_sigint_signal = False
        status = solver.solve(m.cp)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise InputError(
                "已锁定的安排与人员或规则冲突，无法调整：请先解除相关锁定 / "
                "what is pinned contradicts the law or the crews"
            )
        return status == cp_model.OPTIMAL, round(solver.objective_value), m.plan_days(solver, day)

"""Replanning after an event, in the order left-out → changed visits → entries → disturbance, with a proof.

Only a part of the plan is modelled exactly: the sites that the event touches and those with something left out. Every
other visit that stands in a scarce cell is relaxed: it stays, or it goes for one change and needs no other day. That
can only be easier than the truth, so the optimum is a bound; and where the optimum lets nobody go, it is itself a
lawful plan, and least. Otherwise the sites that it let go are modelled exactly too, and it is asked again; where that
goes on, so are all sites of the units that the event is about, who have to find room among themselves in the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from ortools.sat.python import cp_model

from planner.checks import check_plan
from planner.checks.objective import left_out_weights, objective_of
from planner.domain.case import BoolArray, Case, IntArray, Strength
from planner.domain.errors import InputError, MismatchError
from planner.domain.plan import LATER, LEFT_OUT, Objective, Plan, loads_of
from planner.model import build_model
from planner.model.objective import level_expression
from planner.operations.book import JUDGE_WORK, Book, starts_in
from planner.operations.events import Away, Changed, Event, Limits, apply_event
from planner.operations.people import grown_roster
from planner.operations.room import Room, day_carries
from planner.solve.arrays import allowed_days
from planner.solve.walk.blocks import Block, forbid
from planner.solve.walk.day_test import Judge

WORK = 120.0
"""CP-SAT deterministic time of all rounds that are to prove something: a small component needs a thousandth of it."""
LEVEL_WORK = 20.0
"""The most of it that one level of one round takes."""
LAST_WORK = 2.0
"""What a level has where all has been used up: something lawful is found soon, since tasks can be left out."""
ROUND_WORK = 0.1
"""What making a round's model counts as."""
ENTRY_WORK = 0.04
"""The same for entries and disturbance, which are not proven at any price."""
DAYS_ASKED = 6
"""How often days that cannot be walked are given other visits before the plan is handed on as it is, unproven."""
WIDENED = 3
"""After so many rounds all relaxed sites of the units concerned become exact: a few each time would take for ever."""


@dataclass(frozen=True, eq=False)
class Replanned:
    """The plan after an event. `changed` are the published visits (site, day index) that do not stand as told.

    A visit has changed if one of its published tasks is not done on that day any more; who joins it does not change it.
    With `proven`, no lawful plan leaves out less, and none that leaves out as little changes fewer visits; every day on
    which somebody new comes can be walked and manned, where the book knows the people.
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
    parent: tuple[Case, Plan] = field(repr=False)
    """The plan before, in its own case."""

    @cached_property
    def parent_hash(self) -> str:
        """The hash of the plan before. Hashing a month takes longer than most replanning, so it is done when asked."""
        case, plan = self.parent
        return plan.hash(case)

    @cached_property
    def plan_hash(self) -> str:
        """The hash of the plan after."""
        return Plan(self.after).hash(self.case)


def changed_visits(changed: Changed, day: IntArray) -> tuple[tuple[int, int], ...]:
    """Return the published visits (site, day index) of which a task is not on its day in the plan `day` [T]."""
    gone = np.flatnonzero(changed.published & (changed.day >= 0) & (day != changed.day))
    return tuple(sorted({(int(changed.case.site_of[t]), int(changed.day[t])) for t in gone.tolist()}))


def replan(book: Book, event: Event, work: float = WORK, limits: Limits | None = None) -> Replanned:
    """Return the plan of `book` after `event`; `book` itself stays. Pins and days before `book.first_day` stay too.

    `work` is deterministic time: where it does not suffice, whoever the event does not touch stays where they are, and
    nothing is proven; nor is it where `limits` take more than the crews' true capacity.

    Raises InputError where the event is about nothing that exists, or what is pinned leaves nothing lawful;
    MismatchError where the checks find fault.
    """
    changed = apply_event(book, event, limits or {})
    judge, blocks, sure = _judge(book, changed, event), list[Block](), True
    for _ in range(DAYS_ASKED):
        solver = _Replan(book, changed, work, blocks)
        day, proven, entries_proven = solver.run()
        failed, sure = _unwalkable(judge, book, changed, day)
        if not failed:
            break
        blocks += failed
        work = solver.left
    else:
        sure = False  # the days are the best by their hours; the timetable of the version asks for less
    plan = Plan(day)
    known = {
        (v.rule, v.subjects) for v in check_plan(changed.case, Plan(np.where(changed.touched, LEFT_OUT, changed.day)))
    }
    found = [v for v in check_plan(changed.case, plan) if (v.rule, v.subjects) not in known]
    if found:
        raise MismatchError(f"replanning made an unlawful plan: {found[0].rule} {found[0].subjects}")
    return Replanned(
        changed.case,
        changed.day,
        day,
        objective_of(changed.case, plan),
        changed_visits(changed, day),
        proven and sure and not limits,
        entries_proven and sure and not limits,
        tuple(sorted(solver.exact)),
        solver.rounds,
        (book.case, book.plan),
    )


def _judge(book: Book, changed: Changed, event: Event) -> Judge | None:
    """Return whoever says whether a day of the changed case can be walked; None where no people are known."""
    if book.roster is None:
        return None
    known = [(book.case, book.roster)]
    if isinstance(event, Away) and event.people is not None:
        known.insert(0, (event.left, event.people))
    roster = grown_roster(changed.case, known)
    begin = starts_in(changed.case, book.starts)
    return Judge(changed.case, roster, allowed_days(changed.case), JUDGE_WORK, begin=begin)


def _unwalkable(judge: Judge | None, book: Book, changed: Changed, day: IntArray) -> tuple[list[Block], bool]:
    """Return what failed on the days that somebody new comes on, and whether all others are known to be walkable."""
    if judge is None:
        return [], True
    blocks, sure = list[Block](), True
    for d in np.unique(day[(day != changed.day) & (day >= 0)]).tolist():
        room, block = day_carries(judge, book.triggered, changed.day, day, d)
        sure &= room is Room.YES
        if block is not None:
            blocks.append(block)
    return blocks, sure


class _Replan:
    def __init__(self, book: Book, changed: Changed, work: float, blocks: Sequence[Block] = ()) -> None:
        self.changed, self.case, self.left, self.blocks = changed, changed.case, work, blocks
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
        self.days[self._too_long()] = False
        lost = (day == LEFT_OUT) & ~case.columns.follows_fire & self.days.any(axis=1)
        self.exact = {int(s) for s in np.unique(case.site_of[changed.touched]).tolist()}
        self.exact |= {int(case.site_of[t]) for t in overfull}
        self.exact |= {site for block in blocks for site, _ in block.entries}
        self.lost = {int(s) for s in np.unique(case.site_of[lost]).tolist()} - self.exact
        # An event that lifts no pin only takes days and crews away: what was least left out before bounds what is now.
        before = book.case.columns.pinned[book.day >= 0], case.columns.pinned[(day >= 0)]
        lifts_pins = int((before[0] > 0).sum()) > int((before[1] > 0).sum())
        self.least = None if lifts_pins else book.least_left_out

    def _too_long(self) -> tuple[IntArray, IntArray]:
        """Return the (task, day) of tasks that stand where their unit has no crew for even them alone."""
        case, day = self.case, self.changed.day
        placed = np.flatnonzero((day >= 0) & (case.columns.pinned == 0))
        need = case.quarters[placed] + case.setup[case.unit_of[placed]]
        over = placed[need > case.plan_capacity[case.unit_of[placed], day[placed]]]
        return over, day[over]

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
        if self.lost:
            part, proven, day = self._least()
            if proven and self._cannot_be_less(day):
                return self._finished(part, day, True)
            self.exact |= self.lost  # something left out elsewhere could count: these sites are asked too
        part, proven, day = self._least()
        return self._finished(part, day, proven)

    def _least(self) -> tuple[_Part, bool, IntArray]:
        """Return the last part asked, whether its answer is proven, and the days: nobody outside the exact moves."""
        while True:
            self.rounds += 1
            self.left -= ROUND_WORK
            used_up = self.left <= 0
            relaxed = set() if used_up else self._relaxed()
            part = _Part(self, relaxed)
            proven, day = part.least_changes()
            proven = proven and not used_up
            moved = {int(self.case.site_of[t]) for t in np.flatnonzero(day != self.changed.day).tolist()} & relaxed
            if not moved:
                return part, proven, day
            if self.rounds == WIDENED:
                moved |= self._of_units_concerned() & relaxed
            self.exact |= moved
            self.lost -= moved

    def _of_units_concerned(self) -> set[int]:
        """Return the sites of the units whose tasks the event took from their days."""
        units = np.unique(self.case.unit_of[self.changed.touched])
        return {int(s) for s in np.unique(self.case.site_of[np.isin(self.case.unit_of, units)]).tolist()}

    def _cannot_be_less(self, day: IntArray) -> bool:
        """Return whether no more is left out than ever had to be, and only visits change that cannot stay."""
        left_out = left_out_weights(self.case, Plan(day))
        told = np.flatnonzero(self.changed.published & (self.changed.day >= 0))
        barred = told[~self.days[told, self.changed.day[told]]]
        forced = {(int(self.case.site_of[t]), int(self.changed.day[t])) for t in barred.tolist()}
        return left_out == self.least and len(changed_visits(self.changed, day)) == len(forced)

    def _finished(self, part: _Part, day: IntArray, proven: bool) -> tuple[IntArray, bool, bool]:
        """Return days of fewest entries, then least disturbance, at the exact sites, no worse in what comes before."""
        day, entries_proven = _Part(self, set()).fewest_entries(day, *part.values)
        return day, proven, entries_proven

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
        self.values = 0, 0
        """What is left out (weighted) and how many visits change, once they are least."""
        self.used = 0.0
        """Deterministic time of the last level."""
        self.model = build_model(case, whole.exact | relaxed, limit, days)
        for block in whole.blocks:
            forbid(self.model, block, changed.day)
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
        for t in m.tasks:
            if int(m.case.site_of[t]) in self.relaxed and changed.day[t] < 0:
                m.cp.add((m.later if changed.day[t] == LATER else m.out)[t] == 1)
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
        first, left, day = self._prove(lost, day)
        assert left is not None
        m.cp.add(lost <= left)
        weights = [len(self._goes) + 1] * len(self._changes) + [1] * len(self._goes)
        both = cp_model.LinearExpr.weighted_sum([*self._changes, *self._goes], weights)
        second, _, day = self._prove(both, day)
        self.values = left, len([v for v in changed_visits(self.whole.changed, day) if v[0] in self.whole.exact])
        return first and second, day

    def fewest_entries(self, day: IntArray, left: int, changes: int) -> tuple[IntArray, bool]:
        """Return days [T] of fewest entries, and if that is proven, then of little disturbance; `left` and `changes`
        are the values of the levels before.
        """
        m = self.model
        m.cp.add(self._lost() <= left)
        m.cp.add(cp_model.LinearExpr.sum(self._changes) <= changes)
        entries = level_expression(m, "entries")
        proven, fewest, day = self._minimise(entries, day, ENTRY_WORK, lawful=True)
        if fewest is not None:
            m.cp.add(entries <= fewest)
        return self._minimise(level_expression(m, "disturbance"), day, ENTRY_WORK, lawful=True)[2], proven

    def _prove(self, goal: cp_model.LinearExprT, day: IntArray) -> tuple[bool, int | None, IntArray]:
        """Do `_minimise` with what is left of the work, and take it off."""
        most = min(self.whole.left, LEVEL_WORK) if self.whole.left > 0 else LAST_WORK
        found = self._minimise(goal, day, most)
        self.whole.left -= self.used
        return found

    def _minimise(
        self, goal: cp_model.LinearExprT, day: IntArray, work: float, lawful: bool = False
    ) -> tuple[bool, int | None, IntArray]:
        """Return whether the least is proven, the value found and days [T].

        Where the work ends before anything is found, days that are `lawful` are given back, with no value. Raises
        InputError where nothing is lawful, or nothing was found.
        """
        m = self.model
        m.cp.clear_hints()  # type: ignore[no-untyped-call]
        m.hint(day)
        m.cp.minimize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.max_deterministic_time = work
        solver.parameters.num_workers = 1
        if self.whole.rounds > 1:  # with crews as linear rows hard rounds are proven at once; easy ones take longer
            solver.parameters.linearization_level = 2
        solver.parameters.catch_sigint_signal = False
        status = solver.solve(m.cp)
        self.used = solver.response_proto.deterministic_time
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return status == cp_model.OPTIMAL, round(solver.objective_value), m.plan_days(solver, day)
        if lawful:
            return False, None, day
        if status == cp_model.UNKNOWN:
            raise InputError("在限定的计算量内没有找到新安排：请分成几次调整 / nothing found within the work allowed")
        raise InputError(
            "已锁定的安排与人员或规则冲突，无法调整：请先解除相关锁定 / what is pinned contradicts the law or the crews"
        )

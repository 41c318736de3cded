"""Replanning after an event, in the order left-out → changed visits → entries → disturbance, with a proof.

The first round counts crew time only (`planner.operations.replan_model`). Where its answer is proven, no lawful plan
leaves out less, or changes fewer visits without leaving out more, so these two values are bounds. Each day on which
somebody new comes is then tested exactly for start times and people. If a day fails, further rounds keep the visits
that fitted and bar the others from that day; a plan that passes with the same two values is optimal in both; entries
are proven for the replanned sites alone. If no such plan is found, the failed days say which stays exclude each other,
and rounds with these constraints give bounds of the real problem.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from planner.checks import check_plan
from planner.checks.objective import left_out_weights, objective_of
from planner.domain.case import Case, IntArray
from planner.domain.errors import MismatchError
from planner.domain.plan import LEFT_OUT, Objective, Plan
from planner.operations.book import JUDGE_WORK, Book, starts_in
from planner.operations.events import Away, Changed, Event, Limits, apply_event
from planner.operations.recase import grown_roster
from planner.operations.replan_model import Replanning, Steer, changed_visits
from planner.operations.room import Room, day_carries
from planner.solve.day.timetable import DayWork
from planner.solve.site.arrays import allowed_days
from planner.solve.walk.blocks import Block
from planner.solve.walk.day_test import DayAnswer, Judge, JudgeWork

QUICK = replace(JUDGE_WORK, exact=False, long=DayWork(moves=20_000, tries=0, calm_tries=0, any_times=True))
"""Days of steered rounds are only searched: one that is not settled is given up for another."""
WORK = 120.0
"""CP-SAT deterministic time of all rounds that are to prove something: a small component needs a thousandth of it."""
MANY = 5
"""Where more visits than this have to go, the first round says what is least, and its crowded days are not asked."""
FULL = 2
"""So many steered rounds fill days to the last hour, which is best for entries; then only what is easily walked."""
STEERED = 8
"""How often visits that came to a day which failed are given other days, all others staying."""
TAUGHT = 3
"""How often everything is chosen anew beside what failed days taught, before the plan is handed on unproven."""


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


def replan(book: Book, event: Event, work: float = WORK, limits: Limits | None = None) -> Replanned:
    """Return the plan of `book` after `event`; `book` itself stays. Pins and days before `book.first_day` stay too.

    `work` is deterministic time: where it does not suffice, whoever the event does not touch stays where they are, and
    nothing is proven; nor is it where `limits` take more than the crews' true capacity.

    Raises InputError where the event is about nothing that exists, or what is pinned leaves nothing lawful;
    MismatchError where the checks find fault.
    """
    changed = apply_event(book, event, limits or {})
    rounds = _Rounds(book, changed, event, work)
    best = rounds.run()
    plan = Plan(best.day)
    known = {
        (v.rule, v.subjects) for v in check_plan(changed.case, Plan(np.where(changed.touched, LEFT_OUT, changed.day)))
    }
    found = [v for v in check_plan(changed.case, plan) if (v.rule, v.subjects) not in known]
    if found:
        raise MismatchError(f"replanning made an unlawful plan: {found[0].rule} {found[0].subjects}")
    return Replanned(
        changed.case,
        changed.day,
        best.day,
        objective_of(changed.case, plan),
        changed_visits(changed, best.day),
        best.proven and not limits,
        best.entries_proven and not limits,
        best.sites,
        rounds.asked,
        (book.case, book.plan),
    )


@dataclass(frozen=True, eq=False)
class _Round:
    """What one round gave. `proven` speaks of what its model knew, and of days only where all `answers` are yes.

    `answers` are those of the days that somebody new comes on, if they were `asked`; `walked`: all of them are yes.
    """

    day: IntArray = field(repr=False)
    value: tuple[tuple[int, int, int], int]
    """(left out by strength, changed visits)"""
    entries: int
    proven: bool
    entries_proven: bool
    sites: tuple[int, ...]
    at_sites: tuple[int, int]
    """What the same `value` is at `sites` alone, as `Replanning.values`."""
    asked: bool
    answers: Mapping[int, tuple[Room, DayAnswer | None]]

    @property
    def walked(self) -> bool:
        return self.asked and all(room is Room.YES for room, _ in self.answers.values())


class _Rounds:
    def __init__(self, book: Book, changed: Changed, event: Event, work: float) -> None:
        self.book, self.changed, self.event, self.left = book, changed, event, work
        self.asked = 0
        """Models that were solved."""

    def run(self) -> _Round:
        """Return the best round whose days can all be walked, or else the last, unproven."""
        judge, changed = self._judge(QUICK, teaches=False), self.changed
        forced = changed_visits(changed, np.where(changed.touched, LEFT_OUT, changed.day))
        first = one = self._round(judge, asks=judge is None or len(forced) <= MANY)
        steer = Steer()
        for n in range(STEERED):
            if one.walked:
                break
            same = one.value == first.value
            steer = self._steered(steer, one, easy=n >= FULL or steer.easy) if same else Steer(easy=True)
            one = self._as_good(judge, steer, first, one.day) or self._round(judge, steer)
        if one.walked and one.value == first.value:
            least = one.entries == first.entries
            return replace(one, proven=first.proven, entries_proven=least and first.entries_proven)
        if one.walked and one.value[0] == first.value[0] and len(forced) > MANY:
            # What days teach of so many visits takes longer than anybody waits.
            return replace(one, proven=False, entries_proven=False)
        return self._taught(first, one if one.walked else None)

    def _taught(self, first: _Round, found: _Round | None) -> _Round:
        """Return the better of `found` and what rounds that know what failed days teach come to; `first` was before."""
        judge, blocks, one = self._judge(JUDGE_WORK, teaches=True), list[Block](), first
        assert judge is not None
        for _ in range(TAUGHT):
            new = np.unique(one.day[(one.day != self.changed.day) & (one.day >= 0)]).tolist()
            answers = [self._ask(judge, one.day, d) for d in new]
            taught = [answer.block for room, answer in answers if room is Room.NO and answer and answer.block]
            if not taught:
                break
            blocks += taught
            one = self._round(judge, blocks=blocks)
            if one.walked and (one.proven or found is None):
                return one
            if found is not None and one.proven and one.value == found.value:
                return replace(found, proven=True, entries_proven=False)
        return replace(found or one, proven=False, entries_proven=False)

    def _round(
        self,
        judge: Judge | None,
        steer: Steer | None = None,
        blocks: Sequence[Block] = (),
        *,
        asks: bool = True,
    ) -> _Round:
        solver = Replanning(self.book, self.changed, self.left, steer, blocks)
        day, proven, entries_proven = solver.run(calm=asks)
        return self._seen(judge if asks else None, solver, day, proven, entries_proven, asked=asks)

    def _as_good(self, judge: Judge | None, steer: Steer, first: _Round, day: IntArray) -> _Round | None:
        """Return a round as good as the `first` at the sites that it moved, None where none is found at once.

        What the first proved need not be proven again: only days that can be walked are missing. The search begins at
        `day`, those of the round before.
        """
        solver = Replanning(self.book, self.changed, self.left, steer)
        found = solver.as_good(first.sites, first.at_sites, day)
        return None if found is None else self._seen(judge, solver, found, first.proven, False, asked=True)

    def _seen(
        self, judge: Judge | None, solver: Replanning, day: IntArray, proven: bool, entries_proven: bool, *, asked: bool
    ) -> _Round:
        """Return what a solver found, its days asked of `judge` if there is one."""
        self.left, self.asked = solver.left, self.asked + solver.rounds
        case, plan = self.changed.case, Plan(day)
        new = np.unique(day[(day != self.changed.day) & (day >= 0)]).tolist()
        answers = {d: self._ask(judge, day, d) for d in new} if judge is not None else {}
        value = left_out_weights(case, plan), len(changed_visits(self.changed, day))
        entries, sites = objective_of(case, plan).entries, tuple(sorted(solver.exact))
        return _Round(day, value, entries, proven, entries_proven, sites, solver.values, asked, answers)

    def _ask(self, judge: Judge, day: IntArray, d: int) -> tuple[Room, DayAnswer | None]:
        return day_carries(judge, self.book.triggered, self.changed.day, day, d)

    def _judge(self, work: JudgeWork, *, teaches: bool) -> Judge | None:
        """Return whoever says whether a day of the changed case can be walked; None where no people are known."""
        book, case, event = self.book, self.changed.case, self.event
        if book.roster is None:
            return None
        known = [(book.case, book.roster)]
        if isinstance(event, Away) and event.people is not None:
            known.insert(0, (event.left, event.people))
        roster, begin = grown_roster(case, known), starts_in(case, book.starts)
        return Judge(case, roster, allowed_days(case), work, teaches=teaches, begin=begin)

    def _steered(self, steer: Steer, one: _Round, *, easy: bool) -> Steer:
        """Return `steer` with what came to days that said yes kept there, and days that did not closed to it.

        `easy` as in `Steer`.
        """
        closed, kept = set(steer.closed), dict(steer.kept)
        for d, (room, answer) in one.answers.items():
            new = np.flatnonzero((one.day == d) & (self.changed.day != d)).tolist()
            fault = set[int]() if room is Room.YES else self._at_fault(new, answer)
            closed |= {(t, d) for t in fault}
            for t in new:
                if t not in fault:
                    kept[t] = d
                else:
                    kept.pop(t, None)
        return Steer(easy, frozenset(closed), kept)

    def _at_fault(self, new: list[int], answer: DayAnswer | None) -> set[int]:
        """Return which of the tasks that are `new` on a day go again: all of a visit that found no crew, or instead of
        one that was there before, of the new visit that keeps the same unit longest.
        """
        case, fault = self.changed.case, set[int]()
        need = case.quarters + case.setup[case.unit_of]
        at: dict[int, list[int]] = defaultdict(list)
        for t in new:
            at[int(case.site_of[t])].append(t)
        for unit, site in sorted(answer.short) if answer else ():
            own = [t for t in new if case.unit_of[t] == unit and t not in fault]
            if site in at:
                fault |= set(at[site])
            elif own:
                longest = max(own, key=lambda t: (int(need[t]), t))
                fault |= set(at[int(case.site_of[longest])])
        return fault or set(new)

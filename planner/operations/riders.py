"""Riders: which open tasks come along with a triggered check. One site is modelled with all rules and solved exactly.

The check keeps its day in any case. The open tasks of the site choose their days again, within the crew time that other
sites leave. Published visits stay where they are; where pulling visits forward is asked for, a later visit comes whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from planner.domain.case import BoolArray, IntArray, Strength
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.model import MatchModel, build_model
from planner.model.objective import level_expression
from planner.operations.book import Book
from planner.operations.room import Room, room_on

WORK = 2.0
"""CP-SAT deterministic time of one question: a site needs a hundredth of it."""


@dataclass(frozen=True, eq=False)
class Company:
    """The best days found for a site: `riders` come on the check's day, `forward` are published visits by their day
    index that come then too, with their tasks: all of them, or those of the check's own agency. `entries` are the
    site's, now and later; `sure` is False where the room of some unit could not be decided: booking decides.
    """

    riders: tuple[int, ...]
    forward: Mapping[int, tuple[int, ...]]
    entries: int
    sure: bool


class SiteWithCheck:
    """A site of `book`, in which the task `own` of a triggered check stands on its day already.

    `hidden` are tasks of others that whoever asks must not learn of: those not published are taken for absent.
    """

    def __init__(self, book: Book, own: int, hidden: frozenset[int]) -> None:
        self.book, self.own = book, own
        case = book.case
        self.site, self.day = int(case.site_of[own]), int(book.day[own])
        self.tasks = list(case.tasks_at(self.site))
        self._free = [t for t in self.tasks if not book.published[t] and t not in hidden]
        self._days = np.zeros((case.n_tasks, case.n_days), dtype=np.bool_)
        self._days[self._free, book.first_day :] = book.arrays.allowed[self._free, book.first_day :]
        held = [t for t in self.tasks if book.published[t]]
        self._days[held, book.day[held]] = True
        # A unit that the check fills is full for others of its own, not for those who are published with it.
        standing = loads_of(case, Plan(np.where(self._at(held), book.day, LEFT_OUT)))
        others = book.use.copy()
        book.add_load(self.site, -1, others)
        self._limit = np.maximum(case.plan_capacity - others, standing)

    def _at(self, tasks: Iterable[int]) -> BoolArray:
        found = np.zeros(self.book.case.n_tasks, dtype=np.bool_)
        found[list(tasks)] = True
        return found

    def later_visits(self) -> dict[int, list[int]]:
        """Return the tasks of published visits after the check's day that may come forward, by day index: all of a
        visit, else what is the check's own agency's. Each may be done on the check's day, and none is pinned, triggered
        or of a visit with an unannounced check.
        """
        book, case = self.book, self.book.case
        found: dict[int, list[int]] = {}
        for t in self.tasks:
            if book.published[t] and book.day[t] > self.day >= book.first_day:
                found.setdefault(int(book.day[t]), []).append(t)

        def movable(t: int) -> bool:
            info = case.tasks[t]
            fixed = info.pinned is not None or info.id in book.triggered
            return not fixed and bool(book.arrays.allowed[t, self.day])

        later = {}
        for d, tasks in sorted(found.items()):
            own = [t for t in tasks if case.parent_of[t] == case.parent_of[self.own]]
            parts = [part for part in (tasks, own) if part and all(map(movable, part))]
            if parts and not any(case.tasks[t].unannounced for t in tasks):
                later[d] = parts[0]
        return later

    def whole(self, d: int, tasks: Iterable[int]) -> bool:
        """Return whether `tasks` are all that is published on day index `d`: without them nobody enters then."""
        return set(tasks) == {t for t in self.tasks if self.book.published[t] and self.book.day[t] == d}

    def apart(self) -> Company | None:
        """Return the best days where nobody goes along, None where nothing lawful was found."""
        days = self._days.copy()
        days[self._free, self.day] = False
        return self._best(days, {})

    def together(self) -> Company | None:
        """Return the best days of the open tasks, None where nothing lawful was found."""
        return self._best(self._days, {})

    def with_forward(self, riders: Iterable[int]) -> Company | None:
        """Return the best days where later visits may come forward whole, `riders` coming in any case."""
        days, later = self._days.copy(), self.later_visits()
        for t in riders:
            days[t] = False
            days[t, self.day] = True
        for tasks in later.values():
            days[tasks, self.day] = True
        return self._best(days, later, must=list(riders)) if later else None

    def _best(self, days: BoolArray, later: Mapping[int, list[int]], must: Iterable[int] = ()) -> Company | None:
        """Return the best days; who has no room on the check's day by the test of that day is asked not to come."""
        days, unsure, must = days.copy(), False, list(must)
        while True:
            day, entries = self._solved(days, later, must)
            if day is None:
                return None
            new = [t for t in self.tasks if day[t] == self.day != int(self.book.day[t])]
            room = room_on(self.book, self.site, dict.fromkeys(new, self.day)) if new else Room.YES
            unsure |= room is Room.UNKNOWN
            if room is not Room.NO:
                break
            out = self._without_room(new)
            days[out, self.day] = False
            must = [t for t in must if t not in out]
        forward = {d: tuple(tasks) for d, tasks in later.items() if day[tasks[0]] == self.day}
        moved = {t for tasks in forward.values() for t in tasks}
        riders = tuple(t for t in self._free if day[t] == self.day and t not in moved)
        return Company(riders, forward, entries, not unsure)

    def _without_room(self, new: list[int]) -> list[int]:
        """Return those of `new`, who have no room all together, that come no more: who has none alone, else the last
        unit's.
        """
        unit_of = self.book.case.unit_of
        for unit in sorted({int(unit_of[t]) for t in new}):
            own = [t for t in new if unit_of[t] == unit]
            if room_on(self.book, self.site, dict.fromkeys(own, self.day)) is Room.NO:
                return own
        return own

    def _solved(self, days: BoolArray, later: Mapping[int, list[int]], must: list[int]) -> tuple[IntArray | None, int]:
        """Return days [T] and their entries: of least left out, fewest entries, fewest visits forward, most of the
        check's own agency and then of all who go along, least disturbance, in this order.
        """
        case, book = self.book.case, self.book
        m = build_model(case, [self.site], self._limit, days)
        moves, merged = list[cp_model.LinearExprT](), list[cp_model.LinearExprT]()
        for d, tasks in later.items():
            comes = m.cp.new_bool_var(f"forward_{d}")
            if self.whole(d, tasks):
                moves.append(comes)
            else:  # no entry less, but one visit less of the agency that is there anyway
                merged.append(1 - comes)
            for t in tasks:
                here = m.on.get((t, self.day))
                m.cp.add(comes == 0 if here is None else here == comes)
                m.cp.add(m.on[t, d] == 1 - comes)
        fixed = {t for tasks in later.values() for t in tasks}
        for t in self.tasks:
            if book.published[t] and t not in fixed:
                m.cp.add(m.on[t, int(book.day[t])] == 1)
            elif not days[t].any() and t not in self._free:  # hidden, and taken for absent
                m.cp.add(m.out[t] == 1)
        for t in must:
            m.cp.add(m.on[t, self.day] == 1)
        entries = level_expression(m, "entries")
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = WORK
        solver.parameters.catch_sigint_signal = False
        day: IntArray | None = None
        fewest = 0
        away = cp_model.LinearExpr.sum([1 - m.on[t, self.day] for t in self._free if (t, self.day) in m.on])
        moved, apart = cp_model.LinearExpr.sum(moves), cp_model.LinearExpr.sum(merged)
        for goal in (self._left_out(m), entries, moved, apart, away, level_expression(m, "disturbance")):
            m.cp.minimize(goal)
            if solver.solve(m.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                break
            day = m.plan_days(solver, book.day)
            m.cp.add(goal <= round(solver.objective_value))
            m.cp.clear_hints()  # type: ignore[no-untyped-call]
            m.hint(day)
            fewest = int(solver.value(entries))
        return day, fewest

    def _left_out(self, m: MatchModel) -> cp_model.LinearExpr:
        """Return what is left out, by strength, in one sum in which each outweighs the next."""
        weight, terms = 1, []
        for strength in reversed(Strength):
            own = [t for t in self._free if m.case.tasks[t].strength == strength and not m.case.tasks[t].follows_fire]
            priority = [weight * m.case.tasks[t].priority for t in own]
            terms.append(cp_model.LinearExpr.weighted_sum([m.out[t] for t in own], priority))
            weight *= sum(m.case.tasks[t].priority for t in own) + 1
        return cp_model.LinearExpr.sum(terms)

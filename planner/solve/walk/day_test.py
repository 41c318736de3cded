"""Can a day carry these visits? Yes, with starts and crews; no, with stays that cannot be together; or unknown.

The quick search of the timetable is asked first. Where it leaves a stay without a crew, or where recusal may bind, an
exact model of starts and named people decides: of the unit's stays alone, then with their partners, then of the day.
A stay alone is asked more loosely than it will be, since it may begin whenever some visit at its site could: so a "no"
holds whoever else comes along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from planner.domain.case import DAY_QUARTERS, BoolArray, Case, IntArray
from planner.domain.duty import NO_START, Stay, stays_of
from planner.domain.plan import Visit, visit_at
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.solve.cpsat import Cancel
from planner.solve.day_arrays import Day, day_of, lawful_starts
from planner.solve.timetable import DayTimes, DayWork, search
from planner.solve.walk.blocks import Block, Ceiling, Entry
from planner.solve.walk.model import Ask, Walked, walk


class Answer(StrEnum):
    """Whether a day can carry a set of visits. UNKNOWN is no "no": it means that the work given did not settle it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class DayAnswer:
    """`times` are there with a YES, `block` and perhaps `ceiling` with the others; `sealed` units have teams that are
    not those the timetable would form, so nothing more can be put into their day without asking again.
    """

    answer: Answer
    times: DayTimes | None = None
    block: Block | None = None
    ceiling: Ceiling | None = None
    sealed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class JudgeWork:
    """CP-SAT deterministic time for a unit's stays, and for a whole day; moves of the quick search before."""

    unit: float = 0.5
    day: float = 3.0
    quick: DayWork = field(default_factory=lambda: DayWork(moves=8_000, tries=0, calm_tries=0))


@dataclass(eq=False)
class Judge:
    """Answers for one case and its people; the same question is answered once. `allowed` [T, D] are lawful days."""

    case: Case
    roster: Roster
    allowed: BoolArray
    work: JudgeWork = field(default_factory=JudgeWork)
    seed: int = 0
    cancel: Cancel | None = None
    asked: dict[str, int] = field(default_factory=lambda: {answer.value: 0 for answer in Answer})
    """How many different days were answered, by answer."""
    _known: dict[tuple[int, tuple[Entry, ...]], DayAnswer] = field(default_factory=dict)
    _fits: dict[tuple[int, int, tuple[int, ...]], bool | None] = field(default_factory=dict)

    def ask(self, day: int, entries: Sequence[Entry]) -> DayAnswer:
        """Return whether day `day` can carry `entries`, (site, tasks) of all its visits."""
        key = day, tuple(sorted(entries))
        if key not in self._known:
            visits = [visit_at(self.case, site, day, tasks) for site, tasks in key[1]]
            found = self._answer(day, visits)
            self._known[key] = found
            self.asked[found.answer.value] += 1
        return self._known[key]

    def rigid(self, site: int, day: int) -> bool:
        """Return whether no visit at the site on that day can be longer than a half-day, and so cross the break."""
        case, longest = self.case, dict[int, int]()
        for t in case.tasks_at(site):
            if self.allowed[t, day]:
                unit = int(case.unit_of[t])
                longest[unit] = longest.get(unit, int(case.setup[unit])) + int(case.quarters[t])
        return max(longest.values(), default=0) <= HALF_QUARTERS

    def _answer(self, day: int, visits: Sequence[Visit]) -> DayAnswer:
        if not visits:
            nothing = np.empty(0, dtype=np.int64)
            return DayAnswer(Answer.YES, DayTimes(day, nothing, nothing, (0, 0), (0, 0), (), 0.0))
        whole = day_of(self.case, self.roster, visits, day)
        hopeless = [v for v, options in enumerate(whole.options) if not options]
        if hopeless:
            block = Block(day, tuple((visits[v].site, visits[v].tasks) for v in hopeless[:1]), as_they_are=True)
            return DayAnswer(Answer.NO, block=block)
        times = search(whole, self.work.quick, self.seed)
        short = {s.unit for s, crew in zip(whole.stays, times.crew.tolist(), strict=True) if crew == NO_START}
        if not short and not self._recusal(whole):
            return DayAnswer(Answer.YES, times)
        units = short | self._recusal(whole)
        for unit in sorted(units):
            no = self._unit_alone(whole, unit)
            if no is not None:
                return no
        return self._whole_day(whole, times, units)

    def _recusal(self, day: Day) -> set[int]:
        """Return the units with somebody recused at one of the day's sites: their crews may lack people."""
        sites = {v.site for v in day.visits}
        recused = {i for i, site, d in self.roster.recused if d == day.number and site in sites}
        return {int(self.roster.unit_of[i]) for i in recused} & set(day.units)

    def _loose_starts(self, site: int, day: int, visit: Visit) -> tuple[int, ...]:
        """Return the starts that a stay may have at whatever visit of its site."""
        own = set(lawful_starts(self.roster, visit))
        if visit.quarters <= HALF_QUARTERS and not self.rigid(site, day):
            longer = replace(visit, quarters=HALF_QUARTERS + 1)
            keeps_out = any(self.roster.outside_hours[t] for t in visit.tasks)
            for start in range(DAY_QUARTERS - longer.quarters + 1):
                barred = keeps_out and self.roster.business[site, start : start + visit.quarters].any()
                if not barred and start % HALF_QUARTERS % self.roster.start_step == 0:
                    own.add(start)
        return tuple(sorted(own))

    def _asks(self, day: int, entries: Sequence[Entry]) -> list[Ask]:
        """Return loose questions, one for each entry."""
        asks = []
        for n, (site, tasks) in enumerate(entries):
            visit = visit_at(self.case, site, day, tasks)
            stays = tuple(replace(stay, visit=n) for stay in stays_of(self.case, [visit]))
            asks.append(Ask(stays, self._loose_starts(site, day, visit)))
        return asks

    def _possible(self, day: int, entries: Sequence[Entry]) -> bool | None:
        return walk(
            self.case, self.roster, day, self._asks(day, entries), self.work.unit, self.seed, cancel=self.cancel
        ).possible

    def _few(self, day: int, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return a part of `entries`, which are not possible, that is not possible either: deletion filter."""
        core = list(entries)
        for one in list(entries):
            fewer = [e for e in core if e is not one]
            if fewer and self._possible(day, fewer) is False:
                core = fewer
        return tuple(core)

    def _unit_alone(self, day: Day, unit: int) -> DayAnswer | None:
        """Return a NO where the unit's own stays cannot be done, or not with the partners of their visits."""
        there = [v for v in day.visits if unit in v.units]
        own = [(v.site, tuple(t for t in v.tasks if self.case.unit_of[t] == unit)) for v in there]
        if self._possible(day.number, own) is False:
            core = self._few(day.number, own)
            return DayAnswer(Answer.NO, block=Block(day.number, core), ceiling=self._ceiling(unit, day.number, core))
        both = [(v.site, v.tasks) for v in there]
        if both != own and self._possible(day.number, both) is False:
            return DayAnswer(Answer.NO, block=Block(day.number, self._few(day.number, both)))
        return None

    def _whole_day(self, day: Day, times: DayTimes, units: set[int]) -> DayAnswer:
        """Ask the exact model: first with other units' visits at the starts they have, then with all of them free."""
        near = [v for v, visit in enumerate(day.visits) if units & set(visit.units)]
        touched = {u for v in near for u in day.visits[v].units}
        starts = times.start.tolist()
        fixed = [v for v, visit in enumerate(day.visits) if v not in near and touched & set(visit.units)]
        found = self._walk(day, near, fixed, starts)
        part = [*near, *fixed]
        if found.possible is not True:
            part = list(range(len(day.visits)))
            found = self._walk(day, part, [], starts)
        if found.possible:
            return self._yes(day, times, part, found)
        entries = tuple((v.site, v.tasks) for v in day.visits)
        if found.possible is None:
            # Only the units that came out short are named: what stands elsewhere may stay as it is.
            entries = tuple((day.visits[v].site, day.visits[v].tasks) for v in near)
        block = Block(day.number, entries, as_they_are=True, proven=found.possible is False)
        return DayAnswer(Answer.NO if block.proven else Answer.UNKNOWN, block=block)

    def _walk(self, day: Day, free: Sequence[int], fixed: Sequence[int], starts: Sequence[int]) -> Walked:
        by_visit: dict[int, list[Stay]] = {v: [] for v in range(len(day.visits))}
        for stay in day.stays:
            by_visit[stay.visit].append(stay)
        asks = [Ask(tuple(by_visit[v]), day.options[v]) for v in free]
        asks += [Ask(tuple(by_visit[v]), (starts[v],)) for v in fixed]
        hint = [starts[v] for v in [*free, *fixed]]
        return walk(self.case, self.roster, day.number, asks, self.work.day, self.seed, hint, self.cancel)

    def _yes(self, day: Day, times: DayTimes, part: Sequence[int], found: Walked) -> DayAnswer:
        """Return the day with the starts found. Teams that share people over the day become one crew where they can."""
        start, crew = times.start.copy(), times.crew.copy()
        team_of: dict[tuple[int, int], tuple[int, ...]] = {}
        for v, at, teams in zip(part, found.starts, found.teams, strict=True):
            start[v] = at
            units = [s.unit for s in day.stays if s.visit == v]
            team_of |= {(v, unit): team for unit, team in zip(units, teams, strict=True)}
        sealed = {unit for _, unit in team_of}
        numbers: dict[tuple[int, tuple[int, ...]], int] = {}
        for y, stay in enumerate(day.stays):
            if stay.unit in sealed:
                team = team_of[stay.visit, stay.unit]
                own = sum(unit == stay.unit for unit, _ in numbers)
                crew[y] = numbers.setdefault((stay.unit, team), len(day.crews[stay.unit]) + own)
        quiet = sum(day.quiet_cost(v, s) for v, s in enumerate(start.tolist()))
        walked = replace(times, start=start, crew=crew, quiet=(quiet, times.quiet[1]), cuts=())
        return DayAnswer(Answer.YES, walked, sealed=frozenset(sealed))

    def _ceiling(self, unit: int, day: int, core: Sequence[Entry]) -> Ceiling | None:
        """Return what the core says of lengths alone, on this day and all with no more people; None where nothing."""
        case, roster = self.case, self.roster
        if not all(self.rigid(site, day) for site, _ in core):
            return None
        lengths = [int(case.setup[unit]) + sum(int(case.quarters[t]) for t in tasks) for _, tasks in core]
        least = min(lengths)
        if self._lengths_fit(unit, day, (least,) * len(core)) is not False:
            return None
        most = len(core) - 1
        while most and self._lengths_fit(unit, day, (least,) * most) is False:
            most -= 1
        own = roster.of_unit(unit)
        both = roster.present[own].all(axis=2).sum(axis=0)
        half = roster.present[own].sum(axis=0)
        fewer = (both <= both[day]) & (half <= half[day]).all(axis=1)
        return Ceiling(unit, tuple(np.flatnonzero(fewer).tolist()), least, most)

    def _lengths_fit(self, unit: int, day: int, lengths: tuple[int, ...]) -> bool | None:
        """Return whether stays of such lengths fit the unit's day if all are in one town and nobody is recused."""
        key = unit, day, lengths
        if key not in self._fits:
            barred = {site for i, site, d in self.roster.recused if d == day and self.roster.unit_of[i] == unit}
            site = next((s for s in range(len(self.case.sites)) if s not in barred), None)
            if site is None:
                return None
            asks = []
            for n, quarters in enumerate(lengths):
                visit = Visit("", site, day, (), (unit,), (), quarters)
                asks.append(Ask((Stay(n, unit, day, site, (), quarters, ()),), lawful_starts(self.roster, visit)))
            self._fits[key] = walk(
                self.case, self.roster, day, asks, self.work.unit, self.seed, cancel=self.cancel
            ).possible
        return self._fits[key]


def cells(case: Case, day: IntArray) -> IntArray:
    """Return the days that the plan `day` [T] visits."""
    return np.unique(day[day >= 0])

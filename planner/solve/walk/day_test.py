"""Can a day carry these visits? Yes, with starts and crews; no, with stays that cannot be together; or unknown.

The quick search of the timetable is asked first. Where it leaves a stay without a crew, or where recusal may bind, an
exact model of starts and named people decides: of the unit's stays alone, then with their partners, then of the day.
A stay alone is asked more loosely than it will be, since it may begin whenever some visit at its site could: so a "no"
holds whoever else comes along.
"""

from __future__ import annotations

from collections import defaultdict
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
from planner.solve.walk.model import Ask, Walked, flow, walk

WHOLE_VISITS = 40
"""Days of no more visits are asked whole where a part of them did not settle it."""
FEW_PEOPLE, MANY_PEOPLE = 120, 400
"""Choices of who is at which stay up to which people are named in a question about some stays, and about a day; beyond
that they walk as a flow, whose "no" is final and whose starts are then manned."""


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
    day: float = 1.5
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
    teaches: bool = True
    """Whether a NO is to name few stays, which takes more questions."""
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
            alone = tuple((visits[v].site, visits[v].tasks) for v in hopeless[:1])
            block = Block(tuple(range(self.case.n_days)), alone, as_they_are=True)
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

    def _asks(self, day: int, entries: Sequence[Entry], strict: bool) -> list[Ask]:
        """Return questions, one for each entry: loose ones, or `strict` ones of the visits as they are."""
        asks = []
        for n, (site, tasks) in enumerate(entries):
            visit = visit_at(self.case, site, day, tasks)
            stays = tuple(replace(stay, visit=n) for stay in stays_of(self.case, [visit]))
            starts = lawful_starts(self.roster, visit) if strict else self._loose_starts(site, day, visit)
            asks.append(Ask(stays, starts))
        return asks

    def _possible(self, day: int, entries: Sequence[Entry], strict: bool, unit: int) -> bool | None:
        """Return False where questions about `entries` prove that they are not possible together.

        The people of `unit` are asked first, as a flow; those of all where they are few.
        """
        asks = self._asks(day, entries, strict)
        own = [Ask(tuple(s for s in ask.stays if s.unit == unit), ask.starts) for ask in asks]
        found = flow(self.case, self.roster, day, own, self.work.unit, self.seed, cancel=self.cancel)
        if found.possible is False or self._people(asks) > FEW_PEOPLE:
            return found.possible
        return walk(self.case, self.roster, day, asks, self.work.unit, self.seed, cancel=self.cancel).possible

    def _people(self, asks: Sequence[Ask]) -> int:
        """Return how many choices "who is at which stay" has: what the exact model grows with."""
        return sum(len(self.roster.of_unit(stay.unit)) for ask in asks for stay in ask.stays)

    def _few(self, day: int, entries: Sequence[Entry], strict: bool, unit: int) -> tuple[Entry, ...]:
        """Return a part of `entries`, which are not possible, that is not possible either: deletion filter."""
        if not self.teaches:
            return tuple(entries)
        core = list(entries)
        for one in list(entries):
            fewer = [e for e in core if e is not one]
            if fewer and self._possible(day, fewer, strict, unit) is False:
                core = fewer
        return tuple(core)

    def _unit_alone(self, day: Day, unit: int) -> DayAnswer | None:
        """Return a NO where the unit's own stays cannot be done, or not with the partners of their visits."""
        there, d = [v for v in day.visits if unit in v.units], day.number
        own = tuple((v.site, tuple(t for t in v.tasks if self.case.unit_of[t] == unit)) for v in there)
        both = tuple((v.site, v.tasks) for v in there)
        for entries, strict in ((own, False), (both, False), (both, True)):
            if self._possible(d, entries, strict, unit) is False:
                core = self._few(d, entries, strict, unit)
                ceiling = self._ceiling(unit, d, core) if entries is own else None
                return DayAnswer(Answer.NO, block=Block(self._alike(d, core, strict), core, strict), ceiling=ceiling)
        return None

    def _alike(self, day: int, entries: Sequence[Entry], strict: bool) -> tuple[int, ...]:
        """Return the days on which the same cannot be done either: no more people, and no other starts."""
        sites = {site for site, _ in entries}
        units = {int(self.case.unit_of[t]) for _, tasks in entries for t in tasks}
        if any(d == day and site in sites for _, site, d in self.roster.recused):
            return (day,)
        able = any(self.case.tasks[t].skill for _, tasks in entries for t in tasks)
        days = np.logical_and.reduce([self._no_more_people(unit, day, same=able) for unit in units])
        for site, _ in entries if not strict else ():
            rigid = self.rigid(site, day)
            days &= [not rigid or self.rigid(site, d) for d in range(self.case.n_days)]
        return tuple(np.flatnonzero(days).tolist())

    def _no_more_people(self, unit: int, day: int, *, same: bool = False) -> BoolArray:
        """Return [D] the days on which the unit's people are no more than on `day`, in any half; with `same`, none but
        the same people, so that skills are no more either.
        """
        present = self.roster.present[self.roster.of_unit(unit)]
        if same:
            return np.asarray((present <= present[:, [day]]).all(axis=(0, 2)))
        both, half = present.all(axis=2).sum(axis=0), present.sum(axis=0)
        return np.asarray((both <= both[day]) & (half <= half[day]).all(axis=1))

    def _whole_day(self, day: Day, times: DayTimes, units: set[int]) -> DayAnswer:
        """Ask for the visits of `units`, all others at the starts they have; then, of a small day, with all free."""
        near = {v for v, visit in enumerate(day.visits) if units & set(visit.units)}
        touched = frozenset(u for v in near for u in day.visits[v].units)
        found = self._walk(day, near, touched, times)
        if found is None and len(day.visits) <= WHOLE_VISITS:
            found = self._walk(day, set(range(len(day.visits))), frozenset(day.units), times)
            if found is False:
                entries = tuple((v.site, v.tasks) for v in day.visits)
                return DayAnswer(Answer.NO, block=Block((day.number,), entries, as_they_are=True))
        if isinstance(found, DayAnswer):
            return found
        # Only the visits of units that came out short are named: what stands elsewhere may stay as it is.
        entries = tuple((day.visits[v].site, day.visits[v].tasks) for v in sorted(near))
        return DayAnswer(Answer.UNKNOWN, block=Block((day.number,), entries, True, proven=False))

    def _walk(self, day: Day, free: set[int], touched: frozenset[int], times: DayTimes) -> DayAnswer | bool | None:
        """Ask for the stays of `touched` units, visits that are not `free` at the starts they have.

        Return the day with the starts found; False where all visits are free and there are none, else None.
        """
        by_visit: dict[int, list[Stay]] = defaultdict(list)
        for stay in day.stays:
            if stay.unit in touched:
                by_visit[stay.visit].append(stay)
        starts, whole = times.start.tolist(), len(free) == len(day.visits)
        asks = [Ask(tuple(own), day.options[v] if v in free else (starts[v],)) for v, own in by_visit.items()]
        about = self.case, self.roster, day.number
        led = flow(*about, asks, self.work.day, self.seed, [starts[v] for v in by_visit], self.cancel)
        if led.possible is False:
            return False if whole else None
        if led.possible:
            at = times.start.copy()
            at[list(by_visit)] = led.starts
            handed = self._handed(day, at)
            if handed is not None:
                return handed
        few = self._people(asks) <= MANY_PEOPLE
        hint = led.starts if led.possible else [starts[v] for v in by_visit]
        if not few and led.possible:
            asks = [Ask(ask.stays, (start,)) for ask, start in zip(asks, led.starts, strict=True)]
        elif not few:
            return None
        found = walk(*about, asks, self.work.day, self.seed, hint, self.cancel)
        if found.possible:
            return self._yes(day, times, touched, found)
        return False if found.possible is False and whole and few else None

    def _handed(self, day: Day, start: IntArray) -> DayAnswer | None:
        """Return the day with these starts where the crews that the timetable forms can do all stays in order of time.

        Not asked where somebody is recused: those crews do not know it.
        """
        if self._recusal(day):
            return None
        times = search(day, DayWork(moves=0, tries=0, calm_tries=0), self.seed, start.tolist())
        return None if times.cuts else DayAnswer(Answer.YES, times)

    def _yes(self, day: Day, times: DayTimes, touched: frozenset[int], found: Walked) -> DayAnswer:
        """Return the day with the starts found. Stays of `touched` units that have the same team are one crew's."""
        start, crew = times.start.copy(), times.crew.copy()
        asked = list(dict.fromkeys(stay.visit for stay in day.stays if stay.unit in touched))
        teams = {v: iter(of_visit) for v, of_visit in zip(asked, found.teams, strict=True)}
        start[asked] = found.starts
        numbers: dict[tuple[int, tuple[int, ...]], int] = {}
        for y, stay in enumerate(day.stays):
            if stay.unit in touched:
                team = next(teams[stay.visit])
                own = sum(unit == stay.unit for unit, _ in numbers)
                crew[y] = numbers.setdefault((stay.unit, team), len(day.crews[stay.unit]) + own)
        quiet = sum(day.quiet_cost(v, s) for v, s in enumerate(start.tolist()))
        walked = replace(times, start=start, crew=crew, quiet=(quiet, times.quiet[1]), cuts=())
        return DayAnswer(Answer.YES, walked, sealed=touched)

    def _ceiling(self, unit: int, day: int, core: Sequence[Entry]) -> Ceiling | None:
        """Return what the core says of lengths alone, on this day and all with no more people; None where nothing."""
        case = self.case
        if not all(self.rigid(site, day) for site, _ in core):
            return None
        lengths = [int(case.setup[unit]) + sum(int(case.quarters[t]) for t in tasks) for _, tasks in core]
        least = min(lengths)
        if self._lengths_fit(unit, day, (least,) * len(core)) is not False:
            return None
        most = len(core) - 1
        while most and self._lengths_fit(unit, day, (least,) * most) is False:
            most -= 1
        return Ceiling(unit, tuple(np.flatnonzero(self._no_more_people(unit, day)).tolist()), least, most)

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

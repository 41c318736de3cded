"""Can a day carry these visits? Yes, with starts and crews; no, with stays that cannot be together; or unknown.

The quick search of the timetable is asked first. Where it leaves a stay without a crew, or where recusal may bind, an
exact model of starts and named people decides: of the unit's stays alone, then with their partners, then of the day.
A stay alone is asked more loosely than it will be, since it may begin whenever some visit at its site could: so a "no"
holds whoever else comes along.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from planner.domain.case import DAY_QUARTERS, BoolArray, Case, IntArray
from planner.domain.duty import NO_START, Stay, stays_of
from planner.domain.plan import Visit, visit_at
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.solve.day.arrays import Day, day_of, lawful_starts
from planner.solve.day.timetable import DayTimes, DayWork, search
from planner.solve.exact.cpsat import Cancel
from planner.solve.walk.blocks import Block, Ceiling, Entry, Reached
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
    not those the timetable would form, so nothing more can be put into their day without asking again. `short` are
    (unit, site) of the stays for which the search of an UNKNOWN found no crew.
    """

    answer: Answer
    times: DayTimes | None = None
    block: Block | None = None
    ceiling: Ceiling | None = None
    sealed: frozenset[int] = frozenset()
    short: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class JudgeWork:
    """`unit` and `day` are CP-SAT's deterministic time for one unit's stays and for a whole day, `fewer` for each of
    the questions that make a set smaller which is not possible. `quick` is the search that comes before the units are
    asked, `long` the one before the whole day is. Without `exact`, what searches do not find stays unknown.
    """

    unit: float = 0.5
    fewer: float = 0.05
    day: float = 1.5
    exact: bool = True
    quick: DayWork = field(default_factory=lambda: DayWork(moves=8_000, tries=0, calm_tries=0))
    long: DayWork = field(default_factory=lambda: DayWork(calm_tries=0))


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
    begin: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """(site, day) → start of a visit in a timetable that is known: where the search begins, nothing more."""
    asked: dict[str, int] = field(default_factory=lambda: {answer.value: 0 for answer in Answer})
    """How many different days were answered, by answer."""
    spent: float = 0.0
    """CP-SAT's deterministic time of all questions so far, and of the choices of days that `replan` made for them."""
    _known: dict[tuple[int, tuple[Entry, ...]], DayAnswer] = field(default_factory=dict)
    _starts: dict[tuple[int, bool, int, bool], tuple[int, ...]] = field(default_factory=dict)
    _reached: dict[tuple[int, Ceiling], dict[int, Reached]] = field(default_factory=dict)
    _rigid: dict[tuple[int, int], bool] = field(default_factory=dict)

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
        key = site, day
        if key not in self._rigid:
            self._rigid[key] = self._is_rigid(site, day)
        return self._rigid[key]

    def _is_rigid(self, site: int, day: int) -> bool:
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
        known = [self.begin.get((v.site, day), NO_START) for v in visits]
        known = [start if start in options else NO_START for start, options in zip(known, whole.options, strict=True)]
        times = search(whole, self.work.quick, self.seed, known if self.begin else None)
        short = {s.unit for s, crew in zip(whole.stays, times.crew.tolist(), strict=True) if crew == NO_START}
        manned = None if short else self._manned(whole, times)
        if manned is not None:
            return manned
        units = short | self._recusal(whole)
        stays = Counter(stay.unit for stay in whole.stays)
        for unit in sorted(units, key=lambda unit: (stays[unit], unit)) if self.work.exact else ():
            no = self._unit_alone(whole, unit)
            if no is not None:
                return no
        times = search(whole, self.work.long, self.seed, times.start.tolist())
        manned = None if times.cuts else self._manned(whole, times)
        return manned or self._whole_day(whole, times, units)

    def _recusal(self, day: Day) -> set[int]:
        """Return the units with somebody recused where they go on the day: their crews may lack people."""
        there = {(stay.unit, stay.site) for stay in day.stays}
        recused = {(int(self.roster.unit_of[i]), site) for i, site, d in self.roster.recused if d == day.number}
        return {unit for unit, _ in recused & there}

    def _manned(self, day: Day, times: DayTimes) -> DayAnswer | None:
        """Return a YES where people can be named for all stays at the starts they have; else None.

        Only units with somebody recused are asked: of any others, the crews that the search formed do.
        """
        units = frozenset(self._recusal(day))
        if not units:
            return DayAnswer(Answer.YES, times)
        start, by_visit = times.start.tolist(), _stays_of(day, units)
        asks = [Ask(tuple(own), (start[v],)) for v, own in by_visit.items()]
        found = self._walked(day.number, asks, self.work.unit)
        return self._yes(day, times, units, found) if found.possible else None

    def _walked(self, day: int, asks: Sequence[Ask], work: float, hint: Sequence[int] = ()) -> Walked:
        """Ask the model of named people, and count its work."""
        found = walk(self.case, self.roster, day, asks, work, self.seed, hint, self.cancel)
        self.spent += found.work
        return found

    def _flowed(self, day: int, asks: Sequence[Ask], work: float, hint: Sequence[int] = ()) -> Walked:
        """Ask the flow of people, and count its work."""
        found = flow(self.case, self.roster, day, asks, work, self.seed, hint, self.cancel)
        self.spent += found.work
        return found

    def _loose_starts(self, site: int, day: int, visit: Visit) -> tuple[int, ...]:
        """Return the starts that a stay may have at whatever visit of its site, the tasks of `visit` among it."""
        outside = any(self.roster.outside_hours[t] for t in visit.tasks)
        return self._free_starts(site, day, visit.quarters, outside)

    def _free_starts(self, site: int, day: int, quarters: int, outside: bool) -> tuple[int, ...]:
        """Return the starts of visits of the site that last `quarters` or longer, `outside` business hours or not."""
        key = site, self.rigid(site, day), quarters, outside
        if key not in self._starts:
            most = quarters if quarters > HALF_QUARTERS or key[1] else HALF_QUARTERS + 1
            self._starts[key] = tuple(
                start
                for start in range(DAY_QUARTERS - quarters + 1)
                if start % HALF_QUARTERS % self.roster.start_step == 0
                and any(
                    length > HALF_QUARTERS or not start < HALF_QUARTERS < start + length
                    for length in {quarters, most}
                    if start + length <= DAY_QUARTERS
                )
                and not (outside and self.roster.business[site, start : start + quarters].any())
            )
        return self._starts[key]

    def reached(self, ceiling: Ceiling, day: int) -> dict[int, Reached]:
        """Return, by site, the tasks whose stay counts under a ceiling on a day: whoever else is at the visit, it
        begins at one of the ceiling's starts.
        """
        key = day, ceiling
        if key not in self._reached:
            self._reached[key] = self._reach(ceiling, day)
        return self._reached[key]

    def _reach(self, ceiling: Ceiling, day: int) -> dict[int, Reached]:
        case, starts, found = self.case, set(ceiling.starts), dict[int, Reached]()
        set_up = int(case.setup[ceiling.unit])
        long = self.allowed[:, day] & (case.unit_of == ceiling.unit) & (case.quarters + set_up >= ceiling.least)
        by_site: dict[int, list[int]] = defaultdict(list)
        for t in np.flatnonzero(long).tolist():
            by_site[int(case.site_of[t])].append(t)
        for site, own in by_site.items():
            if starts.issuperset(self._free_starts(site, day, ceiling.least, False)):
                found[site] = Reached(tuple(own))
                continue
            confining = []
            for t in case.tasks_at(site):
                if self.allowed[t, day] and self.roster.outside_hours[t]:
                    stay = max(ceiling.least, int(case.setup[case.unit_of[t]] + case.quarters[t]))
                    if starts.issuperset(self._free_starts(site, day, stay, True)):
                        confining.append(t)
            if confining:
                found[site] = Reached(tuple(own), tuple(confining))
        return found

    def _asks(self, day: int, entries: Sequence[Entry], strict: bool) -> list[Ask]:
        """Return questions, one for each entry: loose ones, or `strict` ones of the visits as they are."""
        asks = []
        for n, (site, tasks) in enumerate(entries):
            visit = visit_at(self.case, site, day, tasks)
            stays = tuple(replace(stay, visit=n) for stay in stays_of(self.case, [visit]))
            starts = lawful_starts(self.roster, visit) if strict else self._loose_starts(site, day, visit)
            asks.append(Ask(stays, starts))
        return asks

    def _possible(self, day: int, entries: Sequence[Entry], strict: bool, unit: int, work: float) -> bool | None:
        """Return False where questions about `entries` prove within `work` that they are not possible together.

        The people of `unit` are asked first, as a flow; those of all where they are few.
        """
        asks = self._asks(day, entries, strict)
        own = [Ask(tuple(s for s in ask.stays if s.unit == unit), ask.starts) for ask in asks]
        found = self._flowed(day, own, work)
        if found.possible is False or self._people(asks) > FEW_PEOPLE:
            return found.possible
        return self._walked(day, asks, work).possible

    def _people(self, asks: Sequence[Ask]) -> int:
        """Return how many choices "who is at which stay" has: what the exact model grows with."""
        return sum(len(self.roster.of_unit(stay.unit)) for ask in asks for stay in ask.stays)

    def _few(self, day: int, entries: Sequence[Entry], strict: bool, unit: int) -> tuple[Entry, ...]:
        """Return a part of `entries`, which are not possible, that is not possible either: deletion filter.

        Who is not soon proven needless stays: the set then bars less, and as rightly.
        """
        if not self.teaches:
            return tuple(entries)
        core = list(entries)
        for one in list(entries):
            fewer = [e for e in core if e is not one]
            if fewer and self._possible(day, fewer, strict, unit, self.work.fewer) is False:
                core = fewer
        return tuple(core)

    def _unit_alone(self, day: Day, unit: int) -> DayAnswer | None:
        """Return a NO where the unit's own stays cannot be done, or not with the partners of their visits.

        A judge that does not teach asks the last of the three questions alone: it bars most, and no set is wanted.
        """
        there, d = [v for v in day.visits if unit in v.units], day.number
        own = tuple((v.site, tuple(t for t in v.tasks if self.case.unit_of[t] == unit)) for v in there)
        both = tuple((v.site, v.tasks) for v in there)
        questions = ((own, False), (both, False), (both, True))
        for entries, strict in questions if self.teaches else questions[-1:]:
            if self._possible(d, entries, strict, unit, self.work.unit) is False:
                core = self._few(d, entries, strict, unit)
                ceiling = self._ceiling(unit, d, core) if not strict else None
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
        found = self._walk(day, near, touched, times) if self.work.exact else None
        if found is None and self.work.exact and len(day.visits) <= WHOLE_VISITS:
            found = self._walk(day, set(range(len(day.visits))), frozenset(day.units), times)
            if found is False:
                entries = tuple((v.site, v.tasks) for v in day.visits)
                return DayAnswer(Answer.NO, block=Block((day.number,), entries, as_they_are=True))
        if isinstance(found, DayAnswer):
            return found
        # Only the visits of units that came out short are named: what stands elsewhere may stay as it is.
        entries = tuple((day.visits[v].site, day.visits[v].tasks) for v in sorted(near))
        short = {(s.unit, s.site) for s, crew in zip(day.stays, times.crew.tolist(), strict=True) if crew == NO_START}
        block = Block((day.number,), entries, True, proven=False)
        return DayAnswer(Answer.UNKNOWN, block=block, short=frozenset(short))

    def _walk(self, day: Day, free: set[int], touched: frozenset[int], times: DayTimes) -> DayAnswer | bool | None:
        """Ask for the stays of `touched` units, visits that are not `free` at the starts they have.

        Return the day with the starts found; False where all visits are free and there are none, else None.
        """
        by_visit = _stays_of(day, touched)
        starts, whole = times.start.tolist(), len(free) == len(day.visits)
        asks = [Ask(tuple(own), day.options[v] if v in free else (starts[v],)) for v, own in by_visit.items()]
        led = self._flowed(day.number, asks, self.work.day, [starts[v] for v in by_visit])
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
        found = self._walked(day.number, asks, self.work.day, hint)
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
        """Return the ceiling that the core proves for its unit's lengths and starts, on days with no more people.

        It counts stays where so many cannot be together even in one town, else towns; None where neither is proven.
        """
        case, there = self.case, [site for site, _ in core]
        recused = {int(self.roster.unit_of[i]) for i, site, d in self.roster.recused if d == day and site in there}
        if unit in recused:
            return None
        asks = self._asks(day, core, strict=False)
        own = [sum(stay.quarters for stay in ask.stays if stay.unit == unit) for ask in asks]
        if not all(own):
            return None
        starts = tuple(sorted({start for ask in asks for start in ask.starts}))
        apart = len({case.sites[site].town for site in there}) == len(core)
        for towns in (False, True) if apart else (False,):
            sites = there if towns else there[:1] * len(core)
            most = len(core)
            while most and self._fit(unit, day, min(own), starts, sites[:most]) is False:
                most -= 1
            if most < len(core):
                days = tuple(np.flatnonzero(self._no_more_people(unit, day)).tolist())
                return Ceiling(unit, days, min(own), most, starts, towns)
        return None

    def _fit(self, unit: int, day: int, quarters: int, starts: Sequence[int], sites: Sequence[int]) -> bool | None:
        """Return whether a stay of such a length at each of `sites` can be done, each at one of `starts`."""
        early = tuple(start for start in starts if start + quarters <= DAY_QUARTERS)
        asks = [Ask((Stay(n, unit, day, site, (), quarters, ()),), early) for n, site in enumerate(sites)]
        return self._walked(day, asks, self.work.unit).possible


def _stays_of(day: Day, units: frozenset[int]) -> dict[int, list[Stay]]:
    """Return the day's stays of `units` by visit, in the day's order."""
    by_visit: dict[int, list[Stay]] = defaultdict(list)
    for stay in day.stays:
        if stay.unit in units:
            by_visit[stay.visit].append(stay)
    return by_visit

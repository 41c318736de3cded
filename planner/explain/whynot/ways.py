"""What it would take to give a left-out task a day: the cheapest change of each kind, proven by doing it.

Each way is applied: all checks of the changed case pass, and the days that it touches can be walked and manned. No
other task loses its day, so nothing of any rank falls out. "None" is said only where every change of every kind was
tried and none works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from planner.checks import check_plan
from planner.checks.objective import disturbances, entry_counts
from planner.domain.case import Case, IntArray
from planner.domain.errors import MismatchError
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.domain.roster import Roster
from planner.explain.whynot.changes import Asked, Change, Kind, changes_of
from planner.solve.exact.subcase import site_within

Carries = Callable[[IntArray, int], bool | None]
"""Whether day d can be walked and manned as days [T] put it; None where that was not settled."""
CarriesIn = Callable[[Case, Roster | None], Carries]
"""Makes whoever says it of a changed case and its people."""
ASKED = 24
"""Days of one kind that are walked at most: beyond that the kind is not settled."""
TRIED = 3_000
"""Changes of two things that are tried at most: beyond that the kind is not settled."""
MOVES = (Kind.VISIT, Kind.BOTH)
"""Kinds in which another visit goes to another day."""
Cost = tuple[int, int, int, int]
"""How much is changed, entries more, disturbance more, index of the task's day: less is cheaper, compared in order."""


@dataclass(frozen=True, eq=False)
class Way:
    """One change that works, the day that the task then has, what it costs, and the lawful plan of the changed case."""

    change: Change
    day: int
    cost: Cost
    plan: Plan

    @property
    def entries(self) -> int:
        """Entries that the plan has more than before."""
        return self.cost[1]

    @property
    def disturbance(self) -> int:
        """Disturbance of sites that the plan has more than before."""
        return self.cost[2]


@dataclass(frozen=True, eq=False)
class Ways:
    """The cheapest way of each kind that has one, in order of kinds. `unsettled` are kinds of which it is not proven
    that nothing cheaper, or nothing at all, works, those that were not asked among them.
    """

    found: tuple[Way, ...]
    unsettled: tuple[Kind, ...]

    @property
    def cheapest(self) -> Way | None:
        """The first way that works."""
        return self.found[0] if self.found else None

    @property
    def none_exists(self) -> bool:
        """No change of any kind works, proven by trying all."""
        return not self.found and not self.unsettled

    @property
    def proven(self) -> bool:
        """Nothing works that is cheaper than the cheapest."""
        kinds, first = list(Kind), self.cheapest
        return first is not None and not any(kinds.index(k) <= kinds.index(first.change.kind) for k in self.unsettled)


def ways_of(asked: Asked, carries_in: CarriesIn, kinds: Iterable[Kind] = tuple(Kind), *, first: bool = False) -> Ways:
    """Return what would give the task a day; with `first`, only up to the first kind that has a way. Where a day is
    free nothing has to be changed, and no change is asked; where one change does, not two at once.

    Raises MismatchError where a way breaks a rule of the whole changed case.
    """
    found, unsettled, site, kinds = list[Way](), list[Kind](), _Sites(asked), tuple(kinds)
    for kind in Kind:
        if kind is Kind.BOTH and found:
            break
        if kind not in kinds:
            unsettled.append(kind)
            continue
        way, settled = _cheapest(asked, kind, site, carries_in)
        found += [way] if way else []
        unsettled += [] if settled else [kind]
        if found and (first or kind is Kind.DAY):
            break
    return Ways(tuple(found), tuple(unsettled))


def _cheapest(asked: Asked, kind: Kind, sites: _Sites, carries_in: CarriesIn) -> tuple[Way | None, bool]:
    """Return the cheapest way of a kind, None where none was found, and whether that is settled."""
    changes = changes_of(asked, kind)
    options = sorted(sites.options(islice(changes, TRIED) if kind is Kind.BOTH else changes), key=lambda one: one.key)
    carriers: dict[tuple[int, int], Carries] = {}
    settled, walked = next(changes, None) is None, 0
    for option in options:
        change = option.change
        if walked >= ASKED:
            return None, False
        key = id(change.case), id(change.roster)
        if key not in carriers:
            carriers[key] = carries_in(change.case, change.roster)
        day = _placed(asked, change, option.day)
        touched = sorted({option.day, *([change.target] if kind in MOVES else [])})
        answers = []
        for d in touched:
            answers.append(carriers[key](day, d))
            walked += 1
            if not answers[-1]:
                break
        if all(answers):
            plan = Plan(day)
            wrong = check_plan(change.case, plan)
            if wrong:
                raise MismatchError(f"a way out breaks {wrong[0].rule} {wrong[0].subjects}")
            return Way(change, option.day, option.cost, plan), settled
        settled = settled and answers[-1] is False
    return None, settled


@dataclass(frozen=True, eq=False)
class _Option:
    """A change and a day that no check of days speaks against. `number` tells equals apart, always the same way."""

    change: Change
    day: int
    cost: Cost
    number: int

    @property
    def key(self) -> tuple[Cost, int]:
        return self.cost, self.number


class _Sites:
    """What checks and objective say of the sites that a change touches, in the crews that all others leave."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._loads = loads_of(asked.case, asked.plan)
        self._before: dict[int, tuple[int, int]] = {}
        self._known: dict[tuple[bool, int, int], bool] = {}

    def options(self, changes: Iterable[Change]) -> Iterator[_Option]:
        """Yield each change with each of its days on which the sites that it touches break no rule."""
        number = 0
        for change in changes:
            away = int(change.case.site_of[change.tasks[0]]) if change.kind in MOVES else self._asked.site
            for d in change.days:
                found = self._elsewhere(change, away, d) if away != self._asked.site else self._here(change, d)
                if found is not None:
                    number += 1
                    yield _Option(change, d, (change.size, *found, d), number)

    def _here(self, change: Change, d: int) -> tuple[int, int] | None:
        """Return entries and disturbance that the task's site has more, None where a rule stands against it."""
        site, first = self._asked.site, int(change.case.start[self._asked.site])
        alone, day = site_within(change.case, self._asked.plan, site, self._loads)
        day = change.plan.day[first : first + alone.n_tasks].copy()
        day[[t - first for t in self._asked.moving]] = d
        return None if check_plan(alone, Plan(day)) else self._more(site, alone, day)

    def _elsewhere(self, change: Change, away: int, d: int) -> tuple[int, int] | None:
        """Return the same for a visit of another site that leaves day `d`: both sites are asked."""
        case, asked = change.case, self._asked
        if not self._free_without(case, away, d):
            return None
        day = _placed(asked, change, d)
        loads = loads_of(case, Plan(day))
        if (loads > case.plan_capacity).any():
            return None
        cost = [0, 0]
        for site in (away, asked.site):
            alone, own = site_within(case, Plan(day), site, loads)
            if check_plan(alone, Plan(own)):
                return None
            entries, disturbance = self._more(site, alone, own)
            cost[0] += entries
            cost[1] += disturbance
        return cost[0], cost[1]

    def _free_without(self, case: Case, away: int, d: int) -> bool:
        """Return whether the task may come on day `d` once the visit of the site `away` is not there at all. `case` has
        other windows than the question's on no more than one day.
        """
        asked, key = self._asked, (case is self._asked.case, away, d)
        if key not in self._known:
            first = int(case.start[asked.site])
            day = asked.plan.day.copy()
            leaving = [t for t in case.tasks_at(away) if day[t] == d]
            day[leaving] = LEFT_OUT
            alone, own = site_within(case, Plan(day), asked.site, loads_of(case, Plan(day)))
            own = own.copy()
            own[[t - first for t in asked.moving]] = d
            self._known[key] = not check_plan(alone, Plan(own))
        return self._known[key]

    def _more(self, site: int, alone: Case, day: IntArray) -> tuple[int, int]:
        if site not in self._before:
            was, own = site_within(self._asked.case, self._asked.plan, site, self._loads)
            self._before[site] = _worth(was, own)
        entries, disturbance = _worth(alone, day)
        return entries - self._before[site][0], disturbance - self._before[site][1]


def _worth(case: Case, day: IntArray) -> tuple[int, int]:
    plan = Plan(day)
    return sum(entry_counts(case, plan)), disturbances(case, plan)[0]


def _placed(asked: Asked, change: Change, d: int) -> IntArray:
    day = change.plan.day.copy()
    day[asked.moving] = d
    return day

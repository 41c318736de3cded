"""The later visits that waiting tasks need: the fewest on lawful dates, after what the month does at their site.

Windows and company alone tell them at nearly every site. Where a gap, a cap or a joint filing may ask for more, the
site is *entangled*: there the visits are looked for in the order of their dates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, groupby
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from planner.domain.calendar import months_after
from planner.domain.case import Case, IntArray

Visits = list[tuple[int, tuple[int, ...]]]
"""Later visits: date (ordinal) and tasks of each."""
Windows = Mapping[int, tuple[int, int]]
"""First and last date (ordinals) of each waiting task."""


class Held(NamedTuple):
    """What the month's checks leave of a group: the date (ordinal) on which it is free again, and the dates counted."""

    free_from: int = 0
    dates: int = 0


def stabbing_points(intervals: Iterable[tuple[int, int]]) -> list[int]:
    """Return the fewest points that meet every closed interval (greedy by right end, which is exact)."""
    points: list[int] = []
    for low, high in sorted(intervals, key=lambda interval: interval[1]):
        if not points or low > points[-1]:
            points.append(high)
    return points


def comes_alone(case: Case, task: int) -> bool:
    """Return whether no other agency may be at a visit of `task`; tasks of its own may."""
    info = case.tasks[task]
    return info.unannounced or bool(case.listed[case.site_of[task]] and not info.opted_in)


def later_companies(case: Case, tasks: Sequence[int]) -> list[list[int]]:
    """Return sets of a site's `tasks`; those may share a later visit that are in one of them.

    One set holds all whom any agency may join, and one the tasks of each agency of which some have to come alone.
    """
    alone = {t for t in tasks if comes_alone(case, t)}
    parents = sorted({int(case.parent_of[t]) for t in alone})
    found = [[t for t in tasks if t not in alone], *([t for t in tasks if case.parent_of[t] == p] for p in parents)]
    return [company for company in found if company]


def later_visits_of(case: Case, waiting: Sequence[int], held: Mapping[int, Held] | None = None) -> Visits | None:
    """Return the fewest later visits that serve the waiting tasks of one site, None where no lawful dates do.

    `held` tells what the month's checks leave of their groups. At a site that is not entangled nothing asks for it.
    """
    site = int(case.site_of[waiting[0]]) if waiting else -1
    if site not in entangled(case):
        return _by_windows(case, {t: (int(case.later_from[t]), int(case.later_to[t])) for t in waiting})
    windows = _windows(case, waiting, held or {})
    if windows is None:
        return None
    visits = _by_windows(case, windows)
    return visits if _lawful(case, visits, held or {}) else _Search(case, windows, held or {}).fewest()


def later_entries_of(case: Case, waiting: Sequence[int], held: Mapping[int, Held] | None = None) -> int | None:
    """Return the fewest later visits that the waiting tasks of one site need, None where no lawful dates serve them.

    Capacity of later months is that month's plan's matter.
    """
    if waiting and int(case.site_of[waiting[0]]) not in entangled(case):
        companies = later_companies(case, waiting)
        if sum(map(len, companies)) == len(waiting):  # none may come with others or with those of their own
            windows = ([(int(case.later_from[t]), int(case.later_to[t])) for t in company] for company in companies)
            return sum(len(stabbing_points(intervals)) for intervals in windows)
    visits = later_visits_of(case, waiting, held)
    return None if visits is None else len(visits)


def held_at(case: Case, day: IntArray, site: int) -> dict[int, Held]:
    """Return what the month's checks leave of the groups of `site`; `day` [T] are the plan's."""
    done: dict[int, set[int]] = defaultdict(set)
    counted: dict[int, set[int]] = defaultdict(set)
    for t in case.tasks_at(site):
        group, d = int(case.group_of[t]), int(day[t])
        if group >= 0 and d >= 0:
            done[group].add(d)
            if not case.tasks[t].needed:
                counted[group].add(d)
    return {
        g: Held(months_after(case.days[max(on)], case.groups[g].gap_months).toordinal(), len(counted[g]))
        for g, on in done.items()
    }


@dataclass(frozen=True, slots=True)
class Tangle:
    """Why windows alone do not tell how many later visits a site needs.

    `ends` are, per group that a check in the month may push past the window of another waiting task, the ends of the
    windows that it may be pushed past.
    """

    ends: Mapping[int, tuple[int, ...]]


def late_dates_of(case: Case, visits: Visits) -> Visits:
    """Return lawful `visits` of a site, each moved to the last date that its windows, its year and the next allow."""
    moved: Visits = []
    for day, tasks in sorted(visits, reverse=True):
        late = min(int(case.later_to[t]) for t in tasks)
        for end in (_new_year(case) - 1, _new_year(case, 2) - 1):
            late = min(late, end) if day <= end else late
        for other, beside in moved:
            shared = {int(case.group_of[t]) for t in tasks} & {int(case.group_of[t]) for t in beside} - {-1}
            late = min([late, other - 1, *(last_before(other, case.groups[g].gap_months) for g in shared)])
        moved.append((late, tasks))
    return moved[::-1]


def last_before(day: int, months: int) -> int:
    """Return the last date (ordinal) to which `day` keeps a gap of so many months."""
    found = day - 30 * months
    while months_after(date.fromordinal(found), months).toordinal() > day:
        found -= 1
    return found


_TANGLES: WeakKeyDictionary[Case, dict[int, Tangle]] = WeakKeyDictionary()
"""A case never changes, and every plan of it asks."""


def entangled(case: Case) -> dict[int, Tangle]:
    """Return the sites at which gap, cap or joint filings may ask for more later visits than windows do."""
    if case not in _TANGLES:
        waits, found = case.later_to > 0, {}
        several = np.bincount(case.site_of[waits], minlength=len(case.sites)) > 1
        tied = np.zeros(len(case.sites), dtype=np.bool_)
        known = case.columns.history | (case.columns.quota < 1)
        for ties, moved in ((case.group_of, known), (case.joint_of, False)):
            size = len(known) if ties is case.group_of else 0
            many = np.append((np.bincount(ties[ties >= 0], minlength=size) > 1) | moved, False)
            tied[case.site_of[waits & many[ties]]] = True
        tied[case.site_of[waits & (case.columns.unannounced | case.listed[case.site_of])]] = True
        tied |= case.levers.max_agencies_per_visit > 0
        asked = np.flatnonzero(waits & (several & tied)[case.site_of])
        for site, tasks in groupby(asked.tolist(), lambda t: int(case.site_of[t])):
            tangle = _tangle(case, list(tasks))
            if tangle is not None:
                found[site] = tangle
        _TANGLES[case] = found
    return _TANGLES[case]


def _tangle(case: Case, waiting: Sequence[int]) -> Tangle | None:
    """Return the tangle of the site of `waiting`, all its tasks that can wait; None where there is none."""
    alone = {t for t in waiting if comes_alone(case, t)}
    ends = _pushed_past(case, waiting, alone)
    soonest = min(int(case.later_to[t]) for t in waiting)
    firsts = {t: _first(case, t, Held()) for t in waiting}
    if any(case.later_from[t] <= case.later_to[u] < firsts[t] for t in waiting for u in waiting if u != t):
        return Tangle(ends)
    # Who does not come together needs dates apart.
    if alone and any(case.later_to[t] - case.later_from[t] < len(waiting) for t in waiting):
        return Tangle(ends)
    if 0 < case.levers.max_agencies_per_visit < len({int(case.parent_of[t]) for t in waiting}):
        return Tangle(ends)
    for one, other in combinations(waiting, 2):
        grouped = 0 <= case.group_of[one] == case.group_of[other]
        joint = 0 <= case.joint_of[one] == case.joint_of[other]
        same = not alone or case.parent_of[one] == case.parent_of[other]
        begun = case.later_from[one] == case.later_from[other]
        begun |= max(case.later_from[one], case.later_from[other]) <= soonest
        # Whoever takes one of two along takes the other, too, where both have begun and may come with the same.
        if (grouped or joint) and not (same and begun and (one in alone) == (other in alone)):
            return Tangle(ends)
    return Tangle(ends) if ends else None


def _pushed_past(case: Case, waiting: Sequence[int], alone: set[int]) -> dict[int, tuple[int, ...]]:
    """Return, per group, the ends of windows that checks of it in the month may push its waiting tasks past."""
    site = int(case.site_of[waiting[0]])
    found: dict[int, set[int]] = defaultdict(set)
    for t in waiting:
        group = int(case.group_of[t])
        before = [
            u
            for u in (case.tasks_at(site) if group >= 0 else ())
            if u != t and case.group_of[u] == group and case.window_lo[u] <= case.window_hi[u]
            if not 0 <= case.joint_of[u] == case.joint_of[t]
        ]
        if not before:
            continue
        rule, last = case.groups[group], max(int(case.window_hi[u]) for u in before)
        free = months_after(case.days[last], rule.gap_months).toordinal()
        if not case.tasks[t].needed and sum(not case.tasks[u].needed for u in before) >= rule.quota:
            free = max(free, _new_year(case))
        for u in waiting:
            meet = case.parent_of[u] == case.parent_of[t] or not (u in alone or t in alone)
            if u != t and meet and case.later_from[t] <= case.later_to[u] < free:
                found[group].add(int(case.later_to[u]))
    return {group: tuple(sorted(ends)) for group, ends in found.items()}


def _first(case: Case, task: int, past: Held) -> int:
    """Return the first date (ordinal) on which `task` may come later, by its window, its group's history and cap.

    `past` is what the month's checks leave of its group. In the year of the month a used-up cap leaves no date, except
    to needed checks.
    """
    first, group = int(case.later_from[task]), int(case.group_of[task])
    if group >= 0:
        rule = case.groups[group]
        known = (months_after(day, rule.gap_months).toordinal() for day in rule.history if day <= case.period[1])
        first = max([first, past.free_from, *known])
        if not case.tasks[task].needed and rule.quota - past.dates < 1:
            first = max(first, _new_year(case))
    return first


def _new_year(case: Case, years: int = 1) -> int:
    return date(case.period[0].year + years, 1, 1).toordinal()


def _by_windows(case: Case, windows: Windows) -> Visits:
    """Return the fewest visits that windows and company ask for.

    The task whose window ends first is served on that last date, with all of one of its companies whose windows have
    begun: a visit may always be moved there, and it never does harm to take more along.
    """
    companies = later_companies(case, sorted(windows))
    known: dict[tuple[int, ...], Visits] = {(): []}

    def fewest(left: tuple[int, ...]) -> Visits:
        if left not in known:
            end, ways = windows[left[0]][1], []
            for company in companies:
                if left[0] in company:
                    visit = tuple(t for t in left if t in company and windows[t][0] <= end)
                    ways.append([(end, visit), *fewest(tuple(t for t in left if t not in visit))])
            known[left] = min(ways, key=len)
        return known[left]

    return fewest(tuple(sorted(windows, key=lambda t: (windows[t][1], t))))


def _windows(case: Case, waiting: Sequence[int], held: Mapping[int, Held]) -> dict[int, tuple[int, int]] | None:
    """Return the windows that the month leaves, those of joint tasks cut to what they share; None where one is none."""
    none = Held()
    found = {t: (_first(case, t, held.get(int(case.group_of[t]), none)), int(case.later_to[t])) for t in waiting}
    for t in waiting:
        mates = [found[u] for u in waiting if 0 <= case.joint_of[u] == case.joint_of[t]]
        if mates:
            found[t] = max(first for first, _ in mates), min(last for _, last in mates)
    return found if all(first <= last for first, last in found.values()) else None


def _lawful(case: Case, visits: Visits, held: Mapping[int, Held]) -> bool:
    """Return whether gaps and caps allow these visits, and none of them tears a joint filing apart."""
    search = _Search(case, {t: (0, 0) for _, tasks in visits for t in tasks}, held)
    state, last = search.begin, 0
    for day, tasks in sorted(visits):
        if day <= last or not search.may_be(tasks) or search.first_date(tasks, day, state) != day:
            return False
        state, last = search.after(tasks, day, state), day
    return True


_State = tuple[tuple[int, int, int], ...]
"""Per group: the date on which it is free again, the dates counted this year and those of the next."""


class _Search:
    """Goes through the orders of visits, each on the first lawful date, which never does harm to the next ones."""

    def __init__(self, case: Case, windows: Windows, held: Mapping[int, Held]) -> None:
        self.case, self.windows = case, windows
        self.groups = sorted({int(case.group_of[t]) for t in windows} - {-1})
        past = [held.get(g, Held()) for g in self.groups]
        self.begin: _State = tuple((h.free_from, h.dates, 0) for h in past)
        self.new_year, self.year_after = _new_year(case), _new_year(case, 2)
        self._known: dict[tuple[tuple[int, ...], int, _State], Visits | None] = {}

    def fewest(self) -> Visits | None:
        """Return the fewest visits, None where there is no lawful way."""
        return self._fewest(tuple(sorted(self.windows)), 0, self.begin)

    def _fewest(self, left: tuple[int, ...], last: int, state: _State) -> Visits | None:
        if not left:
            return []
        key = left, last, state
        if key not in self._known:
            best: Visits | None = None
            for size in range(len(left), 0, -1):
                for tasks in combinations(left, size):
                    day = self._day(tasks, last, state)
                    if day is None:
                        continue
                    rest = self._fewest(tuple(t for t in left if t not in tasks), day, self.after(tasks, day, state))
                    if rest is not None and (best is None or 1 + len(rest) < len(best)):
                        best = [(day, tasks), *rest]
            self._known[key] = best
        return self._known[key]

    def _day(self, tasks: Sequence[int], last: int, state: _State) -> int | None:
        """Return the first lawful date of a visit of `tasks` after `last`, None where there is none."""
        case = self.case
        parents = {int(case.parent_of[t]) for t in tasks}
        if not self.may_be(tasks) or (len(parents) > 1 and any(comes_alone(case, t) for t in tasks)):
            return None
        day = self.first_date(tasks, max(last + 1, *(self.windows[t][0] for t in tasks)), state)
        return day if day <= min(self.windows[t][1] for t in tasks) else None

    def may_be(self, tasks: Sequence[int]) -> bool:
        """Return whether who is filed together stands together, and no more agencies than the bureau's lever lets."""
        most = self.case.levers.max_agencies_per_visit
        if 0 < most < len({int(self.case.parent_of[t]) for t in tasks}):
            return False
        filed = {int(self.case.joint_of[t]) for t in tasks} - {-1}
        return all(t in tasks for t in self.windows if self.case.joint_of[t] in filed)

    def _counted(self, tasks: Sequence[int], group: int) -> bool:
        return any(self.case.group_of[t] == group and not self.case.tasks[t].needed for t in tasks)

    def first_date(self, tasks: Sequence[int], day: int, state: _State) -> int:
        """Return the first date from `day` on that gaps and caps leave to `tasks`."""
        for group, (free, _, _) in zip(self.groups, state, strict=True):
            if any(self.case.group_of[t] == group for t in tasks):
                day = max(day, free)
        for group, (_, this, following) in zip(self.groups, state, strict=True):
            rule = self.case.groups[group]
            if self._counted(tasks, group):
                if this >= rule.quota:
                    day = max(day, self.new_year)
                if day >= self.new_year and following >= rule.next_quota:
                    day = max(day, self.year_after)
        return day

    def after(self, tasks: Sequence[int], day: int, state: _State) -> _State:
        """Return the state after a visit of `tasks` on `day`."""
        now = []
        for group, (free, this, following) in zip(self.groups, state, strict=True):
            if any(self.case.group_of[t] == group for t in tasks):
                free = months_after(date.fromordinal(day), self.case.groups[group].gap_months).toordinal()
                if self._counted(tasks, group):
                    this += day < self.new_year
                    following += self.new_year <= day < self.year_after
            now.append((free, this, following))
        return tuple(now)

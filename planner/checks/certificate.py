"""Recomputes a price list's bound in exact arithmetic, without a solver and without the compiled kernel.

By weak duality (see `PriceList`) the bound holds for every lawful plan, whatever the prices are; a wrong or tampered
list can only prove less than it claims. Where a site is too large or a rule too rare for the dynamic program, the rule
is left out of the pattern's conditions: that can only lower the minimum, so the bound stays valid.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from planner.checks.half_days import with_half_rows
from planner.domain.calendar import months_after
from planner.domain.case import BoolArray, Case
from planner.domain.errors import CertificateError
from planner.domain.result import DISTURBANCE, ENTRIES, FIRE_ALONE, LEVELS, PriceList
from planner.domain.roster import Roster
from planner.law.later import Held, entangled, later_entries_of
from planner.law.register import barred_days, may_be_visit
from planner.law.rules.company import joint_groups_whole

BOUND_TASKS = 10
"""A site's bound looks at its first tasks only, this many (the rest cost nothing)."""
PINNED_COST = 1 << 50
"""Cost of a pattern that leaves out a pinned task."""


def is_one_date(case: Case, group: int, tasks: Sequence[int]) -> bool:
    """Return whether gap or cap let a group of these tasks be visited on one date of the month only.

    Not where needed checks are among others and the cap can bind: a date of theirs alone does not count for it. Nor
    where what waits asks which date it was.
    """
    tangle = entangled(case).get(int(case.site_of[tasks[0]]))
    if tangle is not None and group in tangle.ends:
        return False
    info, needed = case.groups[group], sum(case.tasks[t].needed for t in tasks)
    if needed and needed < len(tasks) and info.quota < 2:
        return False
    return (info.quota == 1 and not needed) or months_after(case.period[0], info.gap_months) > case.period[1]


class _Calendar:
    """The case's days, and from which date on a group may be visited again after each of them."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.ordinals: list[int] = case.ordinals.tolist()
        self._allowed = ~barred_days(case)
        self._after: dict[int, list[int]] = {}

    def after(self, gap_months: int) -> list[int]:
        """Return, per day, the first date (ordinal) that is `gap_months` after it."""
        if gap_months not in self._after:
            self._after[gap_months] = [months_after(day, gap_months).toordinal() for day in self.case.days]
        return self._after[gap_months]

    def lawful_alone(self, task: int) -> BoolArray:
        """Return [D] on which days nothing that a day alone tells forbids `task`."""
        free: BoolArray = self._allowed[task]
        return free


Marks: TypeAlias = tuple[tuple[int, int], ...]
"""Per group with several dates: the date (ordinal) from which it may be visited again, and its dates so far."""


class _State(NamedTuple):
    """A way to have decided some tasks. `last` is the latest visit's date (ordinal) where a gap between entries counts
    it, `dates` the entries so far where a cap counts them.
    """

    cost: int
    dates: int
    last: int
    marks: Marks

    def serves_as_well_as(self, other: _State) -> bool:
        """Return whether whatever can follow `other` can follow this one, at no more cost."""
        if self.cost > other.cost or self.dates > other.dates or self.last > other.last:
            return False
        for (ready, dates), (other_ready, other_dates) in zip(self.marks, other.marks, strict=True):
            if ready > other_ready or dates > other_dates:
                return False
        return True


class _Visit(NamedTuple):
    """A lawful set of tasks for one visit, as bits; `closes` are the tasks of groups whose one date this is."""

    tasks: int
    closes: int
    load: tuple[tuple[int, int], ...]
    """(capacity row, quarter-hours)"""
    length: int
    fire_alone: bool
    """Fire comes without another body; of a site of which tasks are out of sight this is not known."""


class _Site:
    """The dynamic program of one site: cheapest lawful pattern at given prices."""

    def __init__(self, calendar: _Calendar, site: int, factor: Sequence[int], prices: list[list[int]]) -> None:
        case = self.case = calendar.case
        self.calendar, self.site, self.factor, self.prices = calendar, site, factor, prices
        every = list(case.tasks_at(site))
        self.tasks = every[:BOUND_TASKS]
        self.complete = len(every) == len(self.tasks)
        self.drop = [
            PINNED_COST
            if case.tasks[t].pinned
            else 0
            if case.tasks[t].follows_fire
            else factor[case.tasks[t].strength] * case.tasks[t].priority
            for t in self.tasks
        ]
        members: dict[int, list[int]] = defaultdict(list)
        for t in every:
            members[int(case.group_of[t])].append(t)
        one = {g for g, tasks in members.items() if g >= 0 and is_one_date(case, g, tasks)}
        self.group = [int(case.group_of[t]) if case.group_of[t] in one else -1 for t in self.tasks]
        self.counted = sum(1 << i for i, t in enumerate(self.tasks) if not case.tasks[t].needed)
        self.spread = self._spread()
        self.visits = self._visits()

    def _spread(self) -> list[tuple[int, int]]:
        """Return (group, its tasks) for the groups that may be visited on several dates, gap and quota permitting."""
        found: dict[int, int] = defaultdict(int)
        for i, t in enumerate(self.tasks):
            g = int(self.case.group_of[t])
            if g >= 0 and self.group[i] < 0:
                found[g] |= 1 << i
        return [(g, mask) for g, mask in found.items() if mask & (mask - 1)]

    def _subsets(self, mask: int) -> list[int]:
        subsets, sub = [], mask
        while sub:
            subsets.append(sub)
            sub = (sub - 1) & mask
        return subsets

    def _members(self, mask: int) -> list[int]:
        return [i for i in range(len(self.tasks)) if mask >> i & 1]

    def _visits(self) -> list[list[tuple[_Visit, int]]]:
        """Return, per day, every lawful visit with its cost; days on which nothing differs share one list."""
        case, days = self.case, range(self.case.n_days)
        masks = [0] * case.n_days
        for i, t in enumerate(self.tasks):
            for d in np.flatnonzero(self.calendar.lawful_alone(t)).tolist():
                masks[d] |= 1 << i
        rows = sorted({row for t in self.tasks for row in case.row_of[t].tolist()} - {-1})
        sensitivity = case.sensitivity[self.site].tolist()
        weight = [self.factor[DISTURBANCE] * n for n in sensitivity]
        lawful: dict[int, _Visit | None] = {}
        known: dict[tuple[int, ...], list[tuple[_Visit, int]]] = {}
        visits = []
        for d in days:
            key = (masks[d], weight[d], *(self.prices[row][d] for row in rows))
            if key not in known:
                today = known[key] = []
                for sub in self._subsets(masks[d]):
                    if sub not in lawful:
                        lawful[sub] = self._lawful(sub)
                    visit = lawful[sub]
                    if visit:
                        cost = self.factor[ENTRIES] + weight[d] * (case.prep_quarters + visit.length)
                        cost += self.factor[FIRE_ALONE] * visit.fire_alone
                        today.append((visit, cost + sum(self.prices[row][d] * q for row, q in visit.load)))
            visits.append(known[key])
        return visits

    def _lawful(self, sub: int) -> _Visit | None:
        """Return the visit for the tasks `sub`; None where they may not be one."""
        case, inside = self.case, self._members(sub)
        if not may_be_visit(case, [self.tasks[i] for i in inside], self.complete):
            return None
        groups = {self.group[i] for i in inside} - {-1}
        load: dict[int, int] = {}
        for i in inside:
            t = self.tasks[i]
            for row in case.row_of[t].tolist():
                if row >= 0:
                    load.setdefault(row, int(case.setup[case.unit_of[t]]))
                    load[row] += int(case.quarters[t])
        closes = sum(1 << i for i in range(len(self.tasks)) if self.group[i] in groups)
        length = max(q for row, q in load.items() if row < len(case.units))
        own = [self.tasks[i] for i in inside if not case.tasks[self.tasks[i]].follows_fire]
        parents = {int(case.parent_of[t]) for t in own}
        alone = self.complete and len(parents) == 1 and any(case.tasks[self.tasks[i]].fire for i in inside)
        return _Visit(sub, closes, tuple((row, case.loaded(row, q)) for row, q in load.items()), length, alone)

    def _rest_cost(self, rest: int, held: dict[int, Held]) -> int:
        """Return the least cost of the tasks that get no day: each split into waiting and left out.

        `held` is what the month's dates leave of the groups, where what waits asks for it.
        """
        best = sum(self.drop[i] for i in self._members(rest))
        may_wait = sum(1 << i for i in self._members(rest) if self.case.later_to[self.tasks[i]])
        for wait in self._subsets(may_wait):
            waiting = [self.tasks[i] for i in self._members(wait)]
            if self.complete and not joint_groups_whole(self.case, waiting):
                continue
            later = later_entries_of(self.case, waiting, held)
            if later is not None:
                left = sum(self.drop[i] for i in self._members(rest & ~wait))
                fire = any(self.case.tasks[t].fire for t in waiting)
                best = min(best, self.factor[ENTRIES] * later + self.factor[FIRE_ALONE] * fire + left)
        return best

    def _stranded(self) -> list[int]:
        """Return, per day, the tasks that cannot wait any more once their group has been visited on it."""
        stranded = [0] * self.case.n_days
        for i, t in enumerate(self.tasks):
            if self.case.later_to[t] and self.group[i] >= 0:
                rule, until = self.case.groups[self.group[i]], int(self.case.later_to[t])
                for d, again in enumerate(self.calendar.after(rule.gap_months)):
                    if (rule.quota < 2 and self.case.needs_quota[self.tasks[i]]) or until < again:
                        stranded[d] |= 1 << i
        return stranded

    def _visited(self, marks: Marks, sub: int, after: int, d: int) -> Marks | None:
        """Return what is remembered after visit `sub` on day `d`: None where a gap or a cap forbids it.

        Per group of `spread`: the date (ordinal) from which it may be visited again, 0 for at once, and its dates so
        far. Where all its tasks are decided nobody asks any more.
        """
        now, today = [], self.calendar.ordinals[d]
        for (g, mask), (ready, dates) in zip(self.spread, marks, strict=True):
            if sub & mask:
                rule = self.case.groups[g]
                counts = bool(sub & mask & self.counted)
                if ready > today or (counts and dates == rule.quota):
                    return None
                ready, dates = self.calendar.after(rule.gap_months)[d], dates + counts
            decided = mask & ~after == 0
            now.append((0, 0) if decided else (ready if ready > today else 0, dates))
        return tuple(now)

    def _barred(self, rest: int, marks: Marks) -> int:
        """Return the tasks of `rest` that cannot wait because their group's gap or cap leaves no later date."""
        barred = 0
        for (g, mask), (ready, dates) in zip(self.spread, marks, strict=True):
            for i in self._members(rest & mask):
                keeps = self.case.needs_quota[self.tasks[i]]
                used_up = keeps and dates > 0 and dates + 1 > self.case.groups[g].quota
                if used_up or ready > int(self.case.later_to[self.tasks[i]]):
                    barred |= 1 << i
        return barred

    def cheapest(self) -> int:
        """Return the cost of the cheapest pattern."""
        gap, cap = self.case.levers.entry_gap_days, self.case.levers.entry_cap
        ordinals, stranded, full = self.calendar.ordinals, self._stranded(), (1 << len(self.tasks)) - 1
        first = _State(0, 0, 0, ((0, 0),) * len(self.spread))
        reached = {0: [first]}
        fresh: list[tuple[int, _State]] = []
        ready: dict[int, list[tuple[int, _State]]] = defaultdict(list)
        """Per day, the states in which a group may be visited again from that day on."""
        for d, today in enumerate(ordinals):
            visits = self.visits[d]
            # On a day like the one before, what is not new came then at no more cost, and with its gap over sooner.
            if d and not gap and visits is self.visits[d - 1] and stranded[d] == stranded[d - 1]:
                before = fresh + ready[d]
            else:
                before = [(done, state) for done, states in reached.items() for state in states]
            found = []
            for done, state in before:
                if done == full or (cap and state.dates == cap) or (gap and today - state.last < gap):
                    continue
                for visit, price in visits:
                    if (visit.tasks | visit.closes) & done:
                        continue
                    closed = visit.closes & ~visit.tasks & stranded[d]
                    after = done | visit.tasks | closed
                    marks = self._visited(state.marks, visit.tasks, after, d) if self.spread else ()
                    if marks is None:
                        continue
                    cost = state.cost + price + (sum(self.drop[i] for i in self._members(closed)) if closed else 0)
                    found.append((after, _State(cost, state.dates + 1 if cap else 0, today if gap else 0, marks)))
            fresh = [(after, now) for after, now in found if _keep(reached.setdefault(after, []), now)]
            for after, now in fresh:
                for again in {again for again, _ in now.marks if again}:
                    ready[bisect_left(ordinals, again)].append((after, now))
        return min(
            state.cost + rest for done, states in reached.items() for state, rest in self._with_rest(done, states)
        )

    def _with_rest(self, done: int, states: list[_State]) -> list[tuple[_State, int]]:
        """Return the states with the least cost of what is not done."""
        left, known = ((1 << len(self.tasks)) - 1) & ~done, dict[tuple[int, Marks], int]()
        asked = self.site in entangled(self.case)
        costs = []
        for state in states:
            barred = self._barred(left, state.marks)
            marks = state.marks if asked else ()
            if (barred, marks) not in known:
                dropped = sum(self.drop[i] for i in self._members(barred))
                held = {g: Held(*mark) for (g, _), mark in zip(self.spread, marks, strict=False)}
                known[barred, marks] = self._rest_cost(left & ~barred, held) + dropped
            costs.append((state, known[barred, marks]))
        return costs


def _keep(states: list[_State], new: _State) -> bool:
    """Add `new` to the states unless one serves as well; those that it serves as well as go. Return whether it came."""
    for old in states:
        if old.serves_as_well_as(new):
            return False
    states[:] = [old for old in states if not new.serves_as_well_as(old)]
    states.append(new)
    return True


def recompute_bound(case: Case, certificate: PriceList) -> int:
    """Return the bound that the price list proves for `case` (released), rounded up to a whole value; none is below 0.

    Raises CertificateError where the list does not fit the case (shape, signs, level).
    """
    case = case.released
    if certificate.level not in LEVELS or certificate.scale <= 0:
        raise CertificateError(f"no such level: {certificate.level}")
    n = LEVELS.index(certificate.level)
    prices = np.asarray(certificate.prices)
    if prices.shape != case.capacity.shape:
        raise CertificateError("the price list does not fit the case's units and days")
    if len(certificate.multipliers) != n or len(certificate.achieved) != n:
        raise CertificateError("the price list does not name every level before its own")
    if (prices < 0).any() or any(m < 0 for m in certificate.multipliers):
        raise CertificateError("a price is negative")
    factor = [*certificate.multipliers, certificate.scale, *([0] * (len(LEVELS) - n - 1))]
    table = [[int(p) for p in row] for row in prices.tolist()]
    calendar = _Calendar(case)
    total = sum(_Site(calendar, s, factor, table).cheapest() for s in range(len(case.sites)))
    total -= sum(p * c for p, c in zip(prices.ravel().tolist(), case.capacity.ravel().tolist(), strict=True))
    total -= sum(m * a for m, a in zip(certificate.multipliers, certificate.achieved, strict=True))
    return max(0, -(-total // certificate.scale))


GENTLE = 1 << 12
"""Digit of the factors below: more than a site's disturbance, or the priorities of its tasks, can come to."""
GENTLE_FACTORS = (GENTLE**3, GENTLE**2, GENTLE, 0, 0, 1)
"""Left-out by strength first, then disturbance."""


def gentlest_patterns(case: Case) -> list[int]:
    """Return each site's least GENTLE_FACTORS-weighted cost, crews left free."""
    case = case.released
    calendar, free = _Calendar(case), [[0] * case.n_days for _ in case.capacity]
    return [_Site(calendar, s, GENTLE_FACTORS, free).cheapest() for s in range(len(case.sites))]


def worst_site_bound(gentlest: Sequence[int], values: Sequence[int]) -> int:
    """Return a proven lower bound of the worst-off site's disturbance among plans with `values` on the levels.

    A site that leaves out its least is disturbed no less than by its gentlest lawful pattern (`gentlest_patterns`).
    What the plan leaves out above the sum of these leasts says at how many sites more can be left out; as many of the
    sites that would be disturbed most are not counted.
    """
    costs = np.array(gentlest, dtype=np.int64)
    if (costs >= PINNED_COST).any() or not len(costs):
        return 0
    spared = 0
    for n, value in zip((3, 2, 1), values[:ENTRIES], strict=True):
        least = costs // GENTLE**n % GENTLE
        # Sites that leave out more of what ranks higher may leave out less here, down to nothing.
        freed = int(np.sort(least)[len(least) - min(spared, len(least)) :].sum())
        spared += max(0, value - int(least.sum()) + freed)
    kept = np.sort(costs % GENTLE)[: max(0, len(costs) - spared)]
    return int(kept.max(initial=0))


def verify_certificate(case: Case, certificate: PriceList, values: Sequence[int], roster: Roster | None = None) -> None:
    """Check that a price list proves what it claims about a plan with `values` on LEVELS; CertificateError if not.

    `case` is the month's own: tables of half-days come with the price list, are recomputed here, and hold for the
    people of `roster`; without people nothing is proven by them.
    """
    if certificate.half_rows:
        if roster is None:
            raise CertificateError("half-day rows without the people who make the half-days")
        case = with_half_rows(case, roster, certificate.half_rows)
    n = LEVELS.index(certificate.level) if certificate.level in LEVELS else 0
    if tuple(certificate.achieved) != tuple(values[:n]):
        raise CertificateError("the price list speaks of other values on the levels before")
    proven = recompute_bound(case, certificate)
    if proven < certificate.bound:
        raise CertificateError(f"{certificate.level}: claims {certificate.bound}, proves {proven}")

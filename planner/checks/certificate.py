"""Recomputes a price list's bound in exact arithmetic, without a solver and without the compiled kernel.

By weak duality (see `PriceList`) the bound holds for every lawful plan, whatever the prices are; a wrong or tampered
list can only prove less than it claims. Where a site is too large or a rule too rare for the dynamic program, the rule
is left out of the pattern's conditions: that can only lower the minimum, so the bound stays valid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import numpy as np

from planner.checks.hours import fits_the_hours
from planner.checks.objective import later_entries_of
from planner.domain.calendar import months_after
from planner.domain.case import Case
from planner.domain.errors import CertificateError
from planner.domain.result import LEVELS, PriceList

BOUND_TASKS = 10
"""A site's bound looks at its first tasks only, this many (the rest cost nothing)."""
PINNED_COST = 1 << 50
"""Cost of a pattern that leaves out a pinned task."""


def is_one_date(case: Case, group: int) -> bool:
    """Return whether gap or cap let a group be visited on one date of the month only."""
    info = case.groups[group]
    return info.quota == 1 or months_after(case.period[0], info.gap_months) > case.period[1]


def lawful_alone(case: Case, task: int, d: int) -> bool:
    """Return whether nothing that a day alone tells forbids `task` on day `d`."""
    info, day = case.tasks[task], case.days[d]
    if not case.staffed[task, d]:
        return False
    if info.pinned:
        if day != info.pinned:
            return False
    elif not info.window[0] <= day <= info.window[1] or case.blackout[case.site_of[task], d]:
        return False
    group = int(case.group_of[task])
    if group >= 0:
        rule = case.groups[group]
        if rule.quota < 1:
            return False
        for held in rule.history if rule.gap_months else ():
            if day != held and max(day, held) < months_after(min(day, held), rule.gap_months):
                return False
    gap = case.levers.entry_gap_days
    before = case.entries_before[case.site_of[task]]
    return not (gap and any(0 < abs((day - held).days) < gap for held in before))


def may_share(case: Case, tasks: Sequence[int], complete: bool) -> bool:
    """Return whether `tasks` may be one visit. With `complete` they are all the tasks their site has to choose from."""
    infos = [case.tasks[t] for t in tasks]
    parents = {int(case.parent_of[t]) for t in tasks}
    most = case.levers.max_agencies_per_visit
    if most and len(parents) > most:
        return False
    if len(parents) > 1:
        listed = case.listed[case.site_of[tasks[0]]]
        if any(i.unannounced for i in infos) or (listed and not all(i.opted_in for i in infos)):
            return False
    if not fits_the_hours(case, tasks):
        return False
    if not complete:
        return True
    if any(i.follows_fire for i in infos) and not any(i.fire for i in infos):
        return False
    return _joint_groups_whole(case, tasks)


def _joint_groups_whole(case: Case, tasks: Sequence[int]) -> bool:
    site = case.tasks_at(int(case.site_of[tasks[0]]))
    mine = {int(case.joint_of[t]) for t in tasks} - {-1}
    return all(t in tasks for t in site if case.joint_of[t] in mine)


Marks: TypeAlias = tuple[tuple[int, int], ...]
"""Per group with several dates: the date (ordinal) from which it may be visited again, and its dates so far."""


class _Site:
    """The dynamic program of one site: cheapest lawful pattern at given prices."""

    def __init__(self, case: Case, site: int, factor: Sequence[int], prices: list[list[int]]) -> None:
        self.case, self.site, self.factor, self.prices = case, site, factor, prices
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
        self.group = [
            int(case.group_of[t]) if case.group_of[t] >= 0 and is_one_date(case, int(case.group_of[t])) else -1
            for t in self.tasks
        ]
        self.spread = self._spread()
        self.visits = self._visits()

    def _spread(self) -> list[tuple[int, int]]:
        """Return (group, its tasks) for the groups that may be visited on several dates, gap and quota permitting."""
        found: dict[int, int] = defaultdict(int)
        for i, t in enumerate(self.tasks):
            g = int(self.case.group_of[t])
            if g >= 0 and self.group[i] < 0:
                found[g] |= 1 << i
        return [(g, mask) for g, mask in found.items() if mask & (mask - 1) and self.case.groups[g].quota > 0]

    def _subsets(self, mask: int) -> list[int]:
        subsets, sub = [], mask
        while sub:
            subsets.append(sub)
            sub = (sub - 1) & mask
        return subsets

    def _members(self, mask: int) -> list[int]:
        return [i for i in range(len(self.tasks)) if mask >> i & 1]

    def _visits(self) -> list[list[tuple[int, int, int]]]:
        """Return, per day, every lawful visit as (tasks, cost, tasks of groups whose one date this is)."""
        case, k = self.case, len(self.tasks)
        share: dict[int, bool] = {}
        visits: list[list[tuple[int, int, int]]] = []
        for d in range(case.n_days):
            mask = sum(1 << i for i in range(k) if lawful_alone(case, self.tasks[i], d))
            today = []
            for sub in self._subsets(mask):
                inside = self._members(sub)
                if sub not in share:
                    share[sub] = may_share(case, [self.tasks[i] for i in inside], self.complete)
                if not share[sub]:
                    continue
                groups = {self.group[i] for i in inside} - {-1}
                closes = sum(1 << i for i in range(k) if self.group[i] in groups)
                today.append((sub, self._visit_cost(inside, d), closes))
            visits.append(today)
        return visits

    def _visit_cost(self, inside: list[int], d: int) -> int:
        case = self.case
        load: dict[int, int] = {}
        for i in inside:
            t = self.tasks[i]
            for row in (int(case.unit_of[t]), int(case.skill_row_of[t])):
                if row >= 0:
                    load.setdefault(row, int(case.setup[case.unit_of[t]]))
                    load[row] += int(case.quarters[t])
        stay = max(q for row, q in load.items() if row < len(case.units))
        cost = self.factor[3] + self.factor[4] * (case.prep_quarters + stay) * int(case.sensitivity[self.site, d])
        return cost + sum(self.prices[row][d] * q for row, q in load.items())

    def _rest_cost(self, rest: int) -> int:
        """Return the least cost of the tasks that get no day: each split into waiting and left out."""
        best = sum(self.drop[i] for i in self._members(rest))
        for wait in self._subsets(rest):
            waiting = [self.tasks[i] for i in self._members(wait)]
            if any(not self.case.later_to[t] for t in waiting):
                continue
            if self.complete and not _joint_groups_whole(self.case, waiting):
                continue
            cost = self.factor[3] * later_entries_of(self.case, waiting)
            best = min(best, cost + sum(self.drop[i] for i in self._members(rest & ~wait)))
        return best

    def _stranded(self, day: date) -> int:
        """Return the tasks that cannot wait any more once their group has been visited on `day`."""
        stranded = 0
        for i, t in enumerate(self.tasks):
            if self.case.later_to[t] and self.group[i] >= 0:
                rule = self.case.groups[self.group[i]]
                until = date.fromordinal(int(self.case.later_to[t]))
                if rule.quota < 2 or until < months_after(day, rule.gap_months):
                    stranded |= 1 << i
        return stranded

    def _visited(self, marks: Marks, sub: int, after: int, day: date) -> Marks | None:
        """Return what is remembered after visit `sub` on `day`: None where a gap or a cap forbids it.

        Per group of `spread`: the date (ordinal) from which it may be visited again, 0 for at once, and its dates so
        far. Where all its tasks are decided nobody asks any more.
        """
        now = []
        for (g, mask), (ready, dates) in zip(self.spread, marks, strict=True):
            rule = self.case.groups[g]
            if sub & mask:
                if ready > day.toordinal() or dates == rule.quota:
                    return None
                now_ready, now_dates = months_after(day, rule.gap_months).toordinal(), dates + 1
            else:
                now_ready, now_dates = ready, dates
            decided = mask & ~after == 0
            now.append((0, 0) if decided else (now_ready if now_ready > day.toordinal() else 0, now_dates))
        return tuple(now)

    def _barred(self, rest: int, marks: Marks) -> int:
        """Return the tasks of `rest` that cannot wait because their group's gap or cap leaves no later date."""
        barred = 0
        for (g, mask), (ready, dates) in zip(self.spread, marks, strict=True):
            for i in self._members(rest & mask):
                used_up = dates > 0 and dates + 1 > self.case.groups[g].quota
                if used_up or ready > int(self.case.later_to[self.tasks[i]]):
                    barred |= 1 << i
        return barred

    def cheapest(self) -> int:
        """Return the cost of the cheapest pattern."""
        case, full = self.case, (1 << len(self.tasks)) - 1
        gap, cap = case.levers.entry_gap_days, case.levers.entry_cap
        states: list[dict[tuple[int, int, Marks], int]] = [{(0, 0, ((0, 0),) * len(self.spread)): 0}]
        alike = 0
        for d, day in enumerate(case.days):
            # Of days in a row on which nothing differs, as many as there are tasks are enough, unless gaps count them.
            alike = alike + 1 if d and self.visits[d] == self.visits[d - 1] else 0
            stranded = self._stranded(day)
            skip = alike >= len(self.tasks) and not self.spread and not gap and not stranded
            if skip or not self.visits[d]:
                states.append(states[-1])
                continue
            now = dict(states[-1])
            before = states[d]
            if gap:
                before = states[sum((day - other).days >= gap for other in case.days[:d])]
            for (done, count, marks), cost in before.items():
                if cap and count == cap:
                    continue
                for sub, price, closes in self.visits[d]:
                    if sub & done or closes & done:
                        continue
                    closed = closes & ~sub & stranded
                    after = self._visited(marks, sub, done | sub | closed, day) if self.spread else marks
                    if after is None:
                        continue
                    key = (done | sub | closed, count + 1 if cap else 0, after)
                    value = cost + price + sum(self.drop[i] for i in self._members(closed))
                    if value < now.get(key, value + 1):
                        now[key] = value
            states.append(now)
        rest: dict[int, int] = {}
        best: int | None = None
        for (done, _, marks), cost in states[-1].items():
            left = full & ~done
            barred = self._barred(left, marks)
            if left & ~barred not in rest:
                rest[left & ~barred] = self._rest_cost(left & ~barred)
            cost += rest[left & ~barred] + sum(self.drop[i] for i in self._members(barred))
            best = cost if best is None else min(best, cost)
        assert best is not None
        return best


def recompute_bound(case: Case, certificate: PriceList) -> int:
    """Return the bound that the price list proves for `case`, rounded up to a whole value; none is below 0.

    Raises CertificateError where the list does not fit the case (shape, signs, level).
    """
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
    total = sum(_Site(case, s, factor, table).cheapest() for s in range(len(case.sites)))
    total -= sum(p * c for p, c in zip(prices.ravel().tolist(), case.capacity.ravel().tolist(), strict=True))
    total -= sum(m * a for m, a in zip(certificate.multipliers, certificate.achieved, strict=True))
    return max(0, -(-total // certificate.scale))


GENTLE = 1 << 12
"""Digit of the factors below: more than a site's disturbance, or the priorities of its tasks, can come to."""
GENTLE_FACTORS = (GENTLE**3, GENTLE**2, GENTLE, 0, 1)
"""Left-out by strength first, then disturbance."""


def gentlest_patterns(case: Case) -> list[int]:
    """Return each site's least GENTLE_FACTORS-weighted cost, crews left free."""
    free = [[0] * case.n_days for _ in case.rows]
    return [_Site(case, s, GENTLE_FACTORS, free).cheapest() for s in range(len(case.sites))]


def worst_site_bound(gentlest: Sequence[int], values: Sequence[int]) -> int:
    """Return a proven lower bound of the worst-off site's disturbance among plans with `values` on the levels.

    No site is disturbed less than by its gentlest lawful pattern (`gentlest_patterns`). That serves where the sites'
    least left-out sums add up to what the plan leaves out: then every site leaves out exactly its least. Elsewhere a
    site might leave out all of its tasks, and nothing is claimed (0).
    """
    costs = np.array(gentlest, dtype=np.int64)
    if (costs >= PINNED_COST).any():
        return 0
    unserved = tuple(int((costs // GENTLE**n % GENTLE).sum()) for n in (3, 2, 1))
    return int((costs % GENTLE).max(initial=0)) if unserved == tuple(values[:3]) else 0


def verify_certificate(case: Case, certificate: PriceList, values: Sequence[int]) -> None:
    """Check that a price list proves what it claims about a plan with `values` on LEVELS; CertificateError if not."""
    n = LEVELS.index(certificate.level) if certificate.level in LEVELS else 0
    if tuple(certificate.achieved) != tuple(values[:n]):
        raise CertificateError("the price list speaks of other values on the levels before")
    proven = recompute_bound(case, certificate)
    if proven < certificate.bound:
        raise CertificateError(f"{certificate.level}: claims {certificate.bound}, proves {proven}")

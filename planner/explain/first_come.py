"""The counterfactual *first-come*: agencies book alone, then codes are matched one by one as a code system does it.

A bundle is what one agency does at one site on one of its own dates. Codes are asked in the order of those dates; the
asker, if nobody has joined it yet, looks for the date at which most others can come along, and then all of them stay
there. Nobody looks ahead and nothing moves twice, so what the first ones take the later ones miss.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.checks import check_plan
from planner.domain.calendar import months_after
from planner.domain.case import Case, IntArray
from planner.domain.hashing import sha256_hex
from planner.domain.plan import LATER, LEFT_OUT, Plan, loads_of
from planner.law.later import later_entries_of
from planner.law.register import RULES, may_be_visit
from planner.law.violation import Violation
from planner.solve.exact.subcase import one_site
from planner.solve.site.arrays import allowed_days
from planner.solve.site.gaps import one_date_groups


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Tasks of one agency at one site on one of its own dates (`day` LATER: still waiting)."""

    site: int
    parent: int
    day: int
    tasks: tuple[int, ...]


def first_come(case: Case, alone_day: IntArray, acceptance_percent: int = 100, seed: int = 0) -> IntArray:
    """Return the day of each task [T] after matching from the agencies' own dates `alone_day` [T].

    A potential joiner accepts by a coin of its own, the same for every asker and the same at every rate up to its
    number, so a lower rate only ever takes acceptors away. The plan passes every check, with one exception: where a
    published date wants company (a joint theme, fire's visit) that first-come cannot bring there, it stays as it is.
    """
    return _FirstCome(case, alone_day, acceptance_percent, seed).run()


class _FirstCome:
    def __init__(self, case: Case, alone_day: IntArray, acceptance_percent: int, seed: int) -> None:
        self.case, self.acceptance, self.seed = case, acceptance_percent, seed
        self.day: list[int] = alone_day.tolist()
        self.allowed = allowed_days(case)
        load = loads_of(case, Plan(alone_day))
        self.left: list[list[int]] = (case.plan_capacity - load).tolist()
        self.rows = [
            tuple(r for r in pair if r >= 0)
            for pair in zip(case.unit_of.tolist(), case.skill_row_of.tolist(), strict=True)
        ]
        self.setup: list[int] = case.setup[case.unit_of].tolist()
        self.quarters: list[int] = case.quarters.tolist()
        self.site: list[int] = case.site_of.tolist()
        one, odd = one_date_groups(case)
        groups = case.group_of.tolist()
        self.group = [g if g >= 0 and one[g] else -1 for g in groups]
        self.odd_site = {self.site[t] for t, g in enumerate(groups) if g >= 0 and odd[g]}
        self.at_site: dict[int, list[_Bundle]] = defaultdict(list)
        self.joined: set[_Bundle] = set()
        self.alone: dict[int, Case] = {}
        """The site last asked about, as a case of its own."""
        for bundle in _bundles(case, self.day):
            self.at_site[bundle.site].append(bundle)

    def run(self) -> IntArray:
        askers = [b for bundles in self.at_site.values() for b in bundles if b.day >= 0 and len(bundles) > 1]
        for asker in sorted(askers, key=lambda b: (b.day, b.site, b.parent)):
            if asker not in self.joined:
                self._ask(asker)
        self._settle()
        return _ints(self.day)

    def _ask(self, asker: _Bundle) -> None:
        """Let one code choose the date at which most others join it."""
        others = [b for b in self.at_site[asker.site] if b is not asker and b not in self.joined]
        near = [asker.day, *(b.day for b in others if b.day >= 0 and self._within_a_month(asker.day, b.day))]
        best: tuple[int, dict[int, int], list[_Bundle]] | None = None
        for day in sorted(set(near)):
            moves, joiners = self._company(asker, day, others)
            if joiners and (best is None or len(joiners) > len(best[2])):
                best = day, moves, joiners
        if best is not None:
            self._book(asker.site, best[1])
            self.joined.update((asker, *best[2]))

    def _company(self, asker: _Bundle, day: int, others: Sequence[_Bundle]) -> tuple[dict[int, int], list[_Bundle]]:
        """Return the moves (task → day) and the joiners if `asker` chooses `day`; no joiners where it cannot."""
        moves: dict[int, int] = {}
        if asker.day != day:
            moves = dict.fromkeys(asker.tasks, day)
            if not self._fits(asker.site, moves, day):
                return {}, []
        joiners = []
        for other in others:
            if not self._accepts(other) or not (other.day < 0 or self._within_a_month(other.day, day)):
                continue
            more = moves | dict.fromkeys(other.tasks, day) if other.day != day else moves
            if self._fits(asker.site, more, day):
                moves = more
                joiners.append(other)
        return moves, joiners

    def _within_a_month(self, a: int, b: int) -> bool:
        first, second = self.case.days[min(a, b)], self.case.days[max(a, b)]
        return second <= months_after(first, 1)

    def _accepts(self, bundle: _Bundle) -> bool:
        if self.acceptance >= 100:
            return True
        coin = int(sha256_hex([self.seed, self.case.tasks[bundle.tasks[0]].id])[:12], 16) % 100
        return coin < self.acceptance

    def _fits(self, site: int, moves: dict[int, int], day: int) -> bool:
        """Return whether everybody at `site` on `day` after `moves` may be there together and has the crews for it."""
        if not all(self.allowed[t, d] for t, d in moves.items()):
            return False
        tasks = self.case.tasks_at(site)
        after = {t: moves.get(t, self.day[t]) for t in tasks}
        if not may_be_visit(self.case, [t for t in tasks if after[t] == day], complete=False):
            return False
        if not all(self._group_holds(t, day, after) for t in moves):
            return False
        before = {t: self.day[t] for t in tasks}
        load, freed = self._loads(after), self._loads(before)
        if any(q - freed.get(cell, 0) > self.left[cell[0]][cell[1]] for cell, q in load.items() if cell[1] == day):
            return False
        return site not in self.odd_site or self._breaks(site, after) <= self._breaks(site, before)

    def _group_holds(self, task: int, day: int, after: dict[int, int]) -> bool:
        """Return whether a domain with one date a month at the site keeps to it, and those who wait still can."""
        group = self.group[task]
        for t, d in after.items() if group >= 0 else ():
            if self.group[t] == group and d != LEFT_OUT and d != day and not (d == LATER and self._still_waits(t, day)):
                return False
        return True

    def _still_waits(self, task: int, day: int) -> bool:
        info = self.case.groups[self.group[task]]
        free_from = months_after(self.case.days[day], info.gap_months).toordinal()
        keeps = bool(self.case.needs_quota[task])
        return (info.quota >= 2 or not keeps) and bool(free_from <= self.case.later_to[task])

    def _loads(self, days: dict[int, int]) -> dict[tuple[int, int], int]:
        """Return the load of one site's tasks per (capacity row, day)."""
        load: dict[tuple[int, int], int] = {}
        for t, d in days.items():
            if d >= 0:
                for r in self.rows[t]:
                    if (r, d) not in load:
                        load[r, d] = self.setup[t]
                    load[r, d] += self.quarters[t]
        return load

    def _breaks(self, site: int, days: dict[int, int]) -> set[Violation]:
        """Return what the site's tasks on `days` violate in the crews that the other sites leave."""
        limit = _ints(self.left)
        for (r, d), q in self._loads({t: self.day[t] for t in days}).items():
            limit[r, d] += q
        if site not in self.alone:
            self.alone = {site: one_site(self.case, site, limit.copy())}
        # One case serves all questions about a site, since what is derived from its tasks takes longest to make.
        self.alone[site].plan_capacity[:] = limit
        found = check_plan(self.alone[site], Plan(_ints(list(days.values()))))
        # What wants others to come along is broken while agencies book alone, and settled at the end.
        return {v for v in found if not RULES[v.rule].wants_company}

    def _book(self, site: int, moves: dict[int, int]) -> None:
        for sign in (1, -1):
            for (r, d), q in self._loads({t: self.day[t] for t in self.case.tasks_at(site)}).items():
                self.left[r][d] += sign * q
            if sign == 1:
                for t, d in moves.items():
                    self.day[t] = d

    def _settle(self) -> None:
        """Make the plan lawful where dates that were booked blindly clash, or where company was needed and not found.

        At such a site everybody books again in the order published, matched, unmatched: on the same date, else on the
        nearest lawful one, else later, else not at all. Tasks of one joint theme that ended apart are left out.
        """
        found = check_plan(self.case, Plan(_ints(self.day)))
        if not found:
            return
        site_of = {info.id: n for n, info in enumerate(self.case.sites)}
        site_of |= {task.id: self.site[n] for n, task in enumerate(self.case.tasks)}
        for site in sorted({site_of[name] for v in found for name in v.subjects if name in site_of}):
            blocks = self._blocks(site)
            self._book(site, dict.fromkeys(self.case.tasks_at(site), LEFT_OUT))
            for tasks, days in blocks:
                self._place(site, tasks, days)

    def _blocks(self, site: int) -> list[tuple[tuple[int, ...], list[int]]]:
        """Return what books as one at `site`, in order, each with the days that it may try."""
        infos = self.case.tasks
        pinned: dict[int, list[int]] = defaultdict(list)
        themes: dict[int, list[int]] = defaultdict(list)
        for t in self.case.tasks_at(site):
            if infos[t].pinned:
                pinned[self.day[t]].append(t)
            if self.case.joint_of[t] >= 0:
                themes[int(self.case.joint_of[t])].append(t)
        blocks = [(0, d, -1, tuple(tasks), [d]) for d, tasks in pinned.items()]
        for theme in themes.values():
            dates = sorted({self.day[t] for t in theme})
            fixed = [self.day[t] for t in theme if infos[t].pinned]
            if fixed:  # tried after the pinned tasks stand: the others come there, or do not come
                blocks.append((1, fixed[0], -1, tuple(t for t in theme if not infos[t].pinned), fixed[:1]))
            elif dates == [LATER] or dates == [LEFT_OUT]:
                blocks.append((2, dates[0], -1, tuple(theme), dates))
            else:  # a theme whose agencies booked apart is booked anew on the lawful day nearest to its first date
                first = min((d for d in dates if d >= 0), default=0)
                near = sorted(range(self.case.n_days), key=lambda d, first=first: (abs(d - first), d))  # type: ignore[misc]
                blocks.append((2, first, -1, tuple(theme), near))
        for bundle in self.at_site[site]:
            free = tuple(t for t in bundle.tasks if not infos[t].pinned and self.case.joint_of[t] < 0)
            day = max((self.day[t] for t in free), default=LEFT_OUT)
            nearest = sorted(range(self.case.n_days), key=lambda d, day=day: (abs(d - day), d))  # type: ignore[misc]
            can_wait = all(self.case.later_to[t] for t in free) and later_entries_of(self.case, free) == 1
            later = [LATER] if day == LATER or can_wait else []
            days = later + list(range(self.case.n_days)) if day == LATER else nearest + later
            if free:
                blocks.append((3 if bundle in self.joined else 4, day, bundle.parent, free, days))
        return [(tasks, days) for *_, tasks, days in sorted(blocks)]

    def _place(self, site: int, tasks: Iterable[int], days: Iterable[int]) -> None:
        """Book `tasks` on the first of `days` on which they break nothing that is not broken anyway."""
        now = {t: self.day[t] for t in self.case.tasks_at(site)}
        before = self._breaks(site, now)
        for d in days:
            if d >= 0 and not all(self.allowed[t, d] for t in tasks if not self.case.tasks[t].pinned):
                continue  # it would break a rule of the day alone
            if self._breaks(site, now | dict.fromkeys(tasks, d)) <= before:
                self._book(site, dict.fromkeys(tasks, d))
                return


def _ints(values: Sequence[int] | Sequence[Sequence[int]]) -> IntArray:
    return np.array(values, dtype=np.int64)


def _bundles(case: Case, day: Sequence[int]) -> list[_Bundle]:
    """Return the bundles of the tasks that are not left out, in the order of site, parent, day (waiting ones last)."""
    members: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for t, d in enumerate(day):
        if d != LEFT_OUT:
            members[int(case.site_of[t]), int(case.parent_of[t]), d].append(t)
    order = sorted(members, key=lambda key: (key[0], key[1], key[2] < 0, key[2]))
    return [_Bundle(*key, tuple(members[key])) for key in order]

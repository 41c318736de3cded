"""Makes plan and timetable consistent: visits that no day can carry are removed, and left-out tasks are tried again.

A visit for which the timetable has no crew is removed first, so that every day can be walked. Then each site that
leaves something out, or is entered more often than it must be, is planned again with the sites around it, exactly, with
starts and people as the judge (`planner.solve.walk.replan`). The least important task is thus left out, wherever it
stands, and not the task that happened to be last on the day that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.checks import check_plan
from planner.domain.case import NONE, Case, IntArray
from planner.domain.duty import Cut, stays_of
from planner.domain.plan import LEFT_OUT, Plan, Visit, visit_at
from planner.solve.day.arrays import crews_on
from planner.solve.day.month_times import MonthTimes, closed
from planner.solve.exact.cpsat import Cancel
from planner.solve.exact.sites_together import gathered
from planner.solve.exact.subcase import one_site
from planner.solve.site.arrays import SiteArrays, Weights
from planner.solve.site.sweeps import DROP, ENTRY, Sweeper, plan_weights
from planner.solve.walk.blocks import Entry, entries_on
from planner.solve.walk.day_test import Answer, DayAnswer, Judge
from planner.solve.walk.replan import Lessons, Replanned, ReplanWork, replan

FEWEST, BEGIN, MOST = 10, 24, 60
"""Sites of an attempt: at least, in the first, and at most."""


@dataclass(frozen=True, slots=True)
class AttemptWork:
    """How many attempts there are at most, of each site on its own and with the sites around it, and how many in a row
    that gain nothing. `most` is CP-SAT's deterministic time of all of them: one short unit must not cost a multiple of
    the month, and what is left then shows as a gap. `each` is that of one attempt, so that one which cannot succeed
    does not take what the others need. `company` and `most_for_fire` are the same for sites where fire goes alone.
    """

    alone: int = 60
    around: int = 30
    company: int = 12
    patience: int = 3
    most: float = 16.0
    most_for_fire: float = 2.0
    each: float = 4.0
    choice: ReplanWork = field(default_factory=lambda: ReplanWork(choice=0.3, rounds=8))


class SiteCosts:
    """What the days of sites cost, level by level, and how much of it they need not."""

    def __init__(self, arrays: SiteArrays) -> None:
        case, nothing = arrays.case, np.zeros(arrays.case.n_tasks, dtype=np.int64)
        self._sweeper = Sweeper(arrays, plan_weights(case))
        self._all, self._fire = self._sweeper.weights, Weights(0, 1, 0, nothing)
        self._levels = plan_weights(case, later_levels=False), self._fire, self._all
        least = self._sweeper.quote()[1]
        self._floor, self._least_fire = self._measure(self._all, least), self._measure(self._fire, least)

    def _measure(self, weights: Weights, day: IntArray) -> IntArray:
        self._sweeper.weights = weights
        return self._sweeper.measure(day)

    def of(self, day: IntArray, sites: IntArray) -> tuple[int, ...]:
        """Return what `sites` cost on `day` [T]: left-out and entries, then fire alone, then all with disturbance."""
        return tuple(int(self._measure(weights, day)[sites].sum()) for weights in self._levels)

    def excess(self, day: IntArray, least: int) -> IntArray:
        """Return [S] what each site costs more than it would if all crews were free, where that is `least` or more."""
        over = self._measure(self._all, day) - self._floor
        return np.where(over >= least, over, 0)

    def fire_excess(self, day: IntArray) -> IntArray:
        """Return [S] how often fire goes alone where it would not if all crews were free."""
        over = self._measure(self._fire, day) - self._least_fire
        return np.where(over > 0, over, 0)


@dataclass(eq=False)
class MonthWalk:
    """A plan `day` [T], its timetable and the judge of its days. `given_back` are the days that had to give way."""

    arrays: SiteArrays
    board: MonthTimes
    judge: Judge
    day: IntArray
    lessons: Lessons = field(default_factory=Lessons)
    given_back: list[Cut] = field(default_factory=list)
    cancel: Cancel | None = None
    _size: float = BEGIN
    _manned: set[tuple[int, tuple[Entry, ...]]] = field(default_factory=set)

    @property
    def case(self) -> Case:
        """The case that is planned."""
        return self.arrays.case

    @property
    def plan(self) -> Plan:
        """The plan as it stands."""
        return Plan(self.day)

    def give_back(self, cuts: Iterable[Cut] = ()) -> list[Cut]:
        """Take out every visit without a crew, and those that `cuts` name; return what could not be given back.

        What is pinned stays and others of its units go from its day, those that matter least first.
        """
        cuts = list(cuts) or [cut for one in closed(self.board).values() for cut in one.cuts]
        self.given_back += cuts
        lost = []
        for d in sorted({cut.day for cut in cuts}):
            named = {name for cut in cuts if cut.day == d for name in cut.visits}
            if not self._clear(d, named, {cut.row for cut in cuts if cut.day == d}):
                lost += [cut for cut in cuts if cut.day == d]
        return lost

    def _clear(self, d: int, named: set[str], rows: set[int]) -> bool:
        """Take visits out of day `d`, first the named, until it can be walked; return whether it can.

        Of the named, only the stays of those go whose crews are short, capacity `rows`, where the others may stay.
        """
        case = self.case
        there = [visit for (_, day), (visit, _) in sorted(self.board.visits.items()) if day == d]
        units = {u for visit in there if visit.id in named for u in visit.units}
        ids = {case.rows[row].unit for row in rows}
        short = {n for n, unit in enumerate(case.units) if unit.id in ids}
        free = [(v, tasks) for v in there if (tasks := self._unpinned(v))]

        def worth(tasks: Sequence[int]) -> tuple[int, ...]:
            weight = [0, 0, 0]
            for t in tasks:
                weight[case.tasks[t].strength] += case.tasks[t].priority
            return tuple(weight)

        order = sorted(
            free, key=lambda one: (one[0].id not in named, units.isdisjoint(one[0].units), worth(one[1]), one[0].id)
        )
        first = [tasks for v, tasks in order if v.id in named]
        for v, tasks in order[: len(first)]:
            self._take_out(v, tasks, short)
        answer = self.judge.ask(d, entries_on(case, self.day, d))
        for _, tasks in order[len(first) :]:
            if answer.answer is Answer.YES:
                break
            self.day[list(tasks)] = LEFT_OUT
            answer = self.judge.ask(d, entries_on(case, self.day, d))
        if answer.answer is not Answer.YES:
            return False
        self._enter(d, answer)
        return True

    def _take_out(self, visit: Visit, tasks: Sequence[int], short: set[int]) -> None:
        """Leave out the stays of `short` units at a visit, all of `tasks`, which may go, where that is unlawful."""
        case = self.case
        part = slice(int(case.start[visit.site]), int(case.start[visit.site + 1]))
        going = [t for t in tasks if int(case.unit_of[t]) in short]
        self.day[going or list(tasks)] = LEFT_OUT
        if going and check_plan(one_site(case, visit.site, case.plan_capacity), Plan(self.day[part])):
            self.day[list(tasks)] = LEFT_OUT

    def _unpinned(self, visit: Visit) -> tuple[int, ...]:
        """Return the visit's tasks that may leave its day: not pinned, nor joined with or following one that is."""
        case = self.case
        pinned = [t for t in visit.tasks if case.tasks[t].pinned]
        themes = {int(case.joint_of[t]) for t in pinned} - {NONE}
        return tuple(t for t in visit.tasks if not case.tasks[t].pinned and int(case.joint_of[t]) not in themes)

    def timed_otherwise(self, cuts: Sequence[Cut]) -> tuple[Cut, ...]:
        """Let the judge time the days whose crews could not be manned; return the cuts of those it finds no times for.

        A day that it had timed before, so that its draw gave up, is among them.
        """
        failed: list[Cut] = []
        for d in sorted({cut.day for cut in cuts}):
            key = d, entries_on(self.case, self.day, d)
            answer = self.judge.ask(*key)
            if answer.answer is Answer.YES and key not in self._manned:
                self._manned.add(key)
                self._enter(d, answer)
            else:
                self.lessons.take(answer)
                failed += [cut for cut in cuts if cut.day == d]
        return tuple(failed)

    def attempts(self, work: AttemptWork, seed: int = 0) -> int:
        """Better the plan around each site that costs more than it must, dearest first; return how often it did.

        First each site alone in what the others leave, then with sites around it, until the attempts are used up; then
        the same for sites where fire goes alone although it need not.
        """
        costs, rng = SiteCosts(self.arrays), np.random.default_rng(seed)
        until = self.judge.spent + work.most
        gained = self._tries(lambda day: costs.excess(day, min(DROP)), costs, work, work.alone, until, None)
        gained += self._tries(lambda day: costs.excess(day, ENTRY), costs, work, work.around, until, rng)
        until = self.judge.spent + work.most_for_fire
        for around in (None, rng):
            gained += self._tries(costs.fire_excess, costs, work, work.company, until, around)
        return gained

    def _tries(
        self,
        excess_of: Callable[[IntArray], IntArray],
        costs: SiteCosts,
        work: AttemptWork,
        many: int,
        until: float,
        around: np.random.Generator | None,
    ) -> int:
        """Plan the site of most excess [S] anew, `many` times at most and till the judge has spent `until`; return how
        often that bettered the plan. Where there is an `around`, sites around it are drawn and planned with it.
        """
        gained, patience, tried = 0, work.patience, set[int]()
        for _ in range(many):
            excess = excess_of(self.day)
            excess[sorted(tried)] = 0
            site = int(np.argmax(excess)) if excess.any() else None
            if site is None or not patience or self.judge.spent > until or (self.cancel and self.cancel()):
                break
            patience -= 1
            tried.add(site)
            group = np.array([site], dtype=np.int64) if around is None else self._around(site, around)
            choice = replace(work.choice, until=min(until, self.judge.spent + work.each))
            found = replan(self.arrays, self.judge, self.lessons, group, self.day, choice, cancel=self.cancel)
            if around is not None:
                self._size = min(MOST, self._size * 1.1) if found.proven else max(FEWEST, self._size * 0.8)
            if found.day is not None and costs.of(found.day, group) < costs.of(self.day, group):
                self.enter(found)
                gained, patience = gained + 1, work.patience
                tried -= {int(s) for s in group} - {site}
        return gained

    def _around(self, site: int, rng: np.random.Generator) -> IntArray:
        """Return the site and others that share a unit with what it wants, first those that could meet its days."""
        case, arrays = self.case, self.arrays
        size = int(self._size)
        everyone = np.ones(len(case.sites), dtype=np.bool_)
        if len(case.sites) <= size:
            return np.arange(len(case.sites), dtype=np.int64)
        here = np.array(case.tasks_at(site))
        out = here[self.day[here] == LEFT_OUT]
        task = int(rng.choice(out if out.size else here))
        near = (arrays.allowed & arrays.allowed[task]).any(axis=1)
        row = int(case.unit_of[task])
        return gathered(arrays, np.array([site], dtype=np.int64), row, near, size, everyone, rng)

    def enter(self, found: Replanned) -> None:
        """Take over a plan whose changed days can be walked."""
        assert found.day is not None
        self.day = found.day
        for d, answer in sorted(found.answers.items()):
            self._enter(d, answer)

    def _enter(self, d: int, answer: DayAnswer) -> None:
        board, case = self.board, self.case
        assert answer.times is not None
        for visit, stays in [housed for (_, day), housed in board.visits.items() if day == d]:
            board.take_out(visit, stays)
        held = []
        for site, tasks in entries_on(case, self.day, d):
            visit = visit_at(case, site, d, tasks)
            held.append((visit, stays_of(case, [visit])))
        board.enter_day(held, crews_on(board.roster, [s for _, stays in held for s in stays], d), answer.times)
        if answer.sealed:
            board.times.pop(d, None)

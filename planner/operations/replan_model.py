"""The model of one round of replanning: sites that may change, and visits around them that stay or are dropped.

Only a part of the plan is modelled exactly: the sites that the event concerns, and those that leave something out. Each
other visit in a scarce unit and day is relaxed: it stays, or it is dropped at the cost of one change and needs no other
day. The relaxation is easier than the real problem, so its optimum is a bound. If no relaxed visit is dropped, the
optimum is itself a plan that is lawful by date and crew time, and optimal among these. Otherwise the sites of the
dropped visits are modelled exactly too, and the model is solved again. If that repeats, all sites of the units
concerned by the event are modelled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from ortools.sat.python import cp_model

from planner.checks.objective import left_out_weights
from planner.domain.case import BoolArray, IntArray, Strength
from planner.domain.errors import InputError
from planner.domain.plan import LATER, LEFT_OUT, Plan, loads_of
from planner.model import build_model
from planner.model.objective import level_expression
from planner.operations.book import Book
from planner.operations.events import Changed
from planner.solve.site.arrays import allowed_days
from planner.solve.walk.blocks import Block, forbid

LEVEL_WORK = 20.0
"""The most CP-SAT deterministic time that one level of one round takes."""
LAST_WORK = 2.0
"""What a level has where all has been used up: something lawful is found soon, since tasks can be left out."""
ROUND_WORK = 0.1
"""What making a round's model counts as."""
ENTRY_WORK = 0.04
"""The same for entries and disturbance, which are not proven at any price."""
WIDENED = 3
"""After so many rounds all relaxed sites of the units concerned become exact: a few each time would take for ever."""
CROWD_WORK = 0.2
"""What spreading visits over days has in a steered round."""
COMFORT = 0.7
"""A unit's day is easily walked where its people are at work for no more than this share of their time: the way between
towns and the break take some.
"""


@dataclass(frozen=True, slots=True)
class Steer:
    """What a round leaves alone of what could be tried, after rounds whose days could not all be walked.

    `closed` are (task, day) that are not tried; `kept` maps tasks to the days that said yes. With `easy`, nobody comes
    to a day on which their unit would be at work for longer than `COMFORT` says. None of it proves anything.
    """

    easy: bool = False

    closed: frozenset[tuple[int, int]] = frozenset()
    kept: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))


def changed_visits(changed: Changed, day: IntArray) -> tuple[tuple[int, int], ...]:
    """Return the published visits (site, day index) of which a task is not on its day in the plan `day` [T]."""
    gone = np.flatnonzero(changed.published & (changed.day >= 0) & (day != changed.day))
    return tuple(sorted({(int(changed.case.site_of[t]), int(changed.day[t])) for t in gone.tolist()}))


class Replanning:
    """The sites and days of one question, and how far they had to be widened to answer it.

    `work` is deterministic time of which `left` says what is left. `blocks` are what failed days taught: their sites
    are planned too, so bounds stay bounds beside them; beside a `steer` they do not.
    """

    def __init__(
        self,
        book: Book,
        changed: Changed,
        work: float,
        steer: Steer | None = None,
        blocks: Sequence[Block] = (),
    ) -> None:
        self.changed, self.case, self.left = changed, changed.case, work
        self.blocks = blocks
        self.rounds = 0
        self.values = 0, 0
        """What is left out (weighted) at the exact sites, and how many of their visits change, after `run`."""
        case, day = self.case, changed.day
        self.allowed = allowed_days(case)
        new_days = self.allowed.copy()
        new_days[:, : book.first_day] = False
        stays = np.flatnonzero((day >= 0) & ~changed.touched)
        at = np.flatnonzero(day >= 0)
        new_days[at, day[at]] = self.allowed[at, day[at]]
        new_days[stays, day[stays]] = True  # what stands and is not touched may stay, whatever made it lawful then
        self.frozen = (day >= 0) & ~changed.touched & ((day < book.first_day) | (case.columns.pinned > 0))
        overfull = self._in(loads_of(case, Plan(day)) > case.plan_capacity)  # somebody has to go, freeze or not
        self.frozen[overfull] &= case.columns.pinned[overfull] > 0
        frozen = np.flatnonzero(self.frozen)
        new_days[frozen] = False
        new_days[frozen, day[frozen]] = True
        self.days = new_days
        self.days[self._too_long()] = False
        if steer is not None:
            self._follow(steer)
        lost = (day == LEFT_OUT) & ~case.columns.follows_fire & self.days.any(axis=1)
        self.exact = {int(s) for s in np.unique(case.site_of[changed.touched]).tolist()}
        self.exact |= {int(case.site_of[t]) for t in overfull}
        self.exact |= {site for block in self.blocks for site, _ in block.entries}
        self.lost = {int(s) for s in np.unique(case.site_of[lost]).tolist()} - self.exact
        # An event that lifts no pin only takes days and crews away: what was least left out before bounds what is now.
        before = book.case.columns.pinned[book.day >= 0], case.columns.pinned[(day >= 0)]
        lifts_pins = int((before[0] > 0).sum()) > int((before[1] > 0).sum())
        self.least = None if lifts_pins else book.least_left_out

        self.most = case.plan_capacity
        """[R, D] crew quarter-hours that days are filled up to."""
        self.easy: IntArray = (COMFORT * case.plan_capacity).astype(np.int64)
        """The same of days that are easily walked."""
        self.steered = steer is not None
        if steer is not None and steer.easy:
            stands = day.copy()
            stands[list(steer.kept)] = list(steer.kept.values())
            self.most = np.minimum(case.plan_capacity, np.maximum(self.easy, loads_of(case, Plan(stands))))

    def _follow(self, steer: Steer) -> None:
        """Take the days away that `steer` does not want tried."""
        for t, d in steer.closed:
            self.days[t, d] = False
        kept, at = list(steer.kept), list(steer.kept.values())
        self.days[kept] = False
        self.days[kept, at] = True

    def _too_long(self) -> tuple[IntArray, IntArray]:
        """Return the (task, day) of tasks that stand where their unit has no crew for even them alone."""
        case, day = self.case, self.changed.day
        placed = np.flatnonzero((day >= 0) & (case.columns.pinned == 0))
        need = case.quarters[placed] + case.setup[case.unit_of[placed]]
        over = placed[need > case.plan_capacity[case.unit_of[placed], day[placed]]]
        return over, day[over]

    def _in(self, cells: BoolArray) -> list[int]:
        """Return the placed tasks that load one of `cells` [R, D]."""
        case, day = self.case, self.changed.day
        placed = np.flatnonzero(day >= 0)
        hit = cells[case.unit_of[placed], day[placed]]
        skilled = case.skill_row_of[placed] >= 0
        hit |= skilled & cells[np.maximum(case.skill_row_of[placed], 0), day[placed]]
        found: list[int] = placed[hit].tolist()
        return found

    def run(self, calm: bool = True) -> tuple[IntArray, bool, bool]:
        """Return the days [T], whether left-out and changes are proven least, and whether entries are.

        Without `calm`, days need not disturb little: they are not the last.
        """
        if self.lost:
            part, proven, day = self._least()
            if proven and self._cannot_be_less(day):
                return self._finished(part, day, True, calm)
            self.exact |= self.lost  # something left out elsewhere could count: these sites are asked too
        part, proven, day = self._least()
        return self._finished(part, day, proven, calm)

    def _least(self) -> tuple[Part, bool, IntArray]:
        """Return the last part asked, whether its answer is proven, and the days: nobody outside the exact moves."""
        while True:
            self.rounds += 1
            self.left -= ROUND_WORK
            used_up = self.left <= 0
            relaxed = set() if used_up else self._relaxed()
            part = Part(self, relaxed)
            proven, day = part.least_changes()
            proven = proven and not used_up
            moved = {int(self.case.site_of[t]) for t in np.flatnonzero(day != self.changed.day).tolist()} & relaxed
            if not moved:
                return part, proven, day
            if self.rounds == WIDENED:
                moved |= self._of_units_concerned() & relaxed
            self.exact |= moved
            self.lost -= moved

    def _of_units_concerned(self) -> set[int]:
        """Return the sites of the units whose tasks the event took from their days."""
        units = np.unique(self.case.unit_of[self.changed.touched])
        return {int(s) for s in np.unique(self.case.site_of[np.isin(self.case.unit_of, units)]).tolist()}

    def _cannot_be_less(self, day: IntArray) -> bool:
        """Return whether no more is left out than ever had to be, and only visits change that cannot stay."""
        left_out = left_out_weights(self.case, Plan(day))
        told = np.flatnonzero(self.changed.published & (self.changed.day >= 0))
        barred = told[~self.days[told, self.changed.day[told]]]
        forced = {(int(self.case.site_of[t]), int(self.changed.day[t])) for t in barred.tolist()}
        return left_out == self.least and len(changed_visits(self.changed, day)) == len(forced)

    def _finished(self, part: Part, day: IntArray, proven: bool, calm: bool) -> tuple[IntArray, bool, bool]:
        """Return days of fewest entries, then, if `calm`, least disturbance, at the exact sites, no worse before."""
        self.values = part.values
        day, entries_proven = Part(self, set()).fewest_entries(day, *part.values, calm)
        return day, proven, entries_proven

    def as_good(self, exact: Iterable[int], values: tuple[int, int], day: IntArray) -> IntArray | None:
        """Return days [T] on which the `exact` sites come to `values` and nobody else moves, None where none are found
        at once. `day` [T] is where the search begins.
        """
        self.exact, self.values = set(exact), values
        self.rounds += 1
        self.left -= ROUND_WORK
        return Part(self, set()).spread(day, *values)

    def _relaxed(self) -> set[int]:
        """Return the other sites with a visit in a cell that the exact ones could fill beyond what is free."""
        case = self.case
        inside = np.isin(case.site_of, sorted(self.exact))
        load = loads_of(case, Plan(np.where(inside, LEFT_OUT, self.changed.day)))
        wanted = np.zeros_like(load)
        tasks = np.flatnonzero(inside)
        need = (case.quarters + case.setup[case.unit_of])[tasks][:, None] * self.days[tasks]
        np.add.at(wanted, case.unit_of[tasks], need)
        skilled = case.skill_row_of[tasks] >= 0
        np.add.at(wanted, case.skill_row_of[tasks[skilled]], need[skilled])
        scarce = load + wanted > case.plan_capacity
        return {int(case.site_of[t]) for t in self._in(scarce)} - self.exact


class Part:
    """The model of one round: `exact` sites in full, `relaxed` ones staying or going."""

    def __init__(self, whole: Replanning, relaxed: set[int]) -> None:
        case, changed = whole.case, whole.changed
        self.whole, self.relaxed = whole, relaxed
        inside = np.isin(case.site_of, sorted(whole.exact | relaxed))
        rest = loads_of(case, Plan(np.where(inside, LEFT_OUT, changed.day)))
        days = whole.days.copy()
        bound = np.isin(case.site_of, sorted(relaxed))
        days[bound] = False
        stands = np.flatnonzero(bound & (changed.day >= 0))
        days[stands, changed.day[stands]] = True
        limit = np.maximum(whole.most - rest, 0)
        self.rest = rest
        self.values = 0, 0
        """What is left out (weighted) and how many visits change, once they are least."""
        self.used = 0.0
        """Deterministic time of the last level."""
        self.model = build_model(case, whole.exact | relaxed, limit, days)
        for block in whole.blocks:
            forbid(self.model, block, changed.day)
        self._changes, self._goes = self._visits()

    def _visits(self) -> tuple[list[cp_model.LinearExprT], list[cp_model.LinearExprT]]:
        """Return a term for each published visit, 1 if it changes, and for all that can go at relaxed sites.

        A relaxed visit that changes goes as a whole, so that whoever stays needs no company that went.
        """
        m, changed = self.model, self.whole.changed
        visits: dict[tuple[int, int], list[int]] = defaultdict(list)
        for t in m.tasks:
            if changed.day[t] >= 0:
                visits[int(m.case.site_of[t]), int(changed.day[t])].append(t)
        changes: list[cp_model.LinearExprT] = []
        goes: list[cp_model.LinearExprT] = []
        for (site, d), tasks in sorted(visits.items()):
            told = [t for t in tasks if changed.published[t]]
            for t in tasks:
                if self.whole.frozen[t]:
                    m.cp.add(m.on[t, d] == 1)
            if told:
                gone = m.cp.new_bool_var(f"gone_{site}_{d}")
                changes.append(gone)
                for t in told:
                    m.cp.add_bool_or([gone, m.on[t, d]] if (t, d) in m.on else [gone])
            if site in self.relaxed:
                if told:
                    goes.append(gone)
                    for t in tasks:
                        m.cp.add_implication(gone, ~m.on[t, d])
                goes.extend(1 - m.on[t, d] for t in tasks if t not in told)
        for t in m.tasks:
            if int(m.case.site_of[t]) in self.relaxed and changed.day[t] < 0:
                m.cp.add((m.later if changed.day[t] == LATER else m.out)[t] == 1)
        return changes, goes

    def _lost(self) -> cp_model.LinearExpr:
        """Return what is left out at the exact sites, by strength, in one sum in which each outweighs the next."""
        m = self.model
        exact = [t for t in m.tasks if int(m.case.site_of[t]) in self.whole.exact]
        weight, terms = 1, []
        for strength in reversed(Strength):
            own = [t for t in exact if m.case.tasks[t].strength == strength and not m.case.tasks[t].follows_fire]
            priority = [m.case.tasks[t].priority for t in own]
            terms.append(cp_model.LinearExpr.weighted_sum([m.out[t] for t in own], [weight * p for p in priority]))
            weight *= sum(priority) + 1
        return cp_model.LinearExpr.sum(terms)

    def least_changes(self) -> tuple[bool, IntArray]:
        """Return whether it is proven, and days [T] of least left out, fewest changes, fewest relaxed moves."""
        m, day = self.model, self.whole.changed.day
        lost = self._lost()
        first, left, day = self._prove(lost, day)
        assert left is not None
        m.cp.add(lost <= left)
        weights = [len(self._goes) + 1] * len(self._changes) + [1] * len(self._goes)
        both = cp_model.LinearExpr.weighted_sum([*self._changes, *self._goes], weights)
        second, _, day = self._prove(both, day)
        self.values = left, len([v for v in changed_visits(self.whole.changed, day) if v[0] in self.whole.exact])
        return first and second, day

    def fewest_entries(self, day: IntArray, left: int, changes: int, calm: bool) -> tuple[IntArray, bool]:
        """Return days [T] of fewest entries, and if that is proven; where `calm`, then of little disturbance. `left`
        and `changes` are the values of the levels before.
        """
        proven, _, day = self._fewest(day, left, changes)
        if self.whole.steered:
            return self._minimise(self._crowding(), day, CROWD_WORK, lawful=True)[2], proven
        if not calm:
            return day, proven
        return self._minimise(level_expression(self.model, "disturbance"), day, ENTRY_WORK, lawful=True)[2], proven

    def spread(self, day: IntArray, left: int, changes: int) -> IntArray | None:
        """Return days [T] of few entries that are easily walked, no worse than `left` and `changes`; None where none
        are found soon. `day` [T] is where the search begins, lawful or not.
        """
        _, fewest, day = self._fewest(day, left, changes)
        return None if fewest is None else self._minimise(self._crowding(), day, CROWD_WORK, lawful=True)[2]

    def _fewest(self, day: IntArray, left: int, changes: int) -> tuple[bool, int | None, IntArray]:
        """Do `_minimise` with entries, which are no more from then on."""
        m = self.model
        m.cp.add(self._lost() <= left)
        m.cp.add(cp_model.LinearExpr.sum(self._changes) <= changes)
        entries = level_expression(m, "entries")
        proven, fewest, day = self._minimise(entries, day, ENTRY_WORK, lawful=True)
        if fewest is not None:
            m.cp.add(entries <= fewest)
        return proven, fewest, day

    def _crowding(self) -> cp_model.LinearExprT:
        """Return the crew quarter-hours by which units' days with tasks of this model come to more than is easy."""
        m, case, easy = self.model, self.whole.case, self.whole.easy
        terms: dict[tuple[int, int], tuple[list[cp_model.LinearExprT], list[int]]] = defaultdict(lambda: ([], []))
        for (t, d), literal in m.on.items():
            row = int(case.unit_of[t])
            terms[row, d][0].append(literal)
            terms[row, d][1].append(int(case.quarters[t] + case.setup[row]))
        beyond: list[cp_model.LinearExprT] = []
        for (row, d), (literals, needs) in sorted(terms.items()):
            free = max(0, int(easy[row, d] - self.rest[row, d]))
            if sum(needs) > free:
                over = m.cp.new_int_var(0, sum(needs) - free, "")
                m.cp.add(over >= cp_model.LinearExpr.weighted_sum(literals, needs) - free)
                beyond.append(over)
        return cp_model.LinearExpr.sum(beyond)

    def _prove(self, goal: cp_model.LinearExprT, day: IntArray) -> tuple[bool, int | None, IntArray]:
        """Do `_minimise` with what is left of the work, and take it off."""
        most = min(self.whole.left, LEVEL_WORK) if self.whole.left > 0 else LAST_WORK
        found = self._minimise(goal, day, most)
        self.whole.left -= self.used
        return found

    def _minimise(
        self, goal: cp_model.LinearExprT, day: IntArray, work: float, lawful: bool = False
    ) -> tuple[bool, int | None, IntArray]:
        """Return whether the least is proven, the value found and days [T].

        Where the work ends before anything is found, days that are `lawful` are given back, with no value. Raises
        InputError where nothing is lawful, or nothing was found.
        """
        m = self.model
        m.cp.clear_hints()  # type: ignore[no-untyped-call]
        m.hint(day)
        m.cp.minimize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.max_deterministic_time = work
        solver.parameters.num_workers = 1
        if self.whole.rounds > 1:  # with crews as linear rows hard rounds are proven at once; easy ones take longer
            solver.parameters.linearization_level = 2
        solver.parameters.catch_sigint_signal = False
        status = solver.solve(m.cp)
        self.used = solver.response_proto.deterministic_time
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return status == cp_model.OPTIMAL, round(solver.objective_value), m.plan_days(solver, day)
        if lawful:
            return False, None, day
        if status == cp_model.UNKNOWN:
            raise InputError("在限定的计算量内没有找到新安排：请分成几次调整 / nothing found within the work allowed")
        raise InputError(
            "已锁定的安排与人员或规则冲突，无法调整：请先解除相关锁定 / what is pinned contradicts the law or the crews"
        )

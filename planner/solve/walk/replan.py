"""Plans some sites again, exactly, judged by starts and people (logic-based Benders decomposition; Hooker and Ottosson,
Mathematical Programming 96, 2003).

CP-SAT gives the sites the best days by the rules of the match, and each changed day is tested for start times and
people. A day that fails returns the stays that exclude each other, and the sites choose again without that combination.
Among equally good choices the one that moves least is taken, so that few days are tested. The first plan of which all
days pass is optimal, unless a test was undecided on the way. For a whole case this proves the real problem: days,
starts and people together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np

from planner.domain.case import IntArray
from planner.domain.plan import Plan, loads_of
from planner.model.variables import MatchModel
from planner.solve.exact.cpsat import Cancel, combined_model, plan_of
from planner.solve.site.arrays import SiteArrays
from planner.solve.walk.blocks import Block, Ceiling, entries_on, forbid, keep_below
from planner.solve.walk.day_test import Answer, DayAnswer, Judge


@dataclass(frozen=True, slots=True)
class ReplanWork:
    """CP-SAT deterministic time of one choice of days, and how often the sites choose at most. `until`: no round
    begins, and no day is asked about, once the judge has spent so much.
    """

    choice: float = 0.5
    rounds: int = 40
    until: float = inf


@dataclass(frozen=True, eq=False)
class Replanned:
    """`day` [T] with the sites' new days, None where no walkable plan was found. `answers` are those of its changed
    days. `proven`: no walkable plan of these sites is better while all others stay. `bound` holds for the levels down
    to entries in turn, for these sites alone, whatever `proven` says.
    """

    day: IntArray | None
    answers: dict[int, DayAnswer] = field(default_factory=dict)
    proven: bool = False
    bound: tuple[int, ...] = ()


@dataclass(eq=False)
class Lessons:
    """What failed days have taught so far; it holds for the case, so every later question starts from it."""

    blocks: list[Block] = field(default_factory=list)
    ceilings: list[Ceiling] = field(default_factory=list)

    def take(self, answer: DayAnswer) -> None:
        """Keep what a NO or an UNKNOWN says."""
        if answer.block is not None and answer.block.proven:
            self.blocks.append(answer.block)
        if answer.ceiling is not None and answer.ceiling not in self.ceilings:
            self.ceilings.append(answer.ceiling)


def replan(
    arrays: SiteArrays,
    judge: Judge,
    lessons: Lessons,
    sites: IntArray,
    day: IntArray,
    work: ReplanWork,
    suspect: Iterable[int] = (),
    cancel: Cancel | None = None,
) -> Replanned:
    """Plan `sites` anew in what the others leave, all other sites as in `day` [T].

    Days whose visits do not change are taken to be walkable but for those of `suspect`. The result is not worse than
    `day` if `day` itself can be walked. Deterministic for the same arguments.
    """
    case = arrays.case
    everyone = np.isin(case.site_of, sites)
    others = loads_of(case, Plan(np.where(everyone, -1, day)))
    limit = np.maximum(case.capacity - others, 0)
    model, weights = combined_model(arrays, sites, limit, day, near=True)
    for block in lessons.blocks:
        forbid(model, block, day)
    for ceiling in lessons.ceilings:
        _keep_below(model, ceiling, judge, day)
    before = {d: entries_on(case, day, d) for d in range(case.n_days)}
    sure, bound, doubtful = True, 0, set(suspect)
    for _ in range(work.rounds):
        if judge.spent > work.until:
            break
        found = plan_of(model, day, work.choice, judge.seed, cancel, linear=True)
        judge.spent += found.work
        if sure:
            bound = max(bound, found.bound)
        if found.day is None:
            return Replanned(None, proven=sure and found.infeasible, bound=_levels(bound, weights))
        answers: dict[int, DayAnswer] = {}
        asked = [d for d in range(case.n_days) if entries_on(case, found.day, d) != before[d] or d in doubtful]
        for d in asked:
            if judge.spent <= work.until:
                answers[d] = judge.ask(d, entries_on(case, found.day, d))
        failed = [answer for answer in answers.values() if answer.answer is not Answer.YES]
        if not failed and len(answers) == len(asked):
            return Replanned(found.day, answers, sure and found.proven, _levels(bound, weights))
        for answer in failed:
            lessons.take(answer)
            sure = sure and answer.answer is Answer.NO
            if answer.block is not None:
                forbid(model, answer.block, day)
            if answer.ceiling is not None:
                _keep_below(model, answer.ceiling, judge, day)
        if cancel and cancel():
            break
    return Replanned(None, bound=_levels(bound, weights))


def _levels(bound: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Return what a bound of the weighed sum says of each level: the first in full, the next where that is met."""
    found = []
    for weight in weights:
        found.append(bound // weight)
        bound -= found[-1] * weight
    return tuple(found)


def _keep_below(model: MatchModel, ceiling: Ceiling, judge: Judge, day: IntArray) -> None:
    for d in ceiling.days:
        keep_below(model, ceiling, d, judge.reached(ceiling, d), day)

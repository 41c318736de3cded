"""A hand-made month made lawful: as little left out as can be where it is touched, then fewest visits changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case, IntArray
from planner.domain.errors import InputError
from planner.domain.plan import Plan
from planner.domain.result import DECISIVE_LEVELS
from planner.operations.book import Book
from planner.operations.events import Changed
from planner.operations.replan_model import Replanning, changed_visits
from planner.solve.repair.search import repair, touched_sites
from planner.solve.site.arrays import site_arrays

WORK = 60.0
"""CP-SAT deterministic time to find and prove the fewest changes."""
ANY_GAP = (1 << 40,) * len(DECISIVE_LEVELS)
"""The search may stop at the first lawful plan: the month is to be made lawful, not to be made anew."""


@dataclass(frozen=True, eq=False)
class Lawful:
    """Lawful days [T] near those made by hand.

    `least` is the fewest visits that have to change, None where that is not proven: no lawful plan that leaves out no
    more changes fewer, unless it does elsewhere what no row asks for.
    """

    day: IntArray
    least: int | None


def made_lawful(case: Case, day: IntArray, seed: int) -> Lawful | None:
    """Return lawful days near `day` [T], by dates, company and crews' hours; None where none were found."""
    if not check_plan(case, Plan(day)):
        return Lawful(day.copy(), 0)
    sites = touched_sites(site_arrays(case), day)
    touched = np.isin(case.site_of, sites)
    changed = Changed(case, day, day >= 0, touched)
    try:
        model = Replanning(Book(case, Plan(day)), changed, WORK)
        model.lost = set()  # what nobody wrote down elsewhere is not asked for here
        found, proven, _ = model.run()
        if not check_plan(case, Plan(found)):
            return Lawful(found, changes(case, day, found) if proven else None)
    except InputError:
        pass  # the model gave up within its work, or a fixed date wants what is beyond the sites asked: search instead
    other = repair(case, day, seed=seed, slack=ANY_GAP)
    return None if other.plan is None else Lawful(other.plan.day, None)


def changes(case: Case, before: IntArray, after: IntArray) -> int:
    """Return how many visits of `before` [T] do not stand in `after` [T]: a task of theirs is not there."""
    return len(changed_visits(Changed(case, before, before >= 0, before >= 0), after))

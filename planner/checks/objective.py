"""The objective, recomputed from case and plan alone."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from planner.domain.case import Case, Strength
from planner.domain.plan import LATER, LEFT_OUT, Objective, Plan, loads_of
from planner.law.entries import entries_of
from planner.law.later import entangled, held_at, later_entries_of
from planner.rulebook.registry import Role, implements


@implements("objective.left-out", Role.OBJECTIVE)
def left_out_weights(case: Case, plan: Plan) -> tuple[int, int, int]:
    """Return the priorities of left-out tasks, summed by strength (mandatory, accepted, optional).

    A task that follows fire's visit counts nothing: where it does not ride along it is recognised (A03-3.1c).
    """
    columns = case.columns
    out = (plan.day == LEFT_OUT) & ~columns.follows_fire
    sums = [int(columns.priority[out & (columns.strength == strength)].sum()) for strength in Strength]
    return sums[0], sums[1], sums[2]


@implements("objective.entries", Role.OBJECTIVE)
def entry_counts(case: Case, plan: Plan) -> tuple[int, int]:
    """Return entries in the month (distinct site and date) and later entries of the waiting tasks."""
    waiting: dict[int, list[int]] = defaultdict(list)
    for task in np.flatnonzero(plan.day == LATER).tolist():
        waiting[int(case.site_of[task])].append(task)
    return len(entries_of(case, plan).site), sum(_later(case, plan, site, own) for site, own in waiting.items())


def _later(case: Case, plan: Plan, site: int, waiting: list[int]) -> int:
    """Return the later entries of a site's `waiting` tasks; one for each where no lawful dates serve them."""
    held = held_at(case, plan.day, site) if site in entangled(case) else None
    found = later_entries_of(case, waiting, held)
    return len(waiting) if found is None else found


@implements("objective.fire-alone", Role.OBJECTIVE)
def fire_alone(case: Case, plan: Plan) -> int:
    """Return how often fire comes without another body: its visits of one parent, and sites where a check of it waits.

    Who only follows fire (A03-3.1c) is no company: that check is recognised without coming. Who will come along with
    what waits is not known; a plan does not gain by putting fire off.
    """
    fire = case.columns.fire
    entries = entries_of(case, plan)
    own = ~case.columns.follows_fire[entries.task]
    n = len(case.units) + 1
    bodies = np.unique(entries.entry[own] * n + case.parent_of[entries.task[own]]) // n
    alone = entries.any(fire) & (np.bincount(bodies, minlength=len(entries.site)) == 1)
    return int(alone.sum()) + len(np.unique(case.site_of[fire & (plan.day == LATER)]))


@implements("objective.disturbance", Role.OBJECTIVE)
def disturbances(case: Case, plan: Plan) -> tuple[int, int]:
    """Return total disturbance and the worst-off site's: (preparation + length) × sensitivity, in quarter-hours."""
    entries = entries_of(case, plan)
    weight = case.sensitivity[entries.site, entries.day]
    by_site = np.zeros(len(case.sites), dtype=np.int64)
    np.add.at(by_site, entries.site, (case.prep_quarters + entries.lengths(case)) * weight)
    return int(by_site.sum()), int(by_site.max(initial=0))


@implements("objective.level-load", Role.OBJECTIVE)
def crowding(case: Case, plan: Plan) -> int:
    """Return how unevenly the units' days are filled: the sum of load × fullness, in hundredths of a quarter-hour.

    Each unit's share is least where all its days are equally full.
    """
    units = len(case.units)
    load = loads_of(case, plan)[:units]
    return int((100 * load * load // np.maximum(case.plan_capacity[:units], 1)).sum())


def crowding_bound(case: Case, plan: Plan) -> int:
    """Return the least crowding of any plan that gives every unit the same load in the month (Cauchy and Schwarz)."""
    units = len(case.units)
    total = loads_of(case, plan)[:units].sum(axis=1)
    room = np.maximum(case.plan_capacity[:units].sum(axis=1), 1)
    # Each of the D terms of a unit may have lost up to one hundredth to rounding down.
    return int(np.maximum(100 * total * total // room - case.n_days, 0).sum())


def objective_of(case: Case, plan: Plan) -> Objective:
    """Return the plan's objective, level by level."""
    entries, later = entry_counts(case, plan)
    disturbance, worst = disturbances(case, plan)
    return Objective(left_out_weights(case, plan), entries, later, fire_alone(case, plan), disturbance, worst)

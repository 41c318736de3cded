"""What several schemes all do in the month: the tasks on which their entries are compared, and the case of them alone.

Entries of two schemes are only comparable on the same tasks. A proven limit on these tasks is one of a case that has no
others: the whole case's limit says nothing about a part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from planner.domain.case import NONE, BoolArray, Case, IntArray
from planner.domain.slicing import part_of


def common_tasks(case: Case, days: Iterable[IntArray]) -> BoolArray:
    """Return [T] the tasks that have a day of the month in each of `days` [T], company complete.

    A joint group stays whole or goes, a task that follows fire's visit stays with all of fire's tasks at its site: so
    a lawful plan of the case keeps the law when it is cut down to these tasks.
    """
    chosen = np.ones(case.n_tasks, dtype=np.bool_)
    for day in days:
        chosen &= day >= 0
    return with_company_complete(case, chosen)


def with_company_complete(case: Case, chosen: BoolArray) -> BoolArray:
    """Return [T] those of the `chosen` tasks [T] that remain once nobody lacks the company that the law asks for.

    A joint group stays whole or goes, a task that follows fire's visit stays with all of fire's tasks at its site.
    """
    fire, follows, joint = case.columns.fire, case.columns.follows_fire, case.joint_of
    with_fire = np.bincount(case.site_of[fire], minlength=len(case.sites)) > 0
    while True:
        torn = np.zeros(int(joint.max(initial=NONE)) + 1, dtype=np.bool_)
        torn[joint[~chosen & (joint != NONE)]] = True
        led = with_fire.copy()
        led[case.site_of[fire & ~chosen]] = False
        goes = chosen & ((follows & ~led[case.site_of]) | ((joint != NONE) & torn[joint] if torn.size else False))
        if not goes.any():
            return chosen
        chosen = chosen & ~goes


def case_of_common(case: Case, chosen: BoolArray) -> Case:
    """Return the case with the `chosen` tasks [T] alone, all of them to be done in the month."""
    index = np.flatnonzero(chosen)
    sites, site_of = np.unique(case.site_of[index], return_inverse=True)
    never = np.zeros(len(index), dtype=np.int64)
    return part_of(
        case,
        index,
        sites,
        site_of.astype(np.int64),
        tasks=tuple(replace(case.tasks[t], waits_until=None) for t in index.tolist()),
        later_from=never,
        later_to=never,
    )


def entries_met(case: Case, day: IntArray, counted: BoolArray, by_agency: bool) -> int:
    """Return the distinct (site, date) of the `counted` tasks [T] that have one, `by_agency` per parent agency."""
    index = np.flatnonzero(counted & (day >= 0))
    agency = case.parent_of[index] if by_agency else np.zeros(len(index), dtype=np.int64)
    return len(np.unique(np.stack([agency, case.site_of[index], day[index]]), axis=1).T)


def joint_visits_met(case: Case, day: IntArray, counted: BoolArray, filed: bool) -> int:
    """Return the (site, date) at which several parent agencies meet with `counted` tasks [T].

    With `filed` only those count whose agencies meet in one joint group: others that come that day are there by chance.
    """
    index = np.flatnonzero(counted & (day >= 0) & ((case.joint_of != NONE) | (not filed)))
    group = case.joint_of[index] if filed else np.zeros(len(index), dtype=np.int64)
    met = np.unique(np.stack([case.site_of[index], day[index], group, case.parent_of[index]]), axis=1)[:3]
    places, agencies = np.unique(met, axis=1, return_counts=True)
    return len(np.unique(places[:2, agencies > 1], axis=1).T)

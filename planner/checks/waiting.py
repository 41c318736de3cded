"""Which tasks of one domain at a site cannot both wait: no lawful dates after the month serve the two."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import combinations

import numpy as np

from planner.checks.objective import comes_alone
from planner.domain.calendar import months_after
from planner.domain.case import BoolArray, Case


def rivals(case: Case, waiting: BoolArray) -> list[tuple[int, int]]:
    """Return the pairs of `waiting` tasks [T] that may not share a later visit, while gap or cap allow no two.

    Each may wait without the other. Windows are taken whole, so that no pair is named that has lawful dates.
    """
    groups: dict[int, list[int]] = defaultdict(list)
    for t in np.flatnonzero(waiting & (case.later_to > 0) & (case.group_of >= 0)).tolist():
        groups[int(case.group_of[t])].append(t)
    pairs = (pair for _, tasks in sorted(groups.items()) for pair in combinations(tasks, 2))
    return [(t, u) for t, u in pairs if not (_together(case, t, u) or _apart(case, t, u) or _apart(case, u, t))]


def rival_bits(case: Case, size: int) -> list[int]:
    """Return [T], as bits within each site's first `size` tasks, with whom a task cannot wait."""
    bits = [0] * case.n_tasks
    for t, u in rivals(case, np.ones(case.n_tasks, dtype=np.bool_)):
        first = int(case.start[case.site_of[t]])
        for one, other in ((t, u), (u, t)):
            if other - first < size:
                bits[one] |= 1 << (other - first)
    return bits


def _together(case: Case, one: int, other: int) -> bool:
    """Return whether both may be of one later visit, each with those it is filed with."""
    if max(case.later_from[one], case.later_from[other]) > min(case.later_to[one], case.later_to[other]):
        return False
    filed = {int(case.joint_of[one]), int(case.joint_of[other])} - {-1}
    partners = (t for t in case.tasks_at(int(case.site_of[one])) if case.joint_of[t] in filed)
    company = {one, other, *partners}
    return len({int(case.parent_of[t]) for t in company}) == 1 or not any(comes_alone(case, t) for t in company)


def _apart(case: Case, first: int, second: int) -> bool:
    """Return whether gap and cap leave a date for `first` and a later one for `second`."""
    begin, end = date.fromordinal(int(case.later_from[first])), date.fromordinal(int(case.later_to[second]))
    rule = case.groups[case.group_of[first]]
    if begin >= end or months_after(begin, rule.gap_months) > end:
        return False
    if case.tasks[first].needed or case.tasks[second].needed:
        return True
    quotas = rule.quota_on(begin, case.period), rule.quota_on(end, case.period)
    return max(quotas) > 1 or (begin.year < end.year and min(quotas) > 0)

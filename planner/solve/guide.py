"""A guide for units whose days the match overfills: what such stays can fill of a day, on average.

A guide steers one more match away from days that cannot be walked. It decides nothing: no bound, no status and no
refusal rests on it, and what it keeps free is offered again to every task that is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from planner.domain.case import Case, IntArray
from planner.domain.plan import Plan, loads_of
from planner.domain.roster import HALF_QUARTERS, Roster

PACKED_STAYS = 100


def walkable_percent(stays: Iterable[int], travel: int) -> int:
    """Return the share of crew time that can be filled with `stays` (quarter-hours each), in percent.

    A stay that fits into a half-day of twelve quarters is not cut by the break: two stays of seven do not share a half,
    however much time is left. Packed first-fit decreasing (Johnson 1974) into half-days, each stay with half the way to
    another town, `travel` quarters.
    """
    given = list(stays)
    left: list[int] = []
    worked = 0
    # A few stays are asked for often enough that the half-day left open at the end does not matter.
    for stay in sorted(given * -(-PACKED_STAYS // max(len(given), 1)), reverse=True):
        worked += stay
        size = stay + travel // 2
        for n, room in enumerate(left):
            if size <= room:
                left[n] -= size
                break
        else:
            halves = 1 if stay <= HALF_QUARTERS else 2
            left.append(halves * HALF_QUARTERS + travel // 2 - size)
            left += [0] * (halves - 1)
    return 100 * worked // (len(left) * HALF_QUARTERS) if left else 100


def guide_for(case: Case, roster: Roster, units: Iterable[int]) -> IntArray:
    """Return [R, D] what plans may load in a guided match: less than what exists for `units` and their skills alone.

    No unit is guided below its longest stay, nor below what is pinned.
    """
    stays: dict[int, dict[int, int]] = defaultdict(dict)
    for t in range(case.n_tasks):
        for row in {int(case.unit_of[t]), int(case.skill_row_of[t])} - {-1}:
            before = stays[row].get(int(case.site_of[t]), int(case.setup[case.unit_of[t]]))
            stays[row][int(case.site_of[t])] = before + int(case.quarters[t])
    pinned = np.array([t.pinned is not None for t in case.tasks], dtype=np.bool_) & (case.window_lo <= case.window_hi)
    floor = loads_of(case, Plan(np.where(pinned, case.window_lo, -1)))
    guide, chosen = case.capacity.copy(), {case.units[u].id for u in units}
    town_teams = {unit.id for unit in case.units if unit.level == "town"}
    for row, info in enumerate(case.rows):
        if info.unit in chosen and stays[row]:
            travel = 0 if info.unit in town_teams else roster.travel_quarters
            share = walkable_percent(stays[row].values(), travel)
            least = np.maximum(floor[row], min(max(stays[row].values()), 2 * HALF_QUARTERS))
            guide[row] = np.minimum(case.capacity[row], np.maximum(case.capacity[row] * share // 100, least))
    return guide

"""People for cases that know crews only as hours: as many as it takes to walk what the hours hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from planner.domain.case import DAY_QUARTERS, Case
from planner.domain.roster import HALF_QUARTERS, Inspector, Roster

PER_CREW = 2
TRAVEL_QUARTERS = 2
PACKED_STAYS = 100


def roster_of(case: Case) -> Roster:
    """Return a roster for a case whose capacity was made up by the hour.

    The hours are what plans may load. A crew's day cannot be filled with stays to the last quarter: two stays of seven
    do not share a half-day of twelve, and ways take time. So a unit has as many crews, rounded up, as its hours ask for
    at the share that its own stays can fill (`walkable_percent`), each
    stay with the whole way to the next, as sites of real records lie in a town each. Nobody is away or recused, there
    are no quiet hours, and everybody has every skill.
    """
    stays: dict[int, dict[int, int]] = defaultdict(dict)
    for t, (site, unit) in enumerate(zip(case.site_of.tolist(), case.unit_of.tolist(), strict=True)):
        before = stays[unit].get(site, int(case.setup[unit]))
        stays[unit][site] = min(DAY_QUARTERS, before + int(case.quarters[t]))
    skills = tuple(sorted({task.skill for task in case.tasks if task.skill}))
    inspectors, unit_of, present = [], [], []
    for u, unit in enumerate(case.units):
        percent = walkable_percent(stays[u].values(), 2 * TRAVEL_QUARTERS)
        # Half-days of a whole crew; the first half-day of a day has the odd one.
        halves = -(-100 * case.capacity[u] // (percent * HALF_QUARTERS))
        crews = np.stack([-(-halves // 2), halves // 2], axis=1)
        for n in range(PER_CREW * int(crews.max(initial=0))):
            inspectors.append(Inspector(f"{unit.id}-{n:04d}", "", unit.id, skills))
            unit_of.append(u)
            present.append(crews > n // PER_CREW)
    return Roster(
        inspectors=tuple(inspectors),
        unit_of=np.array(unit_of, dtype=np.int64),
        present=np.array(present, dtype=np.bool_).reshape(len(inspectors), case.n_days, 2),
        recused=frozenset(),
        per_crew=np.full(len(case.units), PER_CREW, dtype=np.int64),
        quiet=np.zeros((len(case.sites), DAY_QUARTERS), dtype=np.int64),
        minds_quiet=np.zeros(case.n_tasks, dtype=np.bool_),
        business=np.zeros((len(case.sites), DAY_QUARTERS), dtype=np.bool_),
        outside_hours=np.array([task.outside_hours for task in case.tasks], dtype=np.bool_),
        balanced=np.array([not task.drawn for task in case.tasks], dtype=np.bool_),
        travel_quarters=TRAVEL_QUARTERS,
    )


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

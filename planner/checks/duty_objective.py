"""What starts and teams are worth, level by level, recomputed without a solver; and what no workload can go below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.domain.case import Case
from planner.domain.duty import NO_START, Duty, stays_of
from planner.domain.plan import Visit
from planner.domain.roster import Roster
from planner.rulebook.registry import Role, implements


@dataclass(frozen=True, slots=True)
class DutyObjective:
    """The levels `DAY_LEVELS` of a duty; smaller is better.

    `quiet_hours` is in the roster's cost of quarter-hours, `town_changes` a number, `workload` in quarter-hours.
    """

    quiet_hours: int
    town_changes: int
    workload: int

    def key(self) -> tuple[int, int, int]:
        """Return the lexicographic key of the levels, in the order of `DAY_LEVELS`."""
        return self.quiet_hours, self.town_changes, self.workload


def duty_objective(case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty) -> DutyObjective:
    """Return the objective of `duty`; visits without a start cost nothing on the first two levels."""
    return DutyObjective(
        quiet_hours(case, roster, visits, duty), town_changes(case, visits, duty), workload(case, roster, visits, duty)
    )


@implements("objective.quiet-hours", Role.OBJECTIVE)
def quiet_hours(case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty) -> int:
    """Return what the visits cost in quiet hours: only those that an annex asks to keep clear (A01-3.4.4b, A04-3.4.4).

    Each quarter-hour of the visit counts, from its start to the end of its longest stay.
    """
    return sum(
        int(roster.quiet[visit.site, max(start, 0) : start + visit.quarters].sum())
        for visit, start in zip(visits, duty.start.tolist(), strict=True)
        if start != NO_START and any(roster.minds_quiet[t] for t in visit.tasks)
    )


@implements("objective.travel", Role.OBJECTIVE)
def town_changes(case: Case, visits: Sequence[Visit], duty: Duty) -> int:
    """Return how often a crew goes from one stay to the next in another town, over the break too."""
    stops: dict[tuple[int, int, int], list[tuple[int, int, str]]] = defaultdict(list)
    starts = duty.start.tolist()
    for stay, crew in zip(stays_of(case, visits), duty.crew.tolist(), strict=True):
        if starts[stay.visit] != NO_START and crew >= 0:
            town = case.sites[stay.site].town
            stops[stay.unit, stay.day, crew].append((starts[stay.visit], stay.visit, town))
    return sum(one[2] != other[2] for walk in stops.values() for one, other in pairwise(sorted(walk)))


@implements("objective.workload", Role.OBJECTIVE)
def workload(case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty) -> int:
    """Return the sum over units of the largest load, in quarter-hours of the month, of one of its inspectors."""
    load = [0] * len(roster.inspectors)
    for stay, team in zip(stays_of(case, visits), duty.team, strict=True):
        for i in team:
            load[i] += stay.quarters
    return sum(max((load[i] for i in roster.of_unit(u)), default=0) for u in range(len(case.units)))


def workload_bound(case: Case, roster: Roster, visits: Sequence[Visit]) -> int:
    """Return a number that the workload of no lawful duty of these visits is below.

    Take any group of one unit's stays that share a day, a skill, both or neither. Each of them has at least `per_crew`
    inspectors who have the skill and are present on its day (rule `crew.enough`), and each of those is there for all
    of it. So the inspectors who have the skill and are present on one of the group's days bear together at least
    per_crew × the group's quarter-hours; divided by how many they are, that is their mean, and the most loaded of them
    bears no less, nor less than the mean rounded up, as loads are whole. Nor can anyone's month be less than one stay
    of it. The largest such number of a unit holds for the unit, and units share nobody, so the sum holds.

    A group whom nobody can serve proves that there is no lawful duty; it is passed over.
    """
    quarters: dict[tuple[int, int, str], int] = defaultdict(int)
    days: dict[tuple[int, int, str], set[int]] = defaultdict(set)
    longest = [0] * len(case.units)
    for stay in stays_of(case, visits):
        for day in (stay.day, NO_START):
            for skill in ("", *stay.skills):
                quarters[stay.unit, day, skill] += stay.quarters
                days[stay.unit, day, skill].add(stay.day)
        longest[stay.unit] = max(longest[stay.unit], stay.quarters)
    on_duty = roster.present[:, :, 0] | roster.present[:, :, 1]
    bound = list(longest)
    for (unit, day, skill), total in quarters.items():
        group = sorted(days[unit, day, skill])
        able = sum(
            (not skill or skill in roster.inspectors[i].skills) and bool(on_duty[i, group].any())
            for i in roster.of_unit(unit)
        )
        if able:
            bound[unit] = max(bound[unit], -(-int(roster.per_crew[unit]) * total // able))
    return sum(bound)

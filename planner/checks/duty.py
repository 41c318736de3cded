"""The specification of start times and teams: (case, roster, visits, duty) → violations. Knows no solver.

The first half-day is quarters 0 to 11, the second 12 to 23. A stay touches a half if some of it lies there; one that
runs across the break touches both. A visit without a start is reported once, by `visit.hours`; the other rules, which
speak of its time, pass it over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.domain.case import Case
from planner.domain.duty import Duty
from planner.domain.plan import Visit
from planner.domain.roster import Roster, touched_halves
from planner.law.register import RULES
from planner.law.rules.hours import WORKING_DAY
from planner.law.violation import Violation

if TYPE_CHECKING:
    from planner.rulebook.book import RulebookVersion

__all__ = ["check_duty", "touched_halves"]


def check_duty(
    case: Case,
    roster: Roster,
    visits: Sequence[Visit],
    duty: Duty,
    rulebook: RulebookVersion | None = None,
    without: str = "",
) -> tuple[Violation, ...]:
    """Return every violation of every rule of starts and teams, each with its clauses where a rulebook is given.

    `visits` are the plan's (`visits_of`). `without` leaves one rule out (for proving that each check matters). Of a
    duty of the wrong shape, or with people whom the roster has not, only that is reported.
    """
    problem = _unreadable(case, roster, visits, duty)
    if problem:
        found = [Violation(WORKING_DAY.id, (), problem)]
    else:
        asked = sorted((rule.id, rule.duty_check) for rule in RULES.values() if rule.duty_check and rule.id != without)
        found = [violation for _, run in asked for violation in run(case, roster, visits, duty)]
    if rulebook is not None:
        found = [replace(v, clauses=rulebook.clauses_for(v.rule, v.domain)) for v in found]
    return tuple(found)


def _unreadable(case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty) -> str:
    """Return why the other checks could not read `duty`, "" where they can."""
    n_stays, people = sum(len(v.units) for v in visits), len(roster.inspectors)
    if duty.start.shape != (len(visits),):
        return f"the duty has {duty.start.size} starts for {len(visits)} visits"
    if duty.crew.shape != (n_stays,) or len(duty.team) != n_stays:
        return f"the duty has {duty.crew.size} crews and {len(duty.team)} teams for {n_stays} stays"
    for team in duty.team:
        if list(team) != sorted(set(team)) or not all(0 <= i < people for i in team):
            return "a team names someone twice, out of order or unknown to the roster"
    return ""

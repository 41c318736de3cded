"""Why a task is left out: what stands against each day of its window, everything else staying as planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.checks import Violation, check_plan
from planner.domain.case import Case, IntArray
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.domain.result import Reason
from planner.explain.reason_texts import Block, reason_texts
from planner.law.register import RULES
from planner.law.rules.dates import WINDOW
from planner.law.rules.people import ONE_PLACE
from planner.law.words import together
from planner.rulebook.book import RulebookVersion
from planner.solve.exact.subcase import site_within

NO_RULE = "objective.left-out"
"""The task could be done on some day as far as rules go; the plan chose otherwise."""


Walks = Callable[[Sequence[int], int], bool | None]
"""Whether day d can carry some tasks beside all that is planned there; None where that was not settled."""


def reasons_for(
    case: Case, plan: Plan, rulebook: RulebookVersion, walks: Walks = lambda tasks, d: True
) -> tuple[Reason, ...]:
    """Return a reason for every left-out task that does not follow fire's visit, in the order of the case.

    On each day of the task's window, the task (with all of its joint theme) is put there, the rest of the plan staying
    as it is, and all checks run; `Reason.blocked` names the first rule broken, days without one are not in it. Where no
    check of days speaks against it, `walks` is asked; a day that cannot be walked is put down to ONE_PLACE.
    `Reason.rule` is the rule that blocks most days (the first by `Rule.order` of several), WINDOW where the window
    holds no open day, NO_RULE where some day breaks no rule.
    """
    load = loads_of(case, plan)
    sites: dict[int, _Site] = {}
    reasons = []
    for task in np.flatnonzero(plan.day == LEFT_OUT).tolist():
        if case.tasks[task].follows_fire:
            continue
        s = int(case.site_of[task])
        if s not in sites:
            sites[s] = _Site.of(case, plan, s, load)
        reasons.append(_reason(case, task, sites[s], rulebook, walks))
    return tuple(reasons)


@dataclass(frozen=True, eq=False)
class _Site:
    """One site as a case of its own, in the crews that all other sites leave."""

    case: Case
    first: int
    """Index of its first task in the whole case."""
    day: IntArray

    @staticmethod
    def of(case: Case, plan: Plan, site: int, load: IntArray) -> _Site:
        alone, day = site_within(case, plan, site, load)
        return _Site(alone, int(case.start[site]), day)

    def blocks(self, task: int, walks: Walks) -> tuple[list[Block], list[int], list[int]]:
        """Return what blocks `task` (index within the site) day by day, the days that nothing blocks, and those of
        which it is not known whether they can be walked.
        """
        case = self.case
        moving = sorted(together(case, task))
        blocks, free, unknown = list[Block](), list[int](), list[int]()
        for d in range(int(case.window_lo[task]), int(case.window_hi[task]) + 1):
            day = self.day.copy()
            day[moving] = d
            found = check_plan(case, Plan(day))
            if found:
                blocks.append(Block(d, min(found, key=lambda v: RULES[v.rule].order)))
                continue
            possible = walks([self.first + t for t in moving], d)
            if possible is False:
                blocks.append(Block(d, self._unwalkable(task, d)))
            else:
                (free if possible else unknown).append(d)
        return blocks, free, unknown

    def _unwalkable(self, task: int, d: int) -> Violation:
        unit = self.case.units[int(self.case.unit_of[task])].id
        message = "no starts and crews were left for it that day"
        return Violation(ONE_PLACE.id, (unit, self.case.days[d].isoformat()), message, self.case.tasks[task].domain)


def _reason(case: Case, task: int, site: _Site, rulebook: RulebookVersion, walks: Walks) -> Reason:
    here = task - site.first
    blocks, free, unknown = site.blocks(here, walks)
    count = Counter(block.violation.rule for block in blocks)
    if free or unknown:
        rule = NO_RULE
    elif count:
        rule = min(count, key=lambda r: (-count[r], RULES[r].order))
    else:
        rule = WINDOW.id
    zh, en = reason_texts(site.case, here, site.day, rule, blocks, free, unknown)
    return Reason(
        task=task,
        rule=rule,
        clauses=_clauses(case, task, rule, blocks, rulebook),
        text_zh=zh,
        text_en=en,
        blocked=tuple((b.day, b.violation.rule, (b.violation.subjects or ("",))[0]) for b in blocks),
        stage="timetable" if any(b.violation.rule == ONE_PLACE.id for b in blocks) else "match",
    )


def _clauses(case: Case, task: int, rule: str, blocks: Sequence[Block], rulebook: RulebookVersion) -> tuple[str, ...]:
    """Return the clauses of what stands against the task: those of its own annex, of the bodies that it must come with,
    and of those whose visit the rule speaks of.
    """
    domains = [case.tasks[t].domain for t in sorted(together(case, task), key=lambda t: (t != task, t))]
    domains += [block.violation.domain for block in blocks if block.violation.rule == rule]
    return tuple(dict.fromkeys(c for d in dict.fromkeys(domains) for c in rulebook.clauses_for(rule, d)))

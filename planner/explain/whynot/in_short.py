"""For sheets and reports: of each left-out task the smallest set that stands against it and the cheapest way, in short.

A file that nobody waits for may take seconds, not minutes: of many left-out tasks the first ones are told, and of the
others where to ask.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from planner.domain.case import Case
from planner.domain.errors import MismatchError
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import MonthResult
from planner.domain.roster import Roster
from planner.explain.trace import Tracer
from planner.explain.whynot.changes import Asked, waivable_of
from planner.explain.whynot.conflict import Verdict
from planner.explain.whynot.telling import headline, told_members
from planner.explain.whynot.telling_ways import told_way, told_ways
from planner.explain.whynot.walking import Begin, carrier, proven_conflict
from planner.explain.whynot.ways import ways_of
from planner.law.words import Both
from planner.rulebook.nouns import RulebookVersion

MOST = 10
"""Tasks that are told, the most binding and weightiest first."""
ASK = Both("可用 planner why 或网页查询", "ask `planner why` or the page")
UNPROVEN = Both("未能证明，请用 planner why 查询", "not proven: ask `planner why`")


@lru_cache(maxsize=1)  # the files of one month tell the same
def in_short(result: MonthResult) -> dict[int, Both]:
    """Return by left-out task what stands against it and the cheapest way; {} where the plan has no people or breaks
    rules. One that follows fire's visit is recognised and not told.
    """
    if result.plan is None or result.roster is None or result.violations:
        return {}
    begin: Begin = {}
    if result.duty is not None:
        starts = zip(result.visits, result.duty.start.tolist(), strict=True)
        begin = {(visit.site, visit.day): start for visit, start in starts}
    case = result.case
    law = Tracer.of(case).law
    out = [t for t in np.flatnonzero(result.plan.day == LEFT_OUT).tolist() if not case.tasks[t].follows_fire]
    out.sort(key=lambda t: (case.tasks[t].strength, -case.tasks[t].priority, t))
    told = {t: _told(case, result.roster, result.plan, t, law, begin) for t in out[:MOST]}
    return told | dict.fromkeys(out[MOST:], ASK)


def _told(case: Case, roster: Roster, plan: Plan, task: int, law: RulebookVersion, begin: Begin) -> Both:
    try:
        conflict = proven_conflict(case, roster, plan, task, begin)
        waivable = waivable_of([rule.id for rule in law.rules if rule.waivable])
        asked = Asked(case, roster, plan, conflict, waivable)
        ways = ways_of(asked, lambda changed, people: carrier(changed, people, begin), first=True)
    except MismatchError:
        return UNPROVEN
    members = told_members(case, plan, conflict, law) if conflict.verdict is Verdict.BLOCKED else ()
    way = told_way(asked, ways.cheapest, law) if ways.cheapest else told_ways(ways)
    zh = [*(f"{n}. {one.zh}" for n, one in enumerate(members, start=1))] or [headline(case, conflict, len(members))[0]]
    en = [*(f"{n}. {one.en}" for n, one in enumerate(members, start=1))] or [headline(case, conflict, len(members))[1]]
    return Both("\n".join([*zh, f"→ {way.zh}"]), "\n".join([*en, f"→ {way.en}"]))

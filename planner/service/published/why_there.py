"""Why an agency, or nobody, is at a site on a day, and why two agencies do not come there together: plain values.

A plan holds what is announced alone, so no answer tells of an unannounced check.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from difflib import get_close_matches
from itertools import product
from typing import Any

from planner.domain.case import NONE, Case
from planner.domain.errors import InputError
from planner.domain.plan import Plan, visit_at
from planner.explain.whynot.conflict import Verdict
from planner.explain.whynot.telling import told_members
from planner.explain.whynot.telling_there import told_on_day, told_pair
from planner.explain.whynot.walking import could_come
from planner.law.rules.dates import BLACKOUT
from planner.law.words import Both, date_en, date_zh, together
from planner.operations.gate import NO_PLAN
from planner.rulebook.citing import opened_first
from planner.rulebook.nouns import RulebookVersion
from planner.service.month.planning import Planned
from planner.service.published.explaining import begin_of, member_json, planned_of
from planner.service.published.operating import aliases_of

MOST_PAIRS = 6
"""Pairs of two agencies' tasks at one site that are answered at most; that there are more is said."""
COULD = {Verdict.BLOCKED: "barred", Verdict.FREE: "possible", Verdict.UNKNOWN: "unsettled"}


def why_there(planned: Planned, site: str, day: date | None = None, agencies: Sequence[str] = ()) -> dict[str, Any]:
    """Return why nobody, or an agency, is not at a site on a day, or why two agencies do not come there together.

    With a day all tasks of the site are answered, or those of the one agency that is named; with two agencies and no
    day each pair of their tasks. `visits` are those that are asked about and do exist: `why_visit` tells of them. An
    item `could` be "barred" (proven; `members` are what stands against it: of a day each by itself, of a pair the
    smallest set), "possible" on `day` at the cost `more`, or "unsettled". Raises InputError where site, agency or day
    is none of the plan's, and where the question is none of these.
    """
    case, plan = planned_of(planned)
    here, names = _site(planned, case, site), tuple(dict.fromkeys(agencies))
    units = [_units(planned, case, name) for name in names]
    if day is not None and len(names) < 2:
        said, visits, items = _on_day(planned, case, plan, here, day, units)
    elif day is None and len(names) == 2:
        said, visits, items = _pairs(planned, case, plan, here, units)
    else:
        raise InputError(
            "请给出对象和日期（可再给一个检查主体），或对象和两个检查主体 / "
            "give a site and a day (and perhaps one agency), or a site and two agencies"
        )
    return {
        "site": case.sites[here].id,
        "site_name": case.sites[here].name,
        "day": None if day is None else day.isoformat(),
        "agencies": list(names),
        "visits": [visit_at(case, here, d, _at(case, plan, here, d)).id for d in visits],
        "items": items,
        "text_zh": said.zh,
        "text_en": said.en,
    }


Answered = tuple[Both, list[int], list[dict[str, Any]]]
"""A sentence, the days of visits that are there, and the items."""


def _on_day(
    planned: Planned, case: Case, plan: Plan, site: int, day: date, units: Sequence[frozenset[int]]
) -> Answered:
    name, on = case.sites[site].name, Both(date_zh(day), date_en(day))
    if day not in case.days:
        if not case.period[0] <= day <= case.period[1]:
            raise InputError(f"{day} 不在方案的月份内 / {day} is not in the plan's month")
        by = _by(planned.rulebook, planned.rulebook.clauses_for(BLACKOUT.id, ""))
        return (
            Both(f"{on.zh}不是全区可检查的工作日{by.zh}。", f"{on.en} is no open day of the district{by.en}."),
            [],
            [],
        )
    d, mine = case.days.index(day), [t for t in case.tasks_at(site) if not units or case.unit_of[t] in units[0]]
    there = [t for t in mine if plan.day[t] == d]
    if not mine:
        return _nothing_due(planned, case, site, units), [], []
    items = [_item(planned, case, plan, group, [d]) for group in _groups(case, mine) if plan.day[group[0]] != d]
    if there:
        return Both(f"{on.zh}有入企：{name}。", f"There is a visit to {name} on {on.en}."), [d], items
    return (
        Both(
            f"{on.zh}没有{'该主体' if units else ''}到{name}的安排，逐项如下。",
            f"{'The agency does not come' if units else 'Nobody comes'} to {name} on {on.en}, task by task:",
        ),
        [],
        items,
    )


def _pairs(planned: Planned, case: Case, plan: Plan, site: int, units: Sequence[frozenset[int]]) -> Answered:
    own = [[t for t in case.tasks_at(site) if case.unit_of[t] in some] for some in units]
    for tasks, some in zip(own, units, strict=True):
        if not tasks:
            return _nothing_due(planned, case, site, [some]), [], []
    pairs = list(product(_groups(case, own[0]), _groups(case, own[1])))
    days = sorted({int(plan.day[a[0]]) for a, b in pairs if plan.day[a[0]] == plan.day[b[0]] >= 0})
    apart = [(a, b) for a, b in pairs if not plan.day[a[0]] == plan.day[b[0]] >= 0]
    every = range(case.n_days)
    items = [_item(planned, case, plan, (a[0], b[0]), every) for a, b in apart[:MOST_PAIRS]]
    rest = len(apart) - len(items)
    more = (
        Both(f"另有{rest}对任务未逐一核验。", f" {rest} more pairs of tasks were not examined.")
        if rest
        else Both("", "")
    )
    if days:
        zh, en = "、".join(date_zh(case.days[d]) for d in days), ", ".join(date_en(case.days[d]) for d in days)
        return (
            Both(f"两家同在{zh}到{case.sites[site].name}。{more.zh}", f"They come together on {en}.{more.en}"),
            days,
            items,
        )
    name = case.sites[site].name
    return Both(f"两家没有同去{name}，逐对如下。{more.zh}", f"They do not come to {name} together:{more.en}"), [], items


def _groups(case: Case, tasks: Iterable[int]) -> list[tuple[int, ...]]:
    """Return tasks with those that each must come with, once each, sorted."""
    return sorted({tuple(sorted(together(case, t))) for t in tasks})


def _item(planned: Planned, case: Case, plan: Plan, tasks: Sequence[int], days: Sequence[int]) -> dict[str, Any]:
    found = could_come(case, planned.result.roster, plan, tasks, days, begin_of(planned))
    conflict, one_day = found.conflict, len(days) == 1
    members = conflict.blocked[days[0]] if one_day else conflict.members
    told = told_members(case, plan, conflict, planned.rulebook, members)
    said = told_on_day(case, plan, found, days[0]) if one_day else told_pair(case, plan, found)
    return {
        "tasks": [case.tasks[t].id for t in conflict.moving],
        "could": COULD[conflict.verdict],
        "day": None if found.day == NONE else case.days[found.day].isoformat(),
        "more": None if found.more is None else asdict(found.more),
        "members": [member_json(case, one) for one in told],
        "text_zh": said.zh,
        "text_en": said.en,
    }


def _nothing_due(planned: Planned, case: Case, site: int, units: Sequence[frozenset[int]]) -> Both:
    """Return that nothing is due, with what waits for later months and what is not visited by law."""
    law, place = planned.rulebook, case.sites[site]
    names = {case.units[u].id for u in units[0]} if units else None
    by = _by(law, law.clauses_for(NO_PLAN, ""))
    who = Both("该主体", "the agency") if units else Both("各检查主体", "nobody")
    waiting = [t for t in planned.prepared.deferred if t.site == place.id and (names is None or t.unit in names)]
    gone = [
        one
        for one in planned.result.not_visited
        if one.site == place.id and not one.unannounced and (names is None or one.unit in names)
    ]
    zh, en = (
        [f"{who.zh}本月在{place.name}没有到期的检查任务{by.zh}。"],
        [f"{who.en.capitalize()} has {'nothing' if units else 'anything'} due at {place.name} this month{by.en}."],
    )
    for task in waiting:
        first, last = task.window
        zh.append(f"计划{'、'.join(task.filings)}留待以后月份（办理期限{date_zh(first)}至{date_zh(last)}）。")
        en.append(f"Filing {', '.join(task.filings)} waits for a later month ({date_en(first)} to {date_en(last)}).")
    for one in gone:
        cited = _by(law, one.clauses)
        zh.append(f"计划{'、'.join(one.filings)}：{one.zh}{cited.zh}。")
        en.append(f"Filing {', '.join(one.filings)}: {one.en}{cited.en}.")
    return Both("".join(zh), " ".join(en))


def _by(law: RulebookVersion, clauses: Sequence[str]) -> Both:
    if not clauses:
        return Both("", "")
    return Both(f"（依据：{opened_first(law, clauses)}）", f" (by {opened_first(law, clauses, 'en')})")


def _at(case: Case, plan: Plan, site: int, d: int) -> list[int]:
    return [t for t in case.tasks_at(site) if plan.day[t] == d]


def _site(planned: Planned, case: Case, name: str) -> int:
    """Return the index of a site by any of its ids. Raises InputError where the month has nothing of it."""
    known = {site.id: n for n, site in enumerate(case.sites)}
    found = aliases_of(planned).get(name, name)
    if found in known:
        return known[found]
    raise _unknown("检查对象", "site", name, known)


def _units(planned: Planned, case: Case, name: str) -> frozenset[int]:
    """Return the units that have tasks this month of an agency or section; none where it has no task at all."""
    found = frozenset(n for n, unit in enumerate(case.units) if name in (unit.id, unit.parent))
    known = {row.agency_id for row in planned.tables.agencies}
    if found or name in known:
        return found
    raise _unknown("检查主体", "agency", name, known)


def _unknown(zh: str, en: str, name: str, known: Iterable[str]) -> InputError:
    near = get_close_matches(name, list(known), 1)
    hint = (f"，最接近的是“{near[0]}”", f"; nearest is {near[0]!r}") if near else ("", "")
    return InputError(f"方案中没有{zh}“{name}”{hint[0]} / the plan has no {en} {name!r}{hint[1]}")

"""Why an agency, or nobody, is at a site on a day, and why two agencies do not come there together: plain values.

A plan holds what is announced alone, so no answer tells of an unannounced check.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
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
from planner.service.published.seen import Own, seen_by, told_facts, without_loads

MOST_PAIRS = 6
"""Pairs of two agencies' tasks at one site that are answered at most; that there are more is said."""
COULD = {Verdict.BLOCKED: "barred", Verdict.FREE: "possible", Verdict.UNKNOWN: "unsettled"}
Units = frozenset[str]
"""Ids of units of one agency."""


def why_there(
    planned: Planned, site: str, day: date | None = None, agencies: Sequence[str] = (), own: Own | None = None
) -> dict[str, Any]:
    """Return why nobody, or an agency, is not at a site on a day, or why two agencies do not come there together.

    With a day all tasks of the site are answered, or those of the one agency that is named; with two agencies and no
    day each pair of their tasks. `visits` are those that are asked about and do exist: `why_visit` tells of them. An
    item `could` be "barred" (proven; `members` are what stands against it: of a day each by itself, of a pair the
    smallest set), "possible" on `day` at the cost `more`, or "unsettled". `own` as in `why_not`: an agency asks of its
    own tasks on a day. Raises InputError where site, agency or day is none of the plan's, and where the question is
    none of these.
    """
    planned = planned if own is None else seen_by(planned, own)
    case, plan = planned_of(planned)
    names = tuple(dict.fromkeys(agencies))
    units = [_units(planned, name, own) for name in names]
    asked = _Asked(planned, case, plan, *_site(planned, case, site), own)
    if day is not None and len(names) < 2:
        said, visits, items = _on_day(asked, day, units[0] if units else own)
    elif day is None and len(names) == 2 and own is None:
        said, visits, items = _pairs(asked, units)
    else:
        raise InputError(
            "请给出对象和日期（可再给一个检查主体），或对象和两个检查主体（限统筹办公室） / "
            "give a site and a day (and perhaps one agency), or, as the coordinator, a site and two agencies"
        )
    return {
        "site": asked.site_id,
        "site_name": asked.name,
        "day": None if day is None else day.isoformat(),
        "agencies": list(names),
        "visits": [asked.visit_on(d) for d in visits],
        "items": items,
        "text_zh": said.zh,
        "text_en": said.en,
    }


@dataclass(frozen=True, eq=False)
class _Asked:
    """The plan as whoever asks sees it, and the site: `site` is NONE where the month has nothing there."""

    planned: Planned
    case: Case
    plan: Plan
    site: int
    site_id: str
    name: str
    own: Own | None

    def tasks_of(self, units: Units | None) -> list[int]:
        """Return the site's tasks of some units, None: of all."""
        here = () if self.site == NONE else self.case.tasks_at(self.site)
        return [t for t in here if units is None or self.case.tasks[t].unit in units]

    def visit_on(self, d: int) -> str:
        """Return the id of the visit on day `d`."""
        there = [t for t in self.case.tasks_at(self.site) if self.plan.day[t] == d]
        return visit_at(self.case, self.site, d, there).id


Answered = tuple[Both, list[int], list[dict[str, Any]]]
"""A sentence, the days of visits that are there, and the items."""


def _on_day(asked: _Asked, day: date, units: Units | None) -> Answered:
    case, plan, law, on = asked.case, asked.plan, asked.planned.rulebook, Both(date_zh(day), date_en(day))
    if day not in case.days:
        if not case.period[0] <= day <= case.period[1]:
            raise InputError(f"{day} 不在方案的月份内 / {day} is not in the plan's month")
        by = _by(law, law.clauses_for(BLACKOUT.id, ""))
        return (
            Both(f"{on.zh}不是全区可检查的工作日{by.zh}。", f"{on.en} is no open day of the district{by.en}."),
            [],
            [],
        )
    d, mine = case.days.index(day), asked.tasks_of(units)
    if not mine:
        return _nothing_due(asked, units), [], []
    items = [_item(asked, group, [d]) for group in _groups(case, mine) if plan.day[group[0]] != d]
    if any(plan.day[t] == d for t in mine):
        return Both(f"{on.zh}有入企：{asked.name}。", f"There is a visit to {asked.name} on {on.en}."), [d], items
    said = Both(
        f"{on.zh}没有{'该主体' if units is not None else ''}到{asked.name}的安排，逐项如下。",
        f"{'The agency does not come' if units is not None else 'Nobody comes'} to {asked.name} on {on.en}, "
        "task by task:",
    )
    return said, [], items


def _pairs(asked: _Asked, units: Sequence[Units]) -> Answered:
    case, plan = asked.case, asked.plan
    own = [asked.tasks_of(some) for some in units]
    for tasks, some in zip(own, units, strict=True):
        if not tasks:
            return _nothing_due(asked, some), [], []
    pairs = list(product(_groups(case, own[0]), _groups(case, own[1])))
    days = sorted({int(plan.day[a[0]]) for a, b in pairs if plan.day[a[0]] == plan.day[b[0]] >= 0})
    apart = [(a, b) for a, b in pairs if not plan.day[a[0]] == plan.day[b[0]] >= 0]
    items = [_item(asked, (a[0], b[0]), range(case.n_days)) for a, b in apart[:MOST_PAIRS]]
    rest = len(apart) - len(items)
    more = (
        Both(f"另有{rest}对任务未逐一核验。", f" {rest} more pairs of tasks were not examined.")
        if rest
        else Both("", "")
    )
    if days:
        zh, en = "、".join(date_zh(case.days[d]) for d in days), ", ".join(date_en(case.days[d]) for d in days)
        return Both(f"两家同在{zh}到{asked.name}。{more.zh}", f"They come together on {en}.{more.en}"), days, items
    said = Both(
        f"两家没有同去{asked.name}，逐对如下。{more.zh}",
        f"They do not come to {asked.name} together, pair by pair:{more.en}",
    )
    return said, [], items


def _groups(case: Case, tasks: Iterable[int]) -> list[tuple[int, ...]]:
    """Return tasks with those that each must come with, once each, sorted."""
    return sorted({tuple(sorted(together(case, t))) for t in tasks})


def _item(asked: _Asked, tasks: Sequence[int], days: Sequence[int]) -> dict[str, Any]:
    """Return the answer about some tasks: of one day, or of two agencies on all days."""
    planned, case, plan, own = asked.planned, asked.case, asked.plan, asked.own
    found = could_come(case, planned.result.roster, plan, tasks, days, begin_of(planned))
    conflict, one_day = found.conflict, len(days) == 1
    members = conflict.blocked[days[0]] if one_day else conflict.members
    every = told_members(case, plan, conflict, planned.rulebook, members)
    mine = next((t for t in conflict.moving if own is None or case.tasks[t].unit in own), tasks[0])
    told = told_facts(case, own, every, planned.rulebook, case.tasks[mine].domain)
    found = replace(found, more=without_loads(found.more, own))
    said = told_on_day(case, plan, found, days[0], len(told)) if one_day else told_pair(case, plan, found)
    return {
        "tasks": [case.tasks[t].id for t in conflict.moving if own is None or case.tasks[t].unit in own],
        "could": COULD[conflict.verdict],
        "day": None if found.day == NONE else case.days[found.day].isoformat(),
        "more": None if found.more is None else asdict(found.more),
        "members": [member_json(case, one) for one in told],
        "text_zh": said.zh,
        "text_en": said.en,
    }


def _nothing_due(asked: _Asked, units: Units | None) -> Both:
    """Return that nothing is due, with what waits for later months and what is not visited by law."""
    planned, law, place = asked.planned, asked.planned.rulebook, asked.name
    by = _by(law, law.clauses_for(NO_PLAN, ""))
    waiting = [t for t in planned.prepared.deferred if t.site == asked.site_id and (units is None or t.unit in units)]
    gone = [
        one
        for one in planned.result.not_visited
        if one.site == asked.site_id and not one.unannounced and (units is None or one.unit in units)
    ]
    zh = [f"{'各检查主体' if units is None else '该主体'}本月在{place}没有到期的检查任务{by.zh}。"]
    en = [f"{'Nobody has anything' if units is None else 'The agency has nothing'} due at {place} this month{by.en}."]
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


def _site(planned: Planned, case: Case, name: str) -> tuple[int, str, str]:
    """Return index (NONE: the month has nothing there), id and name of a site by any of its ids. Raises InputError."""
    found = aliases_of(planned).get(name, name)
    names = {row.site_id: row.name for row in planned.tables.sites}
    index = {site.id: n for n, site in enumerate(case.sites)}
    if found not in names and found not in index:
        raise _unknown("检查对象", "site", name, names)
    n = index.get(found, NONE)
    return n, found, names[found] if n == NONE else case.sites[n].name


def _units(planned: Planned, name: str, own: Own | None) -> Units:
    """Return an agency with its sections, by its id. Raises InputError where there is none that may be asked about."""
    rows = [row for row in planned.tables.agencies if own is None or row.agency_id in own]
    known = {row.agency_id for row in rows}
    if name not in known:
        raise _unknown("检查主体", "agency", name, known)
    found, before = {name}, 0
    while len(found) > before:
        before = len(found)
        found |= {row.agency_id for row in rows if row.parent_id in found}
    return frozenset(found)


def _unknown(zh: str, en: str, name: str, known: Iterable[str]) -> InputError:
    near = get_close_matches(name, list(known), 1)
    hint = (f"，最接近的是“{near[0]}”", f"; nearest is {near[0]!r}") if near else ("", "")
    return InputError(f"方案中没有{zh}“{name}”{hint[0]} / the plan has no {en} {name!r}{hint[1]}")

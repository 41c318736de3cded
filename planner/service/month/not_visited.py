"""The month's list of what is not visited: from what screening removed, from other modes, and from fire's visits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.domain.case import TaskInfo
from planner.domain.not_visited import KINDS, NotVisited
from planner.domain.plan import LEFT_OUT
from planner.domain.result import MonthResult
from planner.intake.month.lookups import parents_of
from planner.intake.month.outcome import Prepared, Removed, Why
from planner.intake.tables.records import FilingRow, SiteRow, Tables
from planner.law.rules.company import FIRE_FIRST
from planner.law.rules.dates import ONE_ANSWER
from planner.rulebook.nouns import RulebookVersion
from planner.rulebook.offices import FIRE

KIND_OF = {
    "recognition": "recognised",
    "absorption": "absorbed",
    "offsite.first": "done_off_site",
    ONE_ANSWER.id: "done",
    FIRE_FIRST.id: "fire",
}
"""What a rule that removes something makes of it; every other one bars it."""
OFF_SITE = Why("以非现场方式检查，不到场", "checked off-site: no visit")
SUMMONS = Why("传唤到机关办理，不到场", "summoned to the office: no visit")


@dataclass(frozen=True, slots=True)
class _Known:
    """Rows of the tables by id, and the body in whose name each unit acts."""

    sites: dict[str, SiteRow]
    filings: dict[str, FilingRow]
    parents: dict[str, str]

    def place(self, site: str) -> tuple[str, str]:
        """Return a site's name and town; its id and "" where it is in no table."""
        row = self.sites.get(site)
        return (row.name, row.town) if row else (site, "")


def with_not_visited(result: MonthResult, prepared: Prepared, tables: Tables, rulebook: RulebookVersion) -> MonthResult:
    """Return the result with its list of what is not visited, by kind, filing and site."""
    known = _Known(
        {row.site_id: row for row in tables.sites},
        {row.filing_id: row for row in tables.filings},
        parents_of({row.agency_id: row for row in tables.agencies})[0],
    )
    rows = [
        *(_removed(gone, known) for gone in prepared.removed),
        *(_of_task("off_site", "", task, known, task.clauses, OFF_SITE) for task in prepared.off_site),
        *(_of_task("summons", "", task, known, task.clauses, SUMMONS) for task in prepared.summons),
        *_by_fire(result, known, rulebook),
    ]
    rows.sort(key=lambda r: (KINDS.index(r.kind), r.filings, r.site, r.rule, r.items, r.unit, r.zh))
    return replace(result, not_visited=tuple(rows))


def _removed(gone: Removed, known: _Known) -> NotVisited:
    filings = [known.filings[name] for name in gone.filings if name in known.filings]
    name, town = known.place(gone.site)
    return NotVisited(
        kind=KIND_OF.get(gone.rule, "removed"),
        rule=gone.rule,
        site=gone.site,
        site_name=name,
        town=town,
        unit=gone.unit,
        parent=known.parents.get(gone.unit, gone.unit),
        domain=gone.domain,
        items=gone.items or tuple(sorted({item for row in filings for item in row.items})),
        filings=gone.filings,
        window=(max(r.window_from for r in filings), min(r.window_to for r in filings)) if filings else None,
        clauses=gone.clauses,
        on=gone.on,
        zh=gone.zh,
        en=gone.en,
        unannounced=gone.reserved or any(row.unannounced for row in filings),
    )


def _by_fire(result: MonthResult, known: _Known, rulebook: RulebookVersion) -> Iterator[NotVisited]:
    """Yield the fire items of others that did not come along with fire's visit: its check stands for theirs."""
    if result.plan is None:
        return
    case, day = result.case, result.plan.day
    for t, task in enumerate(case.tasks):
        if not task.follows_fire or day[t] != LEFT_OUT:
            continue
        there = [int(day[u]) for u in case.tasks_at(int(case.site_of[t])) if case.tasks[u].fire and day[u] >= 0]
        why = Why("消防部门的检查待办，其他主体不另查消防事项", "fire's check is open; nobody else checks fire items")
        if there:
            on = case.days[min(there)]
            why = Why(
                f"消防部门 {on} 到场检查，不再另查消防事项", f"fire comes on {on}: nobody else checks fire items", on
            )
        yield _of_task("fire", FIRE_FIRST.id, task, known, rulebook.clauses_for(FIRE_FIRST.id, FIRE), why)


def _of_task(kind: str, rule: str, task: TaskInfo, known: _Known, clauses: tuple[str, ...], why: Why) -> NotVisited:
    name, town = known.place(task.site)
    return NotVisited(
        kind=kind,
        rule=rule,
        site=task.site,
        site_name=name,
        town=town,
        unit=task.unit,
        parent=known.parents.get(task.unit, task.unit),
        domain=task.domain,
        items=task.items,
        filings=task.filings,
        window=task.window,
        clauses=clauses,
        on=why.on,
        zh=why.zh,
        en=why.en,
        unannounced=task.unannounced,
        task=task.id,
    )

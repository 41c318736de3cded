"""A task that has come up since the month was published: screened as any filing, so that it carries what any carries.

The one filing that it stands for goes through the intake beside the month's own tables: windows, quiet lists, gap and
cap, join marks, opt-ins, hours and crews are found where they are found for all others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from planner.domain.case import Case, RowRef, Strength, TaskInfo
from planner.domain.errors import InputError
from planner.intake.month.drafts import STRENGTHS
from planner.intake.month.outcome import Prepared
from planner.intake.tables.records import FilingRow, Scope
from planner.intake.words.catalogue import render
from planner.operations.events import NewTask
from planner.rulebook.offices import FIRE
from planner.service.month.planning import Planned, prepare_tables

BASIS = "新增任务"
"""Stands for the legal basis of an event, which names none; its items have theirs."""


def new_task_from(event: Mapping[str, Any], planned: Planned) -> NewTask:
    """Return the new work of an event (id, site, unit, items, from, to, and optionally minutes, strength, priority,
    unannounced, source, upper_plan_code, necessity). Items of several domains or skills make several tasks, the second
    named `id`-2.

    Where the law lets no on-site task come of it there are none, and the reason. Raises InputError where it is about
    nothing that exists; KeyError, TypeError or ValueError where the event is not in form.
    """
    filing = _filing(event, planned)
    period = planned.result.case.period
    tables = replace(
        planned.tables,
        filings=(filing, *(row for row in planned.tables.filings if row.window_from > period[1])),
        pins=tuple(pin for pin in planned.tables.pins if not period[0] <= pin.date <= period[1]),
    )
    given = replace(planned.given, published=(), through=None)
    prepared, _, _ = prepare_tables(tables, planned.month, planned.result.seed, None, given)
    beside = prepared.case if prepared.case is not None and prepared.case.n_tasks else prepared.waiting
    if beside is None:
        return NewTask((), refused=_why(prepared))
    if "minutes" in event and beside.n_tasks > 1:
        raise ValueError("事项分属多个领域或专业，不能只给一个 minutes")
    tasks = tuple(_told(event, planned, task, n) for n, task in enumerate(beside.tasks))
    return NewTask(tasks, replace(beside, tasks=tasks))


def _filing(event: Mapping[str, Any], planned: Planned) -> FilingRow:
    tables = planned.tables
    items, site, unit = tuple(sorted(map(str, event["items"]))), str(event["site"]), str(event["unit"])
    missing = [item for item in items if item not in {row.item_id for row in tables.items}]
    if missing or not items:
        raise ValueError(f"事项库没有 {'、'.join(missing) or '（空）'}")
    if site not in {row.site_id for row in tables.sites}:
        raise InputError(f"名录没有对象“{site}”：请核对编号 / there is no site {site!r}")
    if unit not in {row.agency_id for row in tables.agencies}:
        raise InputError(f"名录没有检查主体“{unit}”：请核对编号 / there is no agency {unit!r}")
    strength = Strength(int(event.get("strength", Strength.ACCEPTED)))
    return FilingRow(
        filing_id=str(event["id"]),
        agency_id=unit,
        kind="daily",
        period="month",
        source=str(event.get("source", "own")),
        basis=BASIS,
        items=items,
        sites=(site,),
        scope=Scope(),
        ratio=(),
        frequency=(),
        mode="on_site",
        window_from=date.fromisoformat(event["from"]),
        window_to=date.fromisoformat(event["to"]),
        due=(),
        priority=int(event.get("priority", 5)),
        strength=next(name for name, value in STRENGTHS.items() if value is strength),
        necessity=str(event.get("necessity", "")),
        needed=bool(event.get("needed", False)),
        unannounced=bool(event.get("unannounced", False)),
        secret=False,
        behaviour="",
        plan_code="",
        upper_plan_code=str(event.get("upper_plan_code", "")),
        partners=(),
        theme="",
        preferred_days=(),
        filed_on=None,
        ref=RowRef("filings", 0),
    )


def _told(event: Mapping[str, Any], planned: Planned, task: TaskInfo, n: int) -> TaskInfo:
    """Return a task of the intake under the event's name, with the minutes that it gives; fire's visit is awaited."""
    named = replace(task, id=str(event["id"]) if n == 0 else f"{event['id']}-{n + 1}", filings=(), rows=())
    if "minutes" in event:
        named = replace(named, minutes=int(event["minutes"]))
    fire_items = {row.item_id for row in planned.tables.items if row.fire}
    if task.domain != FIRE and fire_items & set(task.items) and _fire_comes(planned.result.case, task.site):
        return replace(named, follows_fire=True, waits_until=None)
    return named


def _fire_comes(case: Case, site: str) -> bool:
    """Return whether the month has a visit of fire's own at the site."""
    return any(task.fire and task.site == site for task in case.tasks)


def _why(prepared: Prepared) -> str:
    """Return in Chinese why no task is left: rules first, then what is wrong with the filing."""
    told: Sequence[str] = [one.zh for one in prepared.removed]
    if not told and (prepared.off_site or prepared.summons):
        told = ["以非现场方式或约谈办理，不入企"]
    if not told:
        told = [render(finding)[1] for finding in prepared.findings if finding.table == "filings"]
    return "；".join(dict.fromkeys(told)) or "期限不在本期，或事项不能入企检查"

"""What people ask of a published plan: suggestions, ledger, gate, replanning. Answers are made of plain values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from planner.domain.case import Case, IntArray
from planner.domain.errors import InputError
from planner.domain.plan import LATER, Plan
from planner.domain.result import LEFT_OUT_LEVELS, Level, MonthResult
from planner.domain.roster import Roster
from planner.explain.reasons import reasons_for
from planner.operations.book import Book
from planner.operations.events import (
    KINDS_ZH,
    Absence,
    Accepted,
    Asked,
    Event,
    GiveWay,
    Missed,
    NewTask,
    Reported,
    Stopped,
)
from planner.operations.gate import NO, Gate
from planner.operations.ledger import PastEntry, ledger_of, otherwise
from planner.operations.notices import diff_of, notices_of
from planner.operations.recase import grown_roster, with_tasks
from planner.operations.replan import Replanned, replan
from planner.operations.suggest import Suggestions, suggest, suggest_all
from planner.service.month.planning import Planned
from planner.service.published.absent import away_from
from planner.service.published.new_tasks import new_task_from

BAD_EVENT = "事件文件不合格式：{what}，请对照说明修改 / not an event: {what}"


def book_of(planned: Planned, frozen_until: date | None = None) -> Book:
    """Return the book of a month's plan, all of it published; up to `frozen_until` (inclusive) nothing moves.

    The tasks of sites that the month leaves alone wait in it too: they may come along where somebody goes anyway.
    Raises InputError where the month has no plan.
    """
    result = planned.result
    if result.plan is None:
        raise InputError("没有方案：请先生成计划 / there is no plan")
    first = 0 if frozen_until is None else int(np.searchsorted(result.case.ordinals, frozen_until.toordinal() + 1))
    case, day = with_waiting(result.case, result.plan.day, planned.prepared.waiting)
    book = Book(
        case,
        Plan(day),
        first_day=first,
        least_left_out=_least_left_out(result.levels),
        roster=_roster(case, planned),
        starts=starts_of(result),
    )
    book.aliases = aliases_of(planned)
    return book


def aliases_of(planned: Planned) -> Mapping[str, str]:
    """Return the other ids of the month's sites, by which single registers know them."""
    registers = planned.prepared.registers
    return {} if registers is None else registers.aliases


def starts_of(result: MonthResult) -> dict[tuple[str, date], int]:
    """Return the starts of a plan's visits by (site id, date); none where it has no timetable."""
    if result.duty is None:
        return {}
    case, visits = result.case, zip(result.visits, result.duty.start.tolist(), strict=True)
    return {(case.sites[v.site].id, case.days[v.day]): start for v, start in visits}


def _roster(case: Case, planned: Planned) -> Roster | None:
    """Return the people of the plan's case, with those whom only waiting tasks need."""
    result, prepared = planned.result, planned.prepared
    if result.roster is None or prepared.waiting is None or prepared.waiting_roster is None:
        return result.roster
    return grown_roster(case, [(result.case, result.roster), (prepared.waiting, prepared.waiting_roster)])


def with_waiting(case: Case, day: IntArray, waiting: Case | None) -> tuple[Case, IntArray]:
    """Return a case and days [T] with the tasks of `waiting`, all of them left to later months."""
    if waiting is None:
        return case, day
    grown, days = with_tasks(case, day, waiting.tasks, waiting)
    known = {task.id for task in case.tasks}
    days[[n for n, task in enumerate(grown.tasks) if task.id not in known and grown.later_to[n]]] = LATER
    return grown, days


def _least_left_out(levels: Iterable[Level]) -> tuple[int, int, int] | None:
    """Return the levels of left-out tasks, None where one of them is not proven."""
    found = {level.name: level for level in levels}
    chosen = [found[name] for name in LEFT_OUT_LEVELS if name in found]
    if len(chosen) < 3 or any(level.value not in (level.bound_certified, level.bound_solver) for level in chosen):
        return None
    return chosen[0].value, chosen[1].value, chosen[2].value


def suggestions(
    planned: Planned,
    agency: str,
    site: str = "",
    window: tuple[date, date] | None = None,
    items: Iterable[str] = (),
    frozen_until: date | None = None,
) -> list[dict[str, Any]]:
    """Return what could ride along with an agency's tasks at a site, or at all sites where it has open ones.

    Best first, as `planner.operations.suggest` says. Raises InputError for what does not exist.
    """
    book = book_of(planned, frozen_until)
    if site:
        found: tuple[Suggestions, ...] = (suggest(book, planned.rulebook, site, agency, window, items),)
    else:
        found = suggest_all(book, planned.rulebook, agency, window)
    return [asdict(answer) for answer in found]


def site_ledger(planned: Planned, site: str, agency: str, frozen_until: date | None = None) -> dict[str, Any]:
    """Return past and coming entries of a site, next lawful day and quotas, as an agency may see them.

    Raises InputError for what does not exist.
    """
    book = book_of(planned, frozen_until)
    past = (
        PastEntry(row.site_id, row.date, row.agency_id, row.trigger == "planned", row.result)
        for row in planned.tables.history
        if row.mode == "on_site" and row.date is not None
    )
    return asdict(ledger_of(book, planned.rulebook, site, agency, past))


def may_enter(
    planned: Planned, agency: str, site: str, day: date, items: Iterable[str] = (), frozen_until: date | None = None
) -> dict[str, Any]:
    """Return whether an agency may enter a site on a day: "yes", "no" or "if", with reasons, clauses and remedies.

    `otherwise` is what else may be done where it is "no", else None. Raises InputError for what does not exist.
    """
    book, law = book_of(planned, frozen_until), planned.rulebook
    found = Gate(book, law).ask(agency, site, day, items)
    other = otherwise(book, law, site, agency, items) if found.verdict == NO else None
    return {**asdict(found), "otherwise": None if other is None else asdict(other)}


def replan_event(planned: Planned, event: Mapping[str, Any], frozen_until: date | None = None) -> dict[str, Any]:
    """Return the plan after an event, for the bureau: what changed and the proof, a notice per agency, diff, lineage.

    `event` is as `event_from` reads it. Raises InputError where it is not in form or about nothing that exists.
    """
    happened = event_from(event, planned)
    return replanned_json(planned, replan(book_of(planned, frozen_until), happened), happened)


def replanned_json(planned: Planned, done: Replanned, happened: Event) -> dict[str, Any]:
    """Return what came of an event as plain values, for the bureau."""
    return {
        "month": planned.month,
        "parent_hash": done.parent_hash,
        "plan_hash": done.plan_hash,
        "changed_visits": [_visit(done, *visit) for visit in done.changed],
        "proven": done.proven,
        "entries_proven": done.entries_proven,
        "left_out": list(done.objective.left_out),
        "entries": done.objective.entries,
        "later_entries": done.objective.later_entries,
        "new_tasks": _new_tasks(planned, done, happened) if isinstance(happened, NewTask) else [],
        "refused": happened.refused if isinstance(happened, NewTask) else "",
        "notices": [asdict(notice) for notice in notices_of(done, happened, planned.rulebook)],
        "diff": diff_of(done),
    }


def _new_tasks(planned: Planned, done: Replanned, event: NewTask) -> list[dict[str, Any]]:
    """Return where each new task went: its day, or why it has none."""
    case, new = done.case, {task.id for task in event.tasks}
    why = {one.task: one for one in reasons_for(case, Plan(done.after), planned.rulebook)}
    found = []
    for t in [t for t, task in enumerate(case.tasks) if task.id in new]:
        d, reason = int(done.after[t]), why.get(t)
        day = case.days[d].isoformat() if d >= 0 else "later" if d == LATER else None
        found.append({"task": case.tasks[t].id, "day": day, "reason": None if reason is None else asdict(reason)})
    return found


def _visit(done: Replanned, site: int, day: int) -> dict[str, str]:
    return {"site": done.case.sites[site].id, "day": done.case.days[day].isoformat()}


def read_event(path: Path) -> dict[str, Any]:
    """Return the event in a JSON file. Raises InputError where there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(BAD_EVENT.format(what=f"{path.name} 读不出 JSON")) from error
    if not isinstance(found, dict):
        raise InputError(BAD_EVENT.format(what=f"{path.name} 不是一个对象"))
    return found


def event_from(event: Mapping[str, Any], planned: Planned) -> Event:
    """Return the event of plain values. `kind` says which; dates are ISO.

    absence: unit, days, left (crew quarter-hours, default 0). away: unit, inspector, days, half ("day", "am" or "pm",
    default the whole day). cancelled, closed, emergency: site, days. no_show,
    refused, partly_done: agency, site, day, tasks (ids of those not done, default all). done, settled: the same, tasks
    being those that are. triggered: id of a registered check that takes crews. new_task: id, site, unit, items, from,
    to, and optionally as `new_task_from` reads them. accepted: nothing more. asked: site, day, to, and the agency whose
    checks move where not all of the visit do. Raises InputError for anything else.
    """
    kind = event.get("kind")
    if "site" in event:
        event = {**event, "site": aliases_of(planned).get(str(event["site"]), event["site"])}
    try:
        if kind == "absence":
            return Absence(str(event["unit"]), _dates(event["days"]), int(event.get("left", 0)))
        if kind == "away":
            return away_from(event, planned)
        if kind in ("cancelled", "closed", "emergency"):
            return Stopped(str(event["site"]), _dates(event["days"]), kind)
        if kind in ("no_show", "refused", "partly_done"):
            day, tasks = date.fromisoformat(event["day"]), tuple(map(str, event.get("tasks", ())))
            return Missed(str(event["agency"]), str(event["site"]), day, kind, tasks)
        if kind in ("done", "settled"):
            day, tasks = date.fromisoformat(event["day"]), tuple(map(str, event.get("tasks", ())))
            return Reported(str(event["agency"]), str(event["site"]), day, kind, tasks)
        if kind == "triggered":
            return GiveWay(str(event["id"]))
        if kind == "accepted":
            return Accepted()
        if kind == "asked":
            day, to = date.fromisoformat(event["day"]), date.fromisoformat(event["to"])
            return Asked(str(event["site"]), day, to, str(event.get("agency", "")))
        if kind == "new_task":
            return new_task_from(event, planned)
    except KeyError as error:
        raise InputError(BAD_EVENT.format(what=f"缺少 {error.args[0]}")) from error
    except (TypeError, ValueError) as error:
        raise InputError(BAD_EVENT.format(what=str(error))) from error
    known = "、".join(("absence", "away", *KINDS_ZH, "triggered", "new_task", "accepted", "asked"))
    raise InputError(BAD_EVENT.format(what=f"kind 须为 {known} 之一"))


def _dates(days: Iterable[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in days)

"""Sheets of tasks that are not done this month: left out with reasons, or deferred."""

from __future__ import annotations

from collections.abc import Iterable

from planner.explain.trace import Tracer
from planner.report.sheets.cells import Cell, Head, Sheet, joined
from planner.report.visits.view import OpenTask, View
from planner.report.words.names import Names, day_text, table_name, window_text
from planner.report.words.texts import text


def _task_heads() -> list[Head]:
    return [
        Head(text("site"), 26, "wrap"),
        Head(text("town"), 11),
        Head(text("agency"), 18, "wrap"),
        Head(text("items"), 28, "wrap"),
        Head(text("window"), 26),
        Head(text("strength"), 9),
    ]


def _task_cells(item: OpenTask, names: Names) -> list[Cell]:
    task = item.task
    return [
        *(item.site.name, item.site.town, item.agency, joined(map(names.item, task.items))),
        *(window_text(task.window), text(f"strength_{int(task.strength)}")),
    ]


def _task_id_heads() -> list[Head]:
    return [
        Head(text("priority"), 8, "int", printed=False),
        Head(text("filings"), 22, "wrap", printed=False),
        Head(text("site_id"), 24, printed=False),
        Head(text("task_id"), 20, printed=False),
        Head(text("source_rows"), 22, "wrap", printed=False),
    ]


def _task_ids(item: OpenTask) -> list[Cell]:
    task = item.task
    rows = joined(
        text("source_row", table=f"{table_name(ref.table)}{ref.place and f'（{ref.place}）'}", row=ref.row)
        for ref in task.rows
    )
    return [task.priority, joined(task.filings), item.site.id, task.id, rows]


def write_left_out(sheet: Sheet, view: View, items: Iterable[OpenTask]) -> None:
    """Write the tasks left out: why, at which stage, by which clause, day by day."""
    reason = Head(text("reason"), 36, "wrap")
    heads = [
        *_task_heads(),
        reason,
        Head(text("clauses"), 36, "wrap"),
        Head(text("stage"), 9),
        Head(text("why_due"), 36, "wrap", printed=False),
        Head(text("rule"), 20, "wrap", printed=False),
        Head(text("blocked_days"), 60, "wrap", printed=False),
        *_task_id_heads(),
    ]
    days, tracer, takes = view.result.case.days, Tracer.of(view.result.case), view.what_it_takes()
    if takes:
        heads.insert(heads.index(reason) + 1, Head(text("what_it_takes"), 48, "wrap"))

    def why(item: OpenTask) -> list[Cell]:
        reason, due = item.reason, tracer.due(item.task).zh
        how = [takes.get(item.task.id, "")] if takes else []
        if reason is None:
            return [text("reason_reserved" if item.reserved else "reason_none"), *how, "", "", due, "", ""]
        blocked = "\n".join(
            text("blocked_day", day=day_text(days[d]), rule=view.names.rule(rule), subject=subject).rstrip()
            for d, rule, subject in reason.blocked
        )
        stage = text(f"stage_{reason.stage}")
        return [reason.text_zh, *how, tracer.opened(reason.clauses), stage, due, view.names.rule(reason.rule), blocked]

    chosen = [
        [*_task_cells(item, view.names), *why(item), *_task_ids(item)] for item in items if item.outcome == "left_out"
    ]
    sheet.table_or_note(heads, chosen, text("left_out_empty"))


def write_deferred(sheet: Sheet, view: View, items: Iterable[OpenTask]) -> None:
    """Write the tasks that wait for a later month."""
    tracer = Tracer.of(view.result.case)

    def outcome(item: OpenTask) -> str:
        until = item.task.waits_until
        return text("outcome_deferred", day=day_text(until) if until else "—")

    chosen = [
        [*_task_cells(item, view.names), outcome(item), tracer.due(item.task).zh, *_task_ids(item)]
        for item in items
        if item.outcome == "deferred"
    ]
    heads = [*_task_heads(), Head(text("outcome"), 36, "wrap"), Head(text("why_due"), 44, "wrap"), *_task_id_heads()]
    sheet.table_or_note(heads, chosen, text("none"))

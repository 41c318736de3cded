"""Results entered and changed one at a time, read by the rules of the workbook; what stood there is kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api.desk.library.cells import read_cells, words
from api.desk.published.kept_books import today
from api.desk.recorded.result_models import ResultChange, ResultLine, ResultOrder
from api.desk.recorded.results import LINES, MOST, RESULTS, names_of_sites, unannounced_on, version_of
from api.problems import Problem
from api.rights import Who, own_agencies, parent_of
from api.store import log
from api.store.database.clock import HERE
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError
from api.store.inputs.library import Row, known_ids, new_revision, put, remove, rows_of
from api.store.inputs.rows import key_of
from planner.domain.case import RowRef
from planner.intake.read.cells import cell_reader
from planner.intake.recorded.checking import CLOCKS, TIMES
from planner.intake.recorded.moments import read_clock, read_moment
from planner.intake.tables.facts import row_of, with_cells
from planner.intake.tables.records import ResultItemRow, ResultRow
from planner.rulebook.recording import FORBIDDEN, is_forbidden

BY_SERVICE = ("result_id", "recorded_at")
"""Columns that the service fills in."""
FIXED = (*BY_SERVICE, "agency_id")
"""Columns that a change leaves alone: another agency's result is another result."""


def enter(tx: Tx, who: Who, order: ResultOrder) -> tuple[ResultRow, list[ResultItemRow], int]:
    """Enter a result; its time of recording is now. Raises Problem 403, 422, ConflictError where it is there."""
    given = {key: text for key, text in order.cells.items() if text.strip()}
    if who.agency_id is not None:
        parent = parent_of(tx, who.agency_id)
        given.setdefault("agency_id", parent)
        if who.agency_id != parent and given["agency_id"] == parent:
            given.setdefault("unit_id", who.agency_id)
    values, errors = _read(tx, given, BY_SERVICE)
    missing = [c for c in RESULTS.columns if c.required and c.key not in given and c.key not in BY_SERVICE]
    errors += [{"where": f"cells.{c.key}", "detail": f"“{c.title}”不能为空"} for c in missing]
    result_id = f"R-{uuid.uuid4().hex}"
    lines, wrong = _lines(tx, result_id, order.lines)
    _refuse([*errors, *wrong])
    values |= {"result_id": result_id, "recorded_at": _now()}
    cells = [values.get(c.key, cell_reader(c)("").value) for c in RESULTS.columns]
    row: ResultRow = row_of(RESULTS, cells, RowRef("results", 0))
    _own(tx, who, row)
    _refuse(_wrong(tx, row))
    for _, other in rows_of(tx, "results", site_id=row.site_id, agency_id=row.agency_id, limit=MOST):
        if (other.date, other.visit_no, other.check_code) == (row.date, row.visit_no, row.check_code):
            raise ConflictError(
                f"这次检查已录入，结果编号 {other.result_id}，要改请改那一条 / this check is recorded already"
            )
    _kept(tx, who, row, lines, [])
    _logged(tx, who, "result.enter", row, {"site": row.site_id, "day": row.date.isoformat(), "result": row.result})
    return row, lines, version_of(row, lines)


def change(
    tx: Tx, who: Who, before: ResultRow, old: list[ResultItemRow], order: ResultChange
) -> tuple[ResultRow, list[ResultItemRow], int]:
    """Change cells of a result, and its lines where they are given; what stood there is kept as a revision."""
    values, errors = _read(tx, order.cells, FIXED)
    lines, wrong = (old, []) if order.lines is None else _lines(tx, before.result_id, order.lines)
    _refuse([*errors, *wrong])
    row: ResultRow = with_cells(RESULTS, before, values, before.ref)
    _own(tx, who, row)
    _refuse(_wrong(tx, row))
    if (row, lines) != (before, old):
        was, now = words(RESULTS, before), words(RESULTS, row)
        changed = {key: [was.get(key, ""), now.get(key, "")] for key in was | now if was.get(key) != now.get(key)}
        _kept(tx, who, row, lines, [line for line in old if line not in lines])
        _logged(tx, who, "result.change", row, {"cells": changed, "reason": order.reason})
    return row, lines, version_of(row, lines)


def _read(tx: Tx, cells: Mapping[str, str], fixed: Sequence[str]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    barred = [key for key in cells if is_forbidden(key)]
    if barred:
        detail = f"“{barred[0]}”统计处罚、案件或罚没，不得录入。请删去。"
        raise Problem(422, "fig.forbidden", detail, clauses=FORBIDDEN)
    return read_cells(RESULTS, cells, known_ids(tx, ("agencies",)), fixed)


def _lines(tx: Tx, result_id: str, given: Sequence[ResultLine]) -> tuple[list[ResultItemRow], list[dict[str, str]]]:
    known = known_ids(tx, ("items",)) if given else {}
    lines, errors = [], []
    for n, line in enumerate(given):
        cells = {key: text for key, text in line.model_dump().items() if key == "item_id" or text.strip()}
        values, wrong = read_cells(LINES, cells, known, at=f"lines.{n}")
        errors += wrong
        values["result_id"] = result_id
        parts = [values.get(c.key, cell_reader(c)("").value) for c in LINES.columns]
        lines.append(row_of(LINES, parts, RowRef("result_items", 0)))
    keys = [(line.item_id, line.point) for line in lines]
    errors += [
        {"where": f"lines.{n}", "detail": "同一事项、同一要点只写一行"} for n, k in enumerate(keys) if k in keys[:n]
    ]
    return sorted(lines, key=lambda line: key_of("result_items", line, "")), errors


def _wrong(tx: Tx, row: ResultRow) -> list[dict[str, str]]:
    """Return what no single cell tells: a day to come, a site that nobody knows, times that are none."""
    errors = []
    if row.date > today():
        errors.append({"where": "cells.date", "detail": f"{row.date} 还没有到，检查后再录入"})
    if not row.survey and not names_of_sites(tx, [row.site_id]):
        detail = f"名录中没有 {row.site_id}；库外摸底的请把“库外摸底”填“是”"
        errors.append({"where": "cells.site_id", "detail": detail})
    if row.unit_id and parent_of(tx, row.unit_id) != parent_of(tx, row.agency_id):
        errors.append({"where": "cells.unit_id", "detail": f"{row.unit_id} 不是 {row.agency_id} 的内设机构"})
    for column in (*TIMES, *CLOCKS):
        text = getattr(row, column)
        if text and (read_clock(text) if column in CLOCKS else read_moment(text)) is None:
            detail = f"“{text}”不是时间，请写成 2026-06-09 09:30 或 09:30"
            errors.append({"where": f"cells.{column}", "detail": detail})
    return errors


def _refuse(errors: Sequence[Mapping[str, str]]) -> None:
    if errors:
        raise Problem(422, "cells", f"有 {len(errors)} 处填写有误：{errors[0]['detail']}。", errors=errors)


def _own(tx: Tx, who: Who, row: ResultRow) -> None:
    own = own_agencies(tx, who)
    if own is None or row.agency_id in own:
        return
    if row.unit_id not in own or row.agency_id != parent_of(tx, row.unit_id):
        raise Problem(403, "not-own", f"{row.agency_id} 不是本单位，不能替它录入结果。")


def _now() -> str:
    return datetime.now(HERE).strftime("%Y-%m-%d %H:%M")


def _kept(tx: Tx, who: Who, row: ResultRow, lines: Sequence[ResultItemRow], gone: Sequence[ResultItemRow]) -> None:
    revision = new_revision(tx, who.login, "edit", f"result {row.result_id}")
    put(tx, revision, [Row("results", row, 0)])
    for line in gone:
        remove(tx, revision, "result_items", key_of("result_items", line, ""))
    if lines:
        put(tx, revision, [Row("result_items", line, 0) for line in lines])


def _logged(tx: Tx, who: Who, what: str, row: ResultRow, grounds: Mapping[str, Any]) -> None:
    secret = row.agency_id in unannounced_on(tx, today()).get(row.filing_id, ())
    about = f"result:{row.result_id}"
    log.append(tx, who.login, what, about, dict(grounds), reserved=secret, agency_id=row.agency_id)

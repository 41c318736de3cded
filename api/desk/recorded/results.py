"""Results of checks as each may see them, what is wrong with them, and what they leave to do.

An agency and its sections read their own. Others than the coordinator get no result of an unannounced filing while its
window is open: the rest of its sites are still to be visited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import and_, func, or_, select

from api.desk.filings.filings import told
from api.desk.library.cells import words
from api.desk.library.site_models import CellOut
from api.desk.library.upkeep import taken_out
from api.desk.published.kept_books import today
from api.desk.recorded.result_models import ResultDetail, ResultLine, ResultOut, TodoOut
from api.rights import Who, family_of, own_agencies, parent_of
from api.store.database.columns import member
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import filings, library
from api.store.inputs.library import rows_of
from api.store.inputs.rows import decode, encode
from planner.domain.finding import Finding
from planner.domain.hashing import sha256_hex
from planner.intake.month.working_days import make_calendar
from planner.intake.recorded.checking import check_results
from planner.intake.recorded.effects import Todo, todos_of
from planner.intake.tables.records import ResultItemRow, ResultRow, Tables
from planner.intake.tables.schema import TABLE_BY_KEY

RESULTS, LINES = TABLE_BY_KEY["results"], TABLE_BY_KEY["result_items"]
MOST = 1000
Place = tuple[str, str]
"""Day and id of a result: its place in lists, the newest day first."""


def listed(
    tx: Tx,
    who: Who,
    *,
    since: date | None = None,
    until: date | None = None,
    site_id: str | None = None,
    agency_id: str | None = None,
    after: Place | None = None,
    limit: int = MOST,
) -> list[ResultRow]:
    """Return results that the caller may see, the newest day first, `after` a place."""
    part = partial(member, library.c.row, postgresql=tx.on_postgresql)
    day = part("date")
    query = select(library.c.row, library.c.number).where(*seen(tx, who))
    if since is not None:
        query = query.where(day >= since.isoformat())
    if until is not None:
        query = query.where(day <= until.isoformat())
    if site_id is not None:
        query = query.where(library.c.site_id == site_id)
    if agency_id is not None:
        query = query.where(or_(library.c.agency_id == agency_id, part("unit_id") == agency_id))
    if after is not None:
        query = query.where(or_(day < after[0], and_(day == after[0], library.c.key > after[1])))
    found = tx.rows(query.order_by(day.desc(), library.c.key).limit(limit))
    return [decode("results", row["row"], row["number"]) for row in found]


def seen(tx: Tx, who: Who) -> list[Any]:
    """Return the conditions on rows of the library that leave the results which the caller may see."""
    part = partial(member, library.c.row, postgresql=tx.on_postgresql)
    own = own_agencies(tx, who)
    where = [library.c.kind == "results", library.c.until.is_(None)]
    if own is not None:
        return [*where, or_(library.c.agency_id.in_(own), part("unit_id").in_(own))]
    if who.sees_all:
        return where
    return [*where, *open_to_all(tx, today())]


def unannounced_on(tx: Tx, day: date) -> dict[str, frozenset[str]]:
    """Return the unannounced filings whose window is still open on a day, each with its body and its sections.

    A result is of a filing only where it is its body's: whatever id another writes into its own tells nothing.
    """
    query = select(filings.c.filing_id, filings.c.agency_id)
    rows = tx.rows(query.where(filings.c.unannounced, filings.c.window_to >= day))
    families = {name: family_of(tx, parent_of(tx, name)) for name in {row["agency_id"] for row in rows}}
    return {row["filing_id"]: families[row["agency_id"]] for row in rows}


def open_to_all(tx: Tx, day: date) -> list[Any]:
    """Return the conditions on results that leave those which others than the coordinator may know on a day."""
    part = member(library.c.row, "filing_id", postgresql=tx.on_postgresql)
    named = func.coalesce(part, "")
    return [
        or_(named != name, library.c.agency_id.not_in(family))
        for name, family in sorted(unannounced_on(tx, day).items())
    ]


def result_of(tx: Tx, who: Who, result_id: str) -> tuple[ResultRow, list[ResultItemRow], int]:
    """Return a result with its lines and version. Raises NotFoundError, also where it is not the caller's to see."""
    query = select(library.c.row, library.c.number).where(*seen(tx, who), library.c.key == result_id)
    found = tx.row(query)
    if found is None:
        raise NotFoundError(f"没有检查结果 {result_id} / there is no result {result_id}")
    row: ResultRow = decode("results", found["row"], found["number"])
    lines = lines_of(tx, [result_id])
    return row, lines, version_of(row, lines)


def lines_of(tx: Tx, ids: Sequence[str]) -> list[ResultItemRow]:
    """Return the lines of results, by item."""
    part = member(library.c.row, "result_id", postgresql=tx.on_postgresql)
    holds = (library.c.kind == "result_items", library.c.until.is_(None))
    rows = []
    for n in range(0, len(ids), MOST):
        query = select(library.c.row, library.c.number).where(*holds, part.in_(ids[n : n + MOST]))
        rows += tx.rows(query.order_by(library.c.key))
    return [decode("result_items", row["row"], row["number"]) for row in rows]


def version_of(row: ResultRow, lines: Iterable[ResultItemRow]) -> int:
    """Return a number made of what was entered: a count of changes would tell of what others record.

    The id and the time of recording are the service's and never change.
    """
    entered = [encode("results", replace(row, result_id="", recorded_at=""))]
    entered += [encode("result_items", replace(line, result_id="")) for line in lines]
    return int(sha256_hex(entered)[:7], 16)


def shown(tx: Tx, rows: Sequence[ResultRow]) -> list[ResultOut]:
    """Return the shapes of results. The version stands for a result with its lines."""
    agencies = {row.agency_id: row.name for _, row in rows_of(tx, "agencies", limit=MOST)}
    sites = names_of_sites(tx, {row.site_id for row in rows})
    lines: dict[str, list[ResultItemRow]] = {row.result_id: [] for row in rows}
    for line in lines_of(tx, list(lines)):
        lines[line.result_id].append(line)
    found = []
    for row in rows:
        text = words(RESULTS, row)
        same = {key: text.get(key, "") for key in ("trigger", "mode", "result", "check_code", "recorded_at", "unit_id")}
        found.append(
            ResultOut(
                id=row.result_id,
                agency_id=row.agency_id,
                agency_name=agencies.get(row.agency_id, row.agency_id),
                site_id=row.site_id,
                site_name=sites.get(row.site_id, row.site_id),
                date=row.date,
                version=version_of(row, lines[row.result_id]),
                **same,
            )
        )
    return found


def names_of_sites(tx: Tx, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of sites by id; those that the library does not have are left out."""
    keys = sorted(ids)
    name = member(library.c.row, "name", postgresql=tx.on_postgresql)
    found: dict[str, str] = {}
    for n in range(0, len(keys), MOST):
        holds = (library.c.kind == "sites", library.c.until.is_(None), library.c.key.in_(keys[n : n + MOST]))
        found |= {row["key"]: row["name"] for row in tx.rows(select(library.c.key, name.label("name")).where(*holds))}
    return found


def detail(tx: Tx, row: ResultRow, lines: Sequence[ResultItemRow]) -> ResultDetail:
    """Return a result with every cell, its lines, what is wrong with it and what it leaves to do."""
    text = words(RESULTS, row)
    findings, todos = read_over(tx, [row], today())
    parts = [words(LINES, line) for line in lines]
    return ResultDetail(
        **shown(tx, [row])[0].model_dump(),
        cells=[CellOut(key=c.key, column=c.title, text=text.get(c.key, "")) for c in RESULTS.columns],
        lines=[ResultLine(**{key: part.get(key, "") for key in ResultLine.model_fields}) for part in parts],
        findings=[told(one) for one in findings],
        todos=[todo_out(one) for one in todos],
    )


def todo_out(todo: Todo) -> TodoOut:
    """Return the shape of what a result leaves to do."""
    same = {"kind": todo.kind, "agency_id": todo.agency, "site_id": todo.site, "day": todo.day, "result": todo.result}
    return TodoOut.model_validate({**same, "text": todo.zh, "clauses": list(todo.clauses)})


def read_over(
    tx: Tx, rows: Sequence[ResultRow], on: date, lines: Sequence[ResultItemRow] = ()
) -> tuple[list[Finding], list[Todo]]:
    """Return what is wrong with results as seen on a day, and what they leave to do; `lines` are not stored yet.

    A further visit rests on the earlier ones of its code, so these are read, too; of an agency's own rows alone, so
    that nothing is told of what others recorded.
    """
    asked = {row.result_id for row in rows}
    beside = _earlier(tx, [row for row in rows if row.check_code and row.visit_no > 1])
    every = [*rows, *(row for row in beside if row.result_id not in asked)]
    others = [row.result_id for row in every if row.result_id not in asked]
    items = {row.item_id: row for _, row in rows_of(tx, "items", limit=100_000)} if every else {}
    tables = Tables(
        source="library",
        agencies=tuple(row for _, row in rows_of(tx, "agencies", limit=MOST)),
        items=tuple(items.values()),
        sites=tuple(_sites(tx, {row.site_id for row in every})),
        results=tuple(every),
        result_items=(*lines, *lines_of(tx, [row.result_id for row in every] if not lines else others)),
    )
    years = {row.date.year for row in every} | {on.year}
    calendar = make_calendar(range(min(years), max(years) + 2), [row for _, row in rows_of(tx, "calendar", limit=5000)])
    gone = {one.site_id for one in taken_out(tx)}  # by a decision: it is not to be added again
    findings = [one for one in check_results(tables, calendar, on) if set(one.subjects) & asked]
    return findings, [
        one
        for one in todos_of(tables, date.min, on)
        if one.result in asked and not (one.kind == "add" and one.site in gone)
    ]


def _earlier(tx: Tx, again: Sequence[ResultRow]) -> list[ResultRow]:
    """Return the results of the same agencies on the codes of further visits."""
    wanted = {(row.check_code, row.site_id, row.agency_id) for row in again}
    keys = sorted({site for _, site, _ in wanted})
    found: list[ResultRow] = []
    for n in range(0, len(keys), MOST):
        holds = (library.c.kind == "results", library.c.until.is_(None), library.c.site_id.in_(keys[n : n + MOST]))
        rows = [decode("results", one["row"], one["number"]) for one in tx.rows(select(library).where(*holds))]
        found += [row for row in rows if (row.check_code, row.site_id, row.agency_id) in wanted]
    return found


def _sites(tx: Tx, ids: set[str]) -> list[Any]:
    found, keys = [], sorted(ids)
    for n in range(0, len(keys), MOST):
        holds = (library.c.kind == "sites", library.c.until.is_(None), library.c.key.in_(keys[n : n + MOST]))
        query = select(library.c.row, library.c.number).where(*holds)
        found += [decode("sites", row["row"], row["number"]) for row in tx.rows(query)]
    return found

"""The duty calendar: an agency's own with its sections', the bureau's to the bureau and the auditor."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from sqlalchemy import func, select

from api.desk.published.kept_books import today
from api.desk.recorded.duty_models import DutyList, DutyMark, DutyOut, DutyState
from api.desk.recorded.results import MOST, seen
from api.marks import matched
from api.problems import Problem
from api.rights import Who, own_agencies, parent_of
from api.store import log
from api.store.database.columns import member
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import library
from api.store.inputs.library import Row, new_revision, put, remove, rows_of
from api.store.inputs.rows import decode, encode, key_of
from planner.domain.calendar import WorkCalendar
from planner.domain.case import RowRef
from planner.domain.hashing import sha256_hex
from planner.intake.tables.records import DutyRow, ResultRow, Tables
from planner.obligations.calendar import Owed
from planner.rulebook.duties import BUREAU

MOST_ROWS = 100_000


def owed_to(tx: Tx, who: Who, year: int) -> tuple[list[Owed], WorkCalendar, dict[tuple[str, int, str, str], DutyRow]]:
    """Return the duties of a year that the caller may see as they stand today, their calendar and their marks."""
    from planner.service import duties_of

    rows = {
        kind: tuple(row for _, row in rows_of(tx, kind, limit=MOST_ROWS))
        for kind in ("agencies", "filings", "filing_steps", "calendar", "duties")
    }
    announced = {row.filing_id for row in rows["filings"] if not row.unannounced}
    rows["filings"] = tuple(row for row in rows["filings"] if row.filing_id in announced)
    rows["filing_steps"] = tuple(row for row in rows["filing_steps"] if row.filing_id in announced)
    tables = Tables(source="library", results=_first_visits(tx, who, year), **rows)
    found, calendar = duties_of(tables, today(), year)
    own = own_agencies(tx, who)
    mine = [one for one in found if own is None or one.agency in own or one.section in own]
    marks = {(row.agency_id, row.row, row.period, row.section): row for row in tables.duties}
    return mine, calendar, marks


def _first_visits(tx: Tx, who: Who, year: int) -> tuple[ResultRow, ...]:
    """Return each agency's first planned visit of every year around `year`: some duties come before it."""
    part = partial(member, library.c.row, postgresql=tx.on_postgresql)
    planned = (part("trigger") == "planned", part("mode") == "on_site")
    span = (part("date") >= f"{year - 1}-01-01", part("date") <= f"{year + 1}-12-31")
    of_year = func.substr(part("date"), 1, 4)
    query = select(library.c.agency_id, func.min(part("date")).label("day")).where(*seen(tx, who), *planned, *span)
    found: list[ResultRow] = []
    for one in tx.rows(query.group_by(library.c.agency_id, of_year)):
        same = (library.c.agency_id == one["agency_id"], part("date") == one["day"], *planned)
        row = tx.rows(select(library.c.row, library.c.number).where(*seen(tx, who), *same).limit(1))[0]
        found.append(decode("results", row["row"], row["number"]))
    return tuple(found)


def listed(tx: Tx, who: Who, year: int | None, agency_id: str | None, state: DutyState | None) -> DutyList:
    """Return the duties of a year, this one's where none is named, of one body or section where one is."""
    wanted = year or today().year
    found, _, marks = owed_to(tx, who, wanted)
    names = {row.agency_id: row.name for _, row in rows_of(tx, "agencies", limit=MOST)} | {BUREAU: "区司法局"}
    asked = [one for one in found if agency_id in (None, one.agency, one.section)]
    items = [_shown(one, names, marks) for one in asked if state in (None, one.state)]
    counts = Counter(one.state for one in asked)
    return DutyList(year=wanted, on=today(), counts=dict(sorted(counts.items())), items=items)


def _shown(one: Owed, names: dict[str, str], marks: dict[tuple[str, int, str, str], DutyRow]) -> DutyOut:
    same = ("section", "row", "period", "due", "done_on", "evidence", "days_left", "remind", "code", "assumed")
    values: dict[str, Any] = {name: getattr(one, name) for name in same}
    return DutyOut(
        **values,
        agency_id=one.agency,
        agency_name=names.get(one.agency, one.agency),
        section_name=names.get(one.section, one.section),
        state=_state(one.state),
        severity=one.severity.value,
        clauses=list(one.clauses),
        text=one.zh,
        version=_version(marks.get((one.agency, one.row, one.period, one.section))),
    )


def _state(text: str) -> DutyState:
    states: dict[str, DutyState] = {"open": "open", "done": "done", "late": "late", "waived": "waived"}
    return states[text]


def _version(row: DutyRow | None) -> int:
    """Return a number made of the mark, 0 where there is none: a count of changes would tell of others'."""
    return 0 if row is None else int(sha256_hex(encode("duties", row))[:7], 16)


def calendar_file(tx: Tx, who: Who, year: int | None, agency_id: str | None) -> bytes:
    """Return the open and overdue duties as a calendar file."""
    from planner.obligations.ics import duties_ics

    found, calendar, _ = owed_to(tx, who, year or today().year)
    return duties_ics([one for one in found if agency_id in (None, one.agency, one.section)], calendar)


def mark(tx: Tx, who: Who, row: int, period: str, version: int, order: DutyMark) -> DutyOut:
    """Mark a duty done or waived, or take the mark back. Raises NotFoundError, Problem 403, 412, 422."""
    agency = order.agency_id or (parent_of(tx, who.agency_id) if who.agency_id else BUREAU)
    section = order.section
    if who.agency_id is not None and who.agency_id != agency and not section:
        section = who.agency_id
    year = _year_of(period)
    for near in (year, year + 1):  # some fall due in the year after
        found, _, marks = owed_to(tx, who, near)
        key = (agency, row, period, section)
        one = next((one for one in found if (one.agency, one.row, one.period, one.section) == key), None)
        if one is not None:
            break
    else:
        raise NotFoundError(f"{agency} 在 {period} 没有第 {row} 项职责 / there is no such duty")
    if order.waived and not who.sees_all:
        raise Problem(403, "role", "免除职责由司法局办理。")
    if order.done_on is not None and order.done_on > today():
        where = [{"where": "done_on", "detail": f"{order.done_on} 还没有到"}]
        raise Problem(422, "ahead", f"{order.done_on} 还没有到，办完再登记。", errors=where)
    before = marks.get(key)
    matched(version, _version(before))
    if before is not None and before.waived and not who.sees_all:
        raise Problem(403, "role", "这项职责已由司法局免除，由司法局改动。")
    due = before.due if before else None
    new = DutyRow(agency, row, period, due, order.done_on, order.evidence, order.waived, section, RowRef("duties", 0))
    revision = new_revision(tx, who.login, "edit", f"duty {row} {agency}")
    if order.done_on is None and not order.evidence and not order.waived and due is None:
        remove(tx, revision, "duties", key_of("duties", new, ""))
    else:
        put(tx, revision, [Row("duties", new, 0)])
    done = order.done_on.isoformat() if order.done_on else ""
    grounds = {"row": row, "period": period, "section": section, "done_on": done}
    grounds |= {"evidence": order.evidence, "waived": order.waived}
    log.append(tx, who.login, "duty.mark", f"duty:{agency}", grounds, agency_id="" if agency == BUREAU else agency)
    found, _, marks = owed_to(tx, who, near)
    names = {one.agency_id: one.name for _, one in rows_of(tx, "agencies", limit=MOST)} | {BUREAU: "区司法局"}
    now = next(one for one in found if (one.agency, one.row, one.period, one.section) == key)
    return _shown(now, names, marks)


def _year_of(period: str) -> int:
    year = period[:4]
    if not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise NotFoundError(f"没有时期 {period} / there is no period {period}")
    return int(year)

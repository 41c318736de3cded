"""Filings on their way: draft, submitted, returned, accepted; every version kept.

draft → submitted → accepted      (a changed row is a new version and begins again; what was accepted stays in force
          ↓ ↑                      until its successor is accepted)
        returned
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from api.store import log
from api.store.database.bulk import insert_many
from api.store.database.engine import Store, Tx
from api.store.database.errors import ConflictError, NotFoundError, StateError
from api.store.database.schema import filing_steps, filing_versions, filings
from api.store.inputs.library import Row, new_revision, put, remove
from api.store.inputs.rows import decode, encode
from api.store.state.bind import bind
from planner.domain.calendar import month_bounds
from planner.intake.tables.records import FilingRow

STATES = ("draft", "submitted", "returned", "accepted", "withdrawn")
STATE_NAMES = dict(zip(STATES, ("草稿", "待受理", "已退回", "已受理", "已撤回"), strict=True))


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing as it stands. `version` counts from 1; `accepted_version` is the one in force, None where none is."""

    filing_id: str
    agency_id: str
    state: str
    version: int
    accepted_version: int | None
    code: str
    window_from: date
    window_to: date
    unannounced: bool


def save(tx: Tx, rows: Sequence[FilingRow], who: str, source: str, *, state: str = "draft") -> list[Filing]:
    """Store each row as its filing's newest version, in `state`; a row that changes nothing makes no version.

    The rows have different ids. Raises ConflictError where a filing is another agency's: nobody takes over an id.
    """
    ids = [row.filing_id for row in rows]
    before = _by_id(tx, ids)
    texts = _newest(tx, before)
    now = tx.now()
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for row in rows:
        there, text = before.get(row.filing_id), encode("filings", row)
        if there is not None and there.agency_id != row.agency_id:
            raise ConflictError(
                f"计划编号 {row.filing_id} 属于其他主体 / filing {row.filing_id} belongs to another agency"
            )
        same = there is not None and texts[row.filing_id] == text
        if same and there is not None and there.state in (state, "accepted"):
            continue
        version = 1 if there is None else there.version + (not same)
        values = {
            "filing_id": row.filing_id,
            "agency_id": row.agency_id,
            "state": state,
            "version": version,
            "accepted_version": version if state == "accepted" else there.accepted_version if there else None,
            "code": there.code if there else "",
            "window_from": row.window_from,
            "window_to": row.window_to,
            "unannounced": row.unannounced,
        }
        (new if there is None else changed).append(values)
        mark = {"filing_id": row.filing_id, "version": version, "at": now, "who": who}
        if not same:
            versions.append({**mark, "source": source[:200], "number": row.ref.row, "row": text})
        steps.append({**mark, "state": state, "reason": "", "code": ""})
    insert_many(tx, filings, new)
    if changed:
        names = [name for name in changed[0] if name != "filing_id"]
        to = update(filings).where(filings.c.filing_id == bindparam("b_filing_id"))
        to = to.values({name: bindparam(f"b_{name}") for name in names})
        tx.run(to, [{f"b_{name}": value for name, value in values.items()} for values in changed])
    insert_many(tx, filing_versions, versions)
    insert_many(tx, filing_steps, steps)
    bind(tx, "filing", [step["filing_id"] for step in steps])
    after = _by_id(tx, ids)
    return [after[filing_id] for filing_id in ids]


def submit(tx: Tx, filing_id: str, version: int, who: str) -> Filing:
    """Hand in a draft or a returned filing. Raises as `_moved`."""
    return _log_step(tx, _moved(tx, filing_id, version, who, ("draft", "returned"), "submitted"), who)


def give_back(tx: Tx, filing_id: str, version: int, who: str, reason: str) -> Filing:
    """Return a submitted filing for correction. What was accepted before stays in force. Raises as `_moved`."""
    filing = _moved(tx, filing_id, version, who, ("submitted",), "returned", reason=reason)
    return _log_step(tx, filing, who, reason=reason)


def accept(tx: Tx, filing_id: str, version: int, who: str, code: str) -> tuple[Filing, int]:
    """Accept a submitted version under its code; return it and the library's revision with it. Raises as `_moved`."""
    filing = _moved(tx, filing_id, version, who, ("submitted",), "accepted", code=code)
    tx.run(update(filings).where(filings.c.filing_id == filing_id).values(accepted_version=version, code=code))
    revision = new_revision(tx, who, "accept", filing_id)
    _, row = version_of(tx, filing_id, version)
    put(tx, revision, [Row("filings", row, row.ref.row)])
    return _log_step(tx, filing, who, code=code), revision


def withdraw(tx: Tx, filing_id: str, version: int, who: str, reason: str) -> tuple[Filing, int | None]:
    """Withdraw a filing, whatever its state; return it and the revision that ended it, if it was in force."""
    filing = _moved(tx, filing_id, version, who, STATES[:-1], "withdrawn", reason=reason)
    revision = None
    if filing.accepted_version is not None:
        revision = new_revision(tx, who, "withdraw", filing_id)
        remove(tx, revision, "filings", filing_id)
        tx.run(update(filings).where(filings.c.filing_id == filing_id).values(accepted_version=None))
    return _log_step(tx, filing, who, reason=reason), revision


def filing_of(tx: Tx, filing_id: str) -> Filing:
    """Return a filing. Raises NotFoundError."""
    row = tx.row(select(filings).where(filings.c.filing_id == filing_id))
    if row is None:
        raise NotFoundError(f"没有计划 {filing_id} / there is no filing {filing_id}")
    return Filing(**row)


def filings_of(
    store: Store,
    *,
    agency_id: str | None = None,
    state: str | None = None,
    month: str | None = None,
    after: str = "",
    limit: int = 100,
) -> list[Filing]:
    """Return filings by id, `after` an id, whose window meets `month` (`YYYY-MM`) if one is given."""
    query = select(filings).where(filings.c.filing_id > after)
    if agency_id is not None:
        query = query.where(filings.c.agency_id == agency_id)
    if state is not None:
        query = query.where(filings.c.state == state)
    if month is not None:
        first, last = month_bounds(month)
        query = query.where(filings.c.window_from <= last, filings.c.window_to >= first)
    with store.read() as tx:
        return [Filing(**row) for row in tx.rows(query.order_by(filings.c.filing_id).limit(limit))]


def version_of(tx: Tx, filing_id: str, version: int) -> tuple[dict[str, Any], FilingRow]:
    """Return when, by whom and from what source a version came, and its row. Raises NotFoundError."""
    table = filing_versions
    row = tx.row(select(table).where(table.c.filing_id == filing_id, table.c.version == version))
    if row is None:
        raise NotFoundError(f"计划 {filing_id} 没有版本 {version} / filing {filing_id} has no version {version}")
    found: FilingRow = decode("filings", row["row"], row["number"])
    return {key: row[key] for key in ("version", "at", "who", "source")}, found


def changes(tx: Tx, filing_id: str, version: int) -> dict[str, tuple[Any, Any]]:
    """Return what a version changed: (before, after) by field; everything that is set, for the first version."""
    _, new = version_of(tx, filing_id, version)
    old = version_of(tx, filing_id, version - 1)[1] if version > 1 else None
    names = [name for name in FilingRow.__slots__ if name != "ref"]
    pairs = {name: (getattr(old, name, None), getattr(new, name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1] and (old is not None or pair[1])}


def steps_of(tx: Tx, filing_id: str) -> list[dict[str, Any]]:
    """Return the states that a filing went through, oldest first."""
    return tx.rows(select(filing_steps).where(filing_steps.c.filing_id == filing_id).order_by(filing_steps.c.id))


def _moved(
    tx: Tx,
    filing_id: str,
    version: int,
    who: str,
    start: tuple[str, ...],
    end: str,
    *,
    reason: str = "",
    code: str = "",
) -> Filing:
    """Move version `version` from one of the states `start` to `end`.

    Raises NotFoundError, ConflictError where `version` is not the newest, StateError where it is in another state.
    """
    filing = filing_of(tx, filing_id)
    if filing.version != version:
        raise ConflictError(
            f"计划 {filing_id} 已有新版本 {filing.version} / filing {filing_id} is at version {filing.version} by now"
        )
    if filing.state not in start:
        raise StateError(
            f"计划 {filing_id} {STATE_NAMES[filing.state]}，不能这样处理。请重新读取，看是谁何时办的"
            f" / filing {filing_id} is {filing.state}"
        )
    tx.run(update(filings).where(filings.c.filing_id == filing_id).values(state=end))
    step = {"filing_id": filing_id, "version": version, "state": end, "at": tx.now(), "who": who}
    insert_many(tx, filing_steps, [{**step, "reason": reason, "code": code}])
    return filing_of(tx, filing_id)


def _log_step(tx: Tx, filing: Filing, who: str, *, reason: str = "", code: str = "") -> Filing:
    """Bind a filing that was moved as it stands now, say in the log what was done, and return it."""
    bind(tx, "filing", [filing.filing_id])
    grounds = {"version": filing.version, "reason": reason, "plan_code": code}
    log.append(
        tx,
        who,
        f"filing.{filing.state}",
        f"filing:{filing.filing_id}",
        grounds,
        reserved=filing.unannounced,
        agency_id=filing.agency_id,
    )
    return filing_of(tx, filing.filing_id)


def _by_id(tx: Tx, ids: Sequence[str]) -> dict[str, Filing]:
    found: dict[str, Filing] = {}
    for start in range(0, len(ids), 500):
        query = select(filings).where(filings.c.filing_id.in_(ids[start : start + 500]))
        found |= {row["filing_id"]: Filing(**row) for row in tx.rows(query)}
    return found


def _newest(tx: Tx, known: dict[str, Filing]) -> dict[str, str]:
    """Return the stored row of each filing's newest version."""
    found: dict[str, str] = {}
    keys = list(known)
    same = and_(filing_versions.c.filing_id == filings.c.filing_id, filing_versions.c.version == filings.c.version)
    for start in range(0, len(keys), 500):
        query = select(filings.c.filing_id, filing_versions.c.row).join(filing_versions, same)
        query = query.where(filings.c.filing_id.in_(keys[start : start + 500]))
        found |= dict(tx.connection.execute(query).all())
    return found

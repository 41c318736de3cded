"""Decisions on sites that stand in several registers: rows of the table 同一对象, made and taken back one at a time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from api.store import log
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError, NotFoundError
from api.store.inputs.library import Row, identities_of, new_revision, put, remove, row_of
from api.store.inputs.rows import key_of
from planner.domain.case import RowRef
from planner.intake.tables.records import IdentityRow

VERDICTS = {"same": "同一", "different": "不同"}
HERE = ZoneInfo("Asia/Shanghai")


def decide(tx: Tx, who: str, one: str, other: str, verdict: str, reason: str) -> IdentityRow:
    """Let two ids be one premises ("same") or two ("different") until somebody takes it back; return the row.

    `other` may have no row of its own if the verdict is "same". The same verdict once more changes nothing. Raises
    NotFoundError where `one`, or an `other` that is to be different, is in no row; ConflictError where the pair is
    decided otherwise, or where the alias means another site already.
    """
    if one == other:
        raise ConflictError(f"{one} 与自身不必核定 / {one} is itself")
    standing = _of_pair(tx, one, other)
    if standing is not None:
        if standing.verdict == verdict:
            return standing
        raise ConflictError(
            f"{one} 与 {other} 已由{standing.decided_by or '名录'}核定为“{VERDICTS[standing.verdict]}”，"
            "要改请先撤销该核定 / this pair is decided already: take that back first"
        )
    row_of(tx, "sites", one)
    if verdict == "different" or _has_row(tx, other):
        row_of(tx, "sites", other)
    else:
        meant = [row.site_id for row in identities_of(tx) if row.other_id == other and row.verdict == "same"]
        if meant:
            raise ConflictError(f"编号 {other} 已核定为 {meant[0]} / {other} means {meant[0]} already")
    today = datetime.now(HERE).date()
    row = IdentityRow(one, other, verdict, who, today, RowRef("identities", 0))
    put(tx, new_revision(tx, who, "edit", f"identity {one}"), [Row("identities", row, 0)])
    log.append(tx, who, "identity.decide", f"identity:{one}", {"other": other, "verdict": verdict, "reason": reason})
    return row


def take_back(tx: Tx, who: str, one: str, other: str, reason: str) -> IdentityRow:
    """Take a decision back, whichever of the two ids is named first; return what it was. Raises NotFoundError."""
    standing = _of_pair(tx, one, other)
    if standing is None:
        raise NotFoundError(f"{one} 与 {other} 没有核定 / nothing is decided on {one} and {other}")
    revision = new_revision(tx, who, "edit", f"identity {standing.site_id}")
    remove(tx, revision, "identities", key_of("identities", standing, ""))
    grounds = {"other": standing.other_id, "verdict": standing.verdict, "reason": reason}
    log.append(tx, who, "identity.take-back", f"identity:{standing.site_id}", grounds)
    return standing


def _of_pair(tx: Tx, one: str, other: str) -> IdentityRow | None:
    return next((row for row in identities_of(tx) if {row.site_id, row.other_id} == {one, other}), None)


def _has_row(tx: Tx, site_id: str) -> bool:
    try:
        row_of(tx, "sites", site_id)
    except NotFoundError:
        return False
    return True

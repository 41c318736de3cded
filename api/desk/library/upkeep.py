"""Sites added to the library, taken out of it by a decision and put back. What stood there is kept as a revision.

Sites that are closed, have moved or are not to be joined are corrected cell by cell (`sites`), those that stand twice
are the desk of premises' (`identities`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from api.desk.library.cells import read_cells
from api.desk.library.site_models import RemovalOut
from api.desk.library.sites import SITES, refuse_unsourced_mark, site_of
from api.problems import Problem
from api.rights import Who
from api.store import log
from api.store.database.clock import local_date
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError, NotFoundError
from api.store.database.schema import decisions, visits
from api.store.inputs.library import Row, known_ids, new_revision, put, remove, versions_of
from planner.domain.case import RowRef
from planner.intake.read.cells import cell_reader
from planner.intake.tables.facts import row_of
from planner.intake.tables.records import SiteRow
from planner.rulebook.offices import cited

REMOVE, RESTORE = "site-remove", "site-restore"


def add(tx: Tx, who: Who, cells: Mapping[str, str], reason: str) -> tuple[SiteRow, int]:
    """Add a site; return it and its version. Raises Problem 422 for wrong cells, ConflictError where it is there."""
    given = {key: text for key, text in cells.items() if text.strip()}
    known = known_ids(tx)
    values, errors = read_cells(SITES, given, known)
    errors += [
        {"where": f"cells.{c.key}", "detail": f"“{c.title}”不能为空"}
        for c in SITES.columns
        if c.required and c.key not in given
    ]
    if errors:
        raise Problem(422, "cells", f"有 {len(errors)} 处填写有误：{errors[0]['detail']}。", errors=errors)
    row: SiteRow = row_of(
        SITES, [values.get(c.key, cell_reader(c)("").value) for c in SITES.columns], RowRef("sites", 0)
    )
    if "sites" in known and row.site_id in known["sites"].usable:
        raise ConflictError(f"名录中已有 {row.site_id}，要改请改那一条 / there is a site {row.site_id}")
    refuse_unsourced_mark(row)
    put(tx, new_revision(tx, who.login, "edit", f"site {row.site_id}"), [Row("sites", row, 0)])
    log.append(tx, who.login, "site.add", f"site:{row.site_id}", {"reason": reason})
    return row, len(versions_of(tx, "sites", row.site_id))


def take_out(tx: Tx, who: Who, site_id: str, document_no: str, reason: str) -> None:
    """Take a site out of the library by a decision. Raises Problem 409 while an announced visit is still to come."""
    site_of(tx, who, site_id)
    today = local_date(tx.now())
    coming = (visits.c.standing, ~visits.c.unannounced, visits.c.site_id == site_id, visits.c.day >= today)
    days = sorted(set(tx.values(select(visits.c.day).where(*coming))))
    if days:
        said = "、".join(map(str, days))
        detail = f"{said} 有已公布的入企安排。请先按“对象停业”重排并发布，再移出名录。"
        raise Problem(409, "visited", detail, clauses=cited("leaves-library"))
    remove(tx, new_revision(tx, who.login, "edit", f"site {site_id}"), "sites", site_id)
    _decided(tx, who, REMOVE, site_id, document_no, reason)
    log.append(tx, who.login, "site.remove", f"site:{site_id}", {"document_no": document_no, "reason": reason})


def put_back(tx: Tx, who: Who, site_id: str, reason: str) -> tuple[SiteRow, int]:
    """Put a site back that was taken out, as it was then; return it and its version. Raises NotFoundError."""
    if site_id not in {one.site_id for one in taken_out(tx)}:
        raise NotFoundError(f"{site_id} 没有被移出名录 / {site_id} was not taken out")
    rows = versions_of(tx, "sites", site_id)
    row: SiteRow = rows[-1][2]
    put(tx, new_revision(tx, who.login, "edit", f"site {site_id}"), [Row("sites", row, row.ref.row)])
    _decided(tx, who, RESTORE, site_id, "", reason)
    log.append(tx, who.login, "site.restore", f"site:{site_id}", {"reason": reason})
    return row, len(rows) + 1


def taken_out(tx: Tx) -> list[RemovalOut]:
    """Return the decisions by which sites are out of the library now, the newest first."""
    query = select(decisions).where(decisions.c.decision.in_((REMOVE, RESTORE)))
    last: dict[str, dict[str, Any]] = {row["object"]: row for row in tx.rows(query.order_by(decisions.c.id))}
    found = []
    for row in sorted(last.values(), key=lambda row: -int(row["id"])):
        site_id = row["object"].removeprefix("site:")
        rows = versions_of(tx, "sites", site_id)
        if row["decision"] == REMOVE and rows and rows[-1][1] is not None:
            found.append(
                RemovalOut(
                    site_id=site_id,
                    name=rows[-1][2].name,
                    document_no=row["code"],
                    reason=row["reason"],
                    who=row["who"],
                    at=row["at"],
                    clauses=list(cited("leaves-library")),
                )
            )
    return found


def _decided(tx: Tx, who: Who, decision: str, site_id: str, document_no: str, reason: str) -> None:
    values = {"object": f"site:{site_id}", "agency_id": "", "decision": decision, "code": document_no}
    tx.run(insert(decisions).values(**values, reason=reason, detail={}, at=tx.now(), who=who.login))

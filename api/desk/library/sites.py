"""Sites and their grades: read, and changed cell by cell in the words and by the rules of the workbook."""

from __future__ import annotations

from collections.abc import Mapping

from api.desk.library.cells import read_cells, words
from api.desk.library.site_models import CellOut, GradeOrder, GradeOut, SiteDetail, SiteOut
from api.problems import Problem
from api.rights import Who
from api.store import log
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.inputs.library import Row, known_ids, new_revision, put, rows_of, versions_of
from planner.domain.case import RowRef
from planner.domain.hashing import sha256_hex
from planner.intake.tables.facts import with_cells
from planner.intake.tables.records import GradeRow, SiteRow
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.rulebook.offices import cited

SITES, GRADES = TABLE_BY_KEY["sites"], TABLE_BY_KEY["grades"]
FIXED = ("site_id",)
"""Columns that name the site; another name is another site."""


def shown(row: SiteRow) -> SiteOut:
    """Return a site's shape."""
    same = ("name", "town", "industry", "address", "join", "status", "lon", "lat")
    return SiteOut(id=row.site_id, tags=list(row.tags), **{name: getattr(row, name) for name in same})


def site_of(tx: Tx, who: Who, site_id: str) -> tuple[SiteRow, int]:
    """Return a site and its version. Raises NotFoundError, also where it lies in another town than the caller's."""
    found = [(row, n) for n, (_, until, row) in enumerate(versions_of(tx, "sites", site_id), 1) if until is None]
    if not found or (who.role == "town" and found[0][0].town != who.town):
        raise NotFoundError(f"没有检查对象 {site_id} / there is no site {site_id}")
    return found[0]


def detail(row: SiteRow) -> SiteDetail:
    """Return a site with every cell that is filled."""
    texts = words(SITES, row)
    cells = [CellOut(key=column.key, column=column.title, text=texts.get(column.key, "")) for column in SITES.columns]
    return SiteDetail(**shown(row).model_dump(), cells=cells)


def change(tx: Tx, who: Who, site_id: str, cells: Mapping[str, str], reason: str) -> tuple[SiteRow, int]:
    """Change cells of a site; return it and its new version. Raises Problem 422 where a cell is not what it must be."""
    row, version = site_of(tx, who, site_id)
    values, errors = read_cells(SITES, cells, known_ids(tx), FIXED)
    if errors:
        raise Problem(422, "cells", f"有 {len(errors)} 处填写有误：{errors[0]['detail']}。", errors=errors)
    new: SiteRow = with_cells(SITES, row, values, RowRef("sites", row.ref.row))
    if new == row:
        return row, version
    if new.join != row.join:
        refuse_unsourced_mark(new)
    revision = new_revision(tx, who.login, "edit", f"site {site_id}")
    put(tx, revision, [Row("sites", new, row.ref.row)])
    log.append(tx, who.login, "site.change", f"site:{site_id}", {"cells": sorted(cells), "reason": reason})
    return new, version + 1


def refuse_unsourced_mark(row: SiteRow) -> None:
    """Raise Problem 422 where a site is marked against joining and nothing says who said so when."""
    if row.join == "discouraged" and not (row.join_source and row.join_date):
        detail = "标注不鼓励联合的，须填“联合意愿来源”和“联合意愿日期”。"
        raise Problem(422, "cells", detail, clauses=cited("not-to-join"))


def grades_of(tx: Tx, site_id: str) -> tuple[list[GradeOut], int]:
    """Return a site's grades by domain and date, and their version, a number made of them.

    A count of all changes to the library would tell of filings that nobody is to know of.
    """
    rows = [row for _, row in rows_of(tx, "grades", site_id=site_id, limit=1000)]
    rows.sort(key=lambda row: (row.domain, row.valid_from))
    names = dict(GRADES.column("domain").choices)
    found = [
        GradeOut(domain=row.domain, name=names[row.domain], grade=row.grade, valid_from=row.valid_from) for row in rows
    ]
    contents = [[one.domain, one.grade, one.valid_from.isoformat()] for one in found]
    return found, int(sha256_hex(contents)[:7], 16) if found else 0


def grade(tx: Tx, who: Who, site_id: str, domain: str, given: GradeOrder) -> None:
    """Enter a grade of a site in a domain from a date on; one of the same date is replaced, others are kept."""
    site_of(tx, who, site_id)
    revision = new_revision(tx, who.login, "edit", f"grade {site_id}")
    row = GradeRow(site_id, domain, given.grade, given.valid_from, RowRef("grades", 0))
    put(tx, revision, [Row("grades", row, 0)])
    grounds = {"domain": domain, "grade": given.grade, "from": given.valid_from.isoformat(), "reason": given.reason}
    log.append(tx, who.login, "site.grade", f"site:{site_id}", grounds)

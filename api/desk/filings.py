"""Filings on their way, as each may see them: an agency its own, with its sections; unannounced ones nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api.desk.cells import words
from api.desk.models import FilingCell, FilingDetail, FilingOut, FilingStep, FindingOut, Uploaded
from api.http.problems import Problem
from api.rights import Who, own_agencies
from api.store import Store
from api.store.engine import Tx
from api.store.errors import NotFoundError
from api.store.filings import Filing, changes, filing_of, filings_of, save, steps_of, submit, version_of
from api.store.library import add_findings, findings_of, known_ids
from api.store.rows import raw_row
from api.store.schema import findings as findings_table
from planner.domain.finding import Finding
from planner.intake.catalogue import render
from planner.intake.reader import read_tables
from planner.intake.schema import TABLE_BY_KEY

KIND = "filings"


def shown(filing: Filing) -> FilingOut:
    """Return a filing's shape."""
    return FilingOut(**{name: getattr(filing, name) for name in FilingOut.model_fields})


def told(finding: Finding) -> FindingOut:
    """Return a finding in Chinese words."""
    title, message, action = render(finding)
    return FindingOut(
        code=finding.code,
        severity=finding.severity.value,
        title=title,
        message=message,
        action=action,
        table=finding.table,
        row=finding.row,
        column=finding.column,
        value=finding.value,
        clauses=list(finding.clauses),
    )


def visible(tx: Tx, who: Who, filing_id: str) -> Filing:
    """Return a filing. Raises NotFoundError, also where it is not the caller's to see."""
    filing = filing_of(tx, filing_id)
    if not may_see(who, own_agencies(tx, who), filing):
        raise NotFoundError(f"没有计划 {filing_id} / there is no filing {filing_id}")
    return filing


def listed(
    store: Store, who: Who, *, agency_id: str | None, state: str | None, month: str | None, after: str, limit: int
) -> list[Filing]:
    """Return the filings that the caller may see by id, `after` an id; at most `limit`, fewer only at the end."""
    with store.read() as tx:
        own = own_agencies(tx, who)
    found: list[Filing] = []
    while len(found) < limit:
        some = filings_of(store, agency_id=agency_id, state=state, month=month, after=after, limit=limit)
        found += [filing for filing in some if may_see(who, own, filing)]
        if len(some) < limit:
            break
        after = some[-1].filing_id
    return found[:limit]


def detail(tx: Tx, filing: Filing) -> FilingDetail:
    """Return a filing with its newest contents, what they changed, its steps and its findings."""
    _, row = version_of(tx, filing.filing_id, filing.version)
    table = TABLE_BY_KEY[KIND]
    found = findings_of(
        tx,
        (findings_table.c.filing_id == filing.filing_id) & (findings_table.c.version == filing.version),
    )
    steps = steps_of(tx, filing.filing_id)
    changed = changes(tx, filing.filing_id, filing.version)
    before = words(table, version_of(tx, filing.filing_id, filing.version - 1)[1]) if filing.version > 1 else None
    now = words(table, row)
    cells = [
        FilingCell(
            column=column.title,
            text=now.get(column.key, ""),
            before=None
            if before is None or before.get(column.key) == now.get(column.key)
            else before.get(column.key, ""),
        )
        for column in table.columns
        if column.key in now or column.key in (before or {})
    ]
    return FilingDetail(
        filing=shown(filing),
        cells=cells,
        row={key: value for key, value in raw_row(table, row).items() if value is not None},
        changes={name: [_plain(part) for part in pair] for name, pair in changed.items()},
        steps=[FilingStep(**{name: step[name] for name in FilingStep.model_fields}) for step in steps],
        findings=[told(finding) for finding in found],
    )


def upload(store: Store, who: Who, path: Path) -> Uploaded:
    """Read the filings of a workbook against the library, and hand in those without errors as new versions.

    Raises Problem 403 where a row is another agency's: then nothing is taken.
    """
    with store.read() as tx:
        known, own = known_ids(tx), own_agencies(tx, who)
    tables = read_tables(path, known=known)
    foreign = [row for row in tables.filings if own is not None and row.agency_id not in own]
    if foreign:
        errors = [{"where": f"filings.{row.ref.row}", "detail": "不是本单位的计划"} for row in foreign[:50]]
        raise Problem(403, "not-own", f"有 {len(foreign)} 行不是本单位的计划，全部未收。请删去后再传。", errors=errors)
    rows = {row.filing_id: row for row in tables.filings}
    at = {row.ref.row: row.filing_id for row in tables.filings}
    own_findings = [finding for finding in tables.findings if finding.table in (KIND, "")]
    with store.write() as tx:
        saved = save(tx, list(rows.values()), who.login, tables.source)
        filings = [
            submit(tx, filing.filing_id, filing.version, who.login) if filing.state in ("draft", "returned") else filing
            for filing in saved
        ]
        for filing in saved:
            about = [finding for finding in own_findings if at.get(finding.row) == filing.filing_id]
            if about and filing.state == "draft":
                add_findings(tx, about, filing_id=filing.filing_id, version=filing.version)
    return Uploaded(filings=[shown(filing) for filing in filings], findings=[told(f) for f in own_findings])


def may_see(who: Who, own: frozenset[str] | None, filing: Filing) -> bool:
    """Return whether a filing is the caller's to see; `own` are its agencies."""
    if own is not None:
        return filing.agency_id in own
    return who.sees_all or not filing.unannounced


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(getattr(value, "terms", value))

"""Filings on their way, as each may see them: an agency its own, with its sections; unannounced ones nobody else's."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from api.desk.filings.filing_models import FilingCell, FilingDetail, FilingOut, FilingStep, Uploaded
from api.desk.filings.own_register import matched
from api.desk.filings.words import speaks_for
from api.desk.library.cells import words as cell_words
from api.desk.models import FindingOut
from api.problems import Problem
from api.rights import Who, own_agencies
from api.store import Store
from api.store.database.clock import HERE
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import findings as findings_table
from api.store.inputs.filings import Filing, changes, filing_of, filings_of, save, steps_of, submit, version_of
from api.store.inputs.library import add_findings, findings_of, known_ids, rows_of
from api.store.inputs.rows import raw_row
from api.store.inputs.words import learn, words_of
from planner.domain.finding import Finding
from planner.intake.read.forms.learned import Learned
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import SiteRow
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.intake.words.catalogue import render
from planner.rulebook.book import load_rulebook
from planner.rulebook.citing import opened

KIND = "filings"
MOST_SITES = 1_000_000


def shown(filing: Filing) -> FilingOut:
    """Return a filing's shape."""
    return FilingOut(**{name: getattr(filing, name) for name in FilingOut.model_fields})


def told(finding: Finding) -> FindingOut:
    """Return a finding in Chinese words."""
    title, message, action = render(finding)
    law = load_rulebook().at(datetime.now(HERE).date())
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
        opened=[opened(law, clause) for clause in finding.clauses],
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
    before = cell_words(table, version_of(tx, filing.filing_id, filing.version - 1)[1]) if filing.version > 1 else None
    now = cell_words(table, row)
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


def upload(store: Store, who: Who, path: Path, agency_id: str | None = None) -> Uploaded:
    """Read the filings of a workbook against the library, and hand in those without errors as new versions.

    They are read by the words of the agency (of `agency_id` where the coordinator hands in for one); ids of a register
    that comes with them are matched with the library's. Raises Problem 403 where a row is another agency's: then
    nothing is taken; NotFoundError for another's words.
    """
    with store.read() as tx:
        known, own = known_ids(tx), own_agencies(tx, who)
        agency = speaks_for(tx, who, agency_id) if agency_id or who.agency_id else ""
        words = [kept.word for kept in words_of(tx, agency)] if agency else []
    tables = read_tables(path, known=known, learned=Learned(words))
    foreign = [row for row in tables.filings if own is not None and row.agency_id not in own]
    if foreign:
        errors = [{"where": f"filings.{row.ref.row}", "detail": "不是本单位的计划"} for row in foreign[:50]]
        raise Problem(403, "not-own", f"有 {len(foreign)} 行不是本单位的计划，全部未收。请删去后再传。", errors=errors)
    library: list[SiteRow] = []
    if tables.sites:
        with store.read() as tx:
            library = [row for _, row in rows_of(tx, "sites", limit=MOST_SITES)]
    found = matched(tables.filings, tables.sites, library, words)
    rows = {row.filing_id: row for row in found.filings}
    at = {row.ref.row: row.filing_id for row in found.filings}
    own_findings = [finding for finding in tables.findings if finding.table in (KIND, "")] + list(found.findings)
    with store.write() as tx:
        for word, why in found.sure if agency else ():
            learn(tx, who.login, agency, word, why)
        saved = save(tx, list(rows.values()), who.login, tables.source)
        filings = [
            submit(tx, filing.filing_id, filing.version, who.login) if filing.state in ("draft", "returned") else filing
            for filing in saved
        ]
        for filing in saved:
            about = [
                finding for finding in own_findings if finding.table == KIND and at.get(finding.row) == filing.filing_id
            ]
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

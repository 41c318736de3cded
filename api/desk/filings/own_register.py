"""The register of sites that an agency uploads with its filings: its ids are matched with the library's, never added.

A row that is surely a premises of the library counts as it, and the agency's id stays good. What may be one is named in
the finding on the filing that it keeps out; a person tells the word, or the coordinator imports the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.domain.finding import Finding, Severity
from planner.intake.identity.match import pairs_of
from planner.intake.read.forms.learned import Word
from planner.intake.tables.folding import fold
from planner.intake.tables.records import FilingRow, SiteRow
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.intake.words.catalogue import finding_types

SITES = TABLE_BY_KEY["filings"].column("sites")
TARGET = TABLE_BY_KEY["sites"].title
MOST_NEAR = 3
"""So many premises that an id may be are named in a finding."""


@dataclass(frozen=True)
class Matched:
    """Filings with the library's ids, what is to be told of them, and the ids that were sure, each with why."""

    filings: tuple[FilingRow, ...]
    findings: tuple[Finding, ...]
    sure: tuple[tuple[Word, str], ...]


def matched(
    filings: Sequence[FilingRow], register: Sequence[SiteRow], library: Sequence[SiteRow], words: Iterable[Word]
) -> Matched:
    """Match the rows of an uploaded `register` that have other ids than the `library`, and rename them in `filings`.

    What a person has told of an id (`words`) comes before any match. A filing all of whose sites are unknown is left
    out: without sites it would mean all of them.
    """
    known = {row.site_id: row for row in library}
    told = {fold(word.said): word.meant for word in words if word.column == SITES.key and word.meant in known}
    own = [row for row in register if row.site_id not in known]
    named = {row.site_id: told[fold(row.site_id)] for row in own if fold(row.site_id) in told}
    open_ = [row for row in own if row.site_id not in named]
    near: dict[str, list[tuple[str, str]]] = {}
    sure: list[tuple[Word, str]] = []
    findings = [_finding("register.read", "sites", 0, "", count=str(len(register)))] if register else []
    rows = {row.site_id: row for row in open_}
    for pair in pairs_of([*library, *open_]) if open_ else ():
        for mine, theirs in ((pair.one, pair.other), (pair.other, pair.one)):
            if mine not in rows or theirs not in known:
                continue
            if not pair.sure:
                near.setdefault(mine, []).append((theirs, pair.why))
            elif named.setdefault(mine, theirs) == theirs:
                row = known[theirs]
                about = {"one": theirs, "name": row.name, "why": pair.why}
                findings.append(_finding("register.same", "sites", rows[mine].ref.row, mine, (), **about))
                sure.append((Word(SITES.key, mine, theirs), pair.why))
    lost = {row.site_id for row in own} - named.keys()
    hints = {site: _hint(known, near.get(site, ())) for site in lost}
    kept = []
    for filed in filings:
        gone = [site for site in filed.sites if site in lost]
        then = _renamed(filed, named, lost)
        code = "ref.lost" if then.sites or not filed.sites else "ref.unknown"
        of, row_number = (filed.filing_id,), filed.ref.row
        findings += [_finding(code, "filings", row_number, site, of, hint=hints[site]) for site in gone]
        if code == "ref.lost":
            kept.append(then)
    return Matched(tuple(kept), tuple(findings), tuple(sure))


def _renamed(row: FilingRow, named: Mapping[str, str], lost: set[str]) -> FilingRow:
    sites = tuple(dict.fromkeys(named.get(site, site) for site in row.sites if site not in lost))
    parts = [part.split("=", 1) for part in row.due]
    due = tuple("=".join((named.get(part[0], part[0]), *part[1:])) for part in parts if part[0] not in lost)
    return replace(row, sites=sites, due=due)


def _hint(known: Mapping[str, SiteRow], near: Sequence[tuple[str, str]]) -> str:
    told = "、".join(f"“{site}”（{known[site].name}，{why}）" for site, why in near[:MOST_NEAR])
    return f"，可能是{told}" if told else ""


def _finding(code: str, table: str, row: int, value: str, subjects: tuple[str, ...] = (), **params: str) -> Finding:
    severity: Severity = finding_types()[code].severity
    return Finding(code, severity, table, row, SITES.title, value, (), subjects, {"target": TARGET, **params})

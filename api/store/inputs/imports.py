"""Whole workbooks and folders into the store: one revision each, all of it or nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import update

from api.store import log
from api.store.database.engine import Store, Tx
from api.store.database.schema import revisions
from api.store.inputs.filings import save
from api.store.inputs.library import Row, add_findings, new_revision, put
from api.store.state.bind import bind
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import TABLES


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: its revision and, by table, the rows added, changed, ended and left as they were."""

    revision: int
    counts: dict[str, dict[str, int]]
    findings: int


def import_tables(store: Store, tables: Tables, who: str, *, replace: bool = False) -> Imported:
    """Store all rows of `tables` as one revision, filings as accepted ones, and its findings.

    With `replace` the rows of every table that `tables` has are the whole table from then on: others end. Without, they
    are added to what is there, and replace what has their key.
    """
    with store.write() as tx:
        return import_in(tx, tables, who, replace=replace)


def import_in(tx: Tx, tables: Tables, who: str, *, replace: bool = False, sha256: str = "") -> Imported:
    """Do as `import_tables` in a transaction that is alone; `sha256` is the hash of the file it came from."""
    revision = new_revision(tx, who, "import", tables.source, sha256)
    counts: dict[str, dict[str, int]] = {}
    for table in TABLES:
        rows = getattr(tables, table.key)
        if rows:
            counts[table.key] = put(tx, revision, [Row(table.key, row, row.ref.row) for row in rows], replace)
    save(tx, tables.filings, who, tables.source, state="accepted")
    bind(tx, "filing")  # of those that are not in these tables some may have ended
    add_findings(tx, tables.findings, revision=revision)
    tx.run(update(revisions).where(revisions.c.id == revision).values(counts=counts))
    severities = Counter(finding.severity.value for finding in tables.findings)
    # How many filings there are, and the file itself, would tell of unannounced ones: that is the coordinator's alone.
    shown = {key: count for key, count in counts.items() if key != "filings"}
    log.append(tx, who, "library.import", "library", {"source": tables.source, "rows": shown})
    whole = {"sha256": sha256, "rows": counts, "findings": dict(severities)}
    log.append(tx, who, "library.import", f"revision:{revision}", whole, reserved=True)
    return Imported(revision, counts, len(tables.findings))

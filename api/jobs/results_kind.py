"""The kind of job that reads a workbook of results: an agency's own, or everybody's for the coordinator.

Payload: {path}. Rows that cannot be taken are told and the rest is stored as one revision. Result: {rows, counts,
findings}, the counts by severity and the first findings in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from api.desk.filings.filings import told
from api.desk.recorded.results import read_over
from api.jobs.run import Ending, Run, kind
from api.rights import family_of, parent_of
from api.store import log
from api.store.database.clock import HERE
from api.store.database.engine import Tx
from api.store.database.schema import library, revisions
from api.store.inputs.library import Row, add_findings, file_hash, known_ids, new_revision, put
from api.store.inputs.rows import decode
from planner.domain.errors import InputError
from planner.domain.finding import Finding, Severity
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import ResultItemRow, ResultRow
from planner.intake.tables.schema import RESULTS
from planner.intake.words.catalogue import finding_types
from planner.rulebook.recording import FOREIGN_CODE

TOLD = 200
"""How many findings stay with the run in words; all are kept with the revision."""
CHUNK = 1000
OURS = frozenset({"results", "result_items", ""})
"""Tables whose findings are told; "" is the file itself."""


@kind("results")
def results(run: Run) -> Ending:
    """Read the results of a workbook and store those that can be taken. Fails where there is none."""
    run.tell("read")
    path, agency = Path(run.job.payload["path"]), run.job.agency_id
    with run.store.read() as tx:
        known = known_ids(tx, ("agencies", "items", "sites", "filings", "identities", "results"))
    tables = read_tables(path, lambda table, rows: run.tell("read", note=f"{table} {rows:,}"), known=known)
    found = [one for one in tables.findings if one.table in OURS]
    if not tables.results and not tables.result_items:
        first = f"：{told(found[0]).message}" if found else ""
        raise InputError(f"工作簿中没有可用的“检查结果”{first} / no usable results")
    run.tell("store")

    def store(tx: Tx) -> Any:
        now = datetime.now(HERE)
        taking = _Taking(tx, agency, now)
        rows, wrong = taking.rows(tables.results)
        lines, strange = taking.lines(tables.result_items, {row.result_id for row in rows})
        late, _ = read_over(tx, rows, now.date(), lines)
        findings = [*found, *wrong, *strange]
        revision = new_revision(tx, run.job.created_by, "import", tables.source, file_hash(path))
        counts = {}
        for key, several in (("results", rows), ("result_items", lines)):
            if several:
                counts[key] = put(tx, revision, [Row(key, row, row.ref.row) for row in several])
        add_findings(tx, findings, revision=revision)
        tx.run(update(revisions).where(revisions.c.id == revision).values(counts=counts))
        about = f"agency:{agency}" if agency else "library"
        grounds = {"source": tables.source, "rows": counts}
        who = run.job.created_by
        log.append(tx, who, "results.import", about, grounds, reserved=True, agency_id=agency or "")
        every = sorted([*findings, *late], key=lambda one: list(Severity).index(one.severity))
        severities = Counter(one.severity.value for one in every)
        said = [told(one).model_dump(mode="json") for one in every[:TOLD]]
        # Not the revision: its number counts what others have changed.
        return {"rows": counts, "counts": dict(severities), "findings": said}

    return store


@dataclass(frozen=True)
class _Taking:
    """Which rows of a workbook may be stored: an agency's own, of days that have been."""

    tx: Tx
    agency: str | None
    now: datetime

    def rows(self, given: Iterable[ResultRow]) -> tuple[list[ResultRow], list[Finding]]:
        """Return the results to store, those without a time of recording with that of now, and what is wrong."""
        given = list(given)
        own = None if self.agency is None else family_of(self.tx, self.agency)
        parent = "" if self.agency is None else parent_of(self.tx, self.agency)
        there = {} if own is None else self._owners([row.result_id for row in given])
        kept, wrong = [], []
        parents = {name: parent_of(self.tx, name) for name in {row.agency_id for row in given} | units_of(given)}
        for row in given:
            strange = bool(row.unit_id) and parents[row.unit_id] != parents[row.agency_id]
            mine = own is None or row.agency_id in own or (row.agency_id == parent and row.unit_id in own)
            if own is not None and row.result_id in there:
                agency, unit = there[row.result_id]
                mine &= agency in own or unit in own
            if not mine or strange:
                wrong.append(_finding("result.not-own", row, "agency_id"))
            elif row.date > self.now.date():
                wrong.append(_finding("result.ahead", row, "date"))
            else:
                kept.append(row if row.recorded_at else replace(row, recorded_at=self.now.strftime("%Y-%m-%d %H:%M")))
        return kept, wrong

    def lines(self, given: Iterable[ResultItemRow], taken: set[str]) -> tuple[list[ResultItemRow], list[Finding]]:
        """Return the lines of the results that are taken, or of one's own that are there; others are told."""
        lines = list(given)
        beside = sorted({line.result_id for line in lines} - taken)
        own = None if self.agency is None else family_of(self.tx, self.agency)
        there = self._owners(beside)
        mine = taken | {name for name, owners in there.items() if own is None or set(owners) & own}
        wrong = [_finding("result.not-own", line, "result_id") for line in lines if line.result_id not in mine]
        return [line for line in lines if line.result_id in mine], wrong

    def _owners(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return (agency, unit) of the results that are in the library already."""
        found: dict[str, tuple[str, str]] = {}
        for n in range(0, len(ids), CHUNK):
            holds = (library.c.kind == "results", library.c.until.is_(None), library.c.key.in_(ids[n : n + CHUNK]))
            for row in self.tx.rows(select(library.c.row, library.c.number).where(*holds)):
                one = decode("results", row["row"], row["number"])
                found[one.result_id] = (one.agency_id, one.unit_id)
        return found


def units_of(rows: Iterable[ResultRow]) -> set[str]:
    """Return the units that rows name: who carried a check out reads its result, so it must be the body's own."""
    return {row.unit_id for row in rows if row.unit_id}


def _finding(code: str, row: ResultRow | ResultItemRow, column: str) -> Finding:
    severity = Severity(finding_types()[code].severity)
    params = {"result": row.result_id}
    title = RESULTS.column(column).title
    value = str(getattr(row, column))
    return Finding(code, severity, row.ref.table, row.ref.row, title, value, FOREIGN_CODE, (row.result_id,), params)

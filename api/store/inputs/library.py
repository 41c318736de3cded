"""The library: rows of the input tables by revision. A month's input is assembled as it stands, or as it stood.

Every change makes a revision (see `imports`, `filings`). A row that it changes ends before that revision and a new one
begins with it; a row that it repeats stays as it is.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from api.store.database.bulk import insert_many
from api.store.database.columns import member
from api.store.database.engine import Store, Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import findings as findings_table
from api.store.database.schema import library, revisions
from api.store.inputs.rows import decode, encode, key_of
from planner.domain.case import RowRef
from planner.domain.finding import Finding, Severity
from planner.intake.read.references import Ids, resolve, resolve_parents
from planner.intake.read.rows import Grid
from planner.intake.tables.aliases import aliases_said
from planner.intake.tables.records import IdentityRow, Tables
from planner.intake.tables.schema import TABLE_BY_KEY, TABLES
from planner.intake.words.findings import Findings

MOST_IDENTITIES = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row to be put into the library: its table, the typed row and the number of the row in its source."""

    kind: str
    row: Any
    number: int


def new_revision(tx: Tx, who: str, kind: str, source: str, sha256: str = "") -> int:
    """Begin a revision and return its number."""
    number: int = (tx.value(select(func.max(revisions.c.id))) or 0) + 1
    values = {"id": number, "at": tx.now(), "who": who, "kind": kind, "source": source[:200], "sha256": sha256}
    tx.run(insert(revisions).values(**values, counts={}))
    return number


def put(tx: Tx, revision: int, rows: Sequence[Row], replace: bool = False) -> dict[str, int]:
    """Make `rows`, all of one table, the current ones under their keys; return how many were added, changed and so on.

    With `replace` all other current rows of the table end.
    """
    kind = rows[0].kind
    keyed = _keyed(rows)
    current = _current(tx, kind, None if replace or len(keyed) > 500 else list(keyed))
    fresh = {key: values for key, values in keyed.items() if key not in current or current[key][1] != values["row"]}
    changed = [current[key][0] for key in fresh if key in current]
    gone = [identity for key, (identity, _) in current.items() if key not in keyed] if replace else []
    end_rows(tx, revision, changed + gone)
    insert_many(tx, library, [{**values, "since": revision} for values in fresh.values()])
    return {
        "added": len(fresh) - len(changed),
        "changed": len(changed),
        "ended": len(gone),
        "same": len(keyed) - len(fresh),
    }


def end_rows(tx: Tx, revision: int, identities: Iterable[int]) -> None:
    """Let rows, by `library.id`, hold until before `revision`."""
    values = [{"row_id": identity, "revision": revision} for identity in identities]
    if values:
        held = update(library).where(library.c.id == bindparam("row_id")).values(until=bindparam("revision"))
        tx.run(held, values)


def remove(tx: Tx, revision: int, kind: str, key: str) -> bool:
    """End the current row of a key; return whether there was one."""
    query = select(library.c.id).where(library.c.kind == kind, library.c.key == key, library.c.until.is_(None))
    found = tx.values(query)
    end_rows(tx, revision, found)
    return bool(found)


def row_of(tx: Tx, kind: str, key: str) -> Any:
    """Return the current typed row of a key. Raises NotFoundError."""
    query = select(library.c.row, library.c.number).where(library.c.kind == kind, library.c.key == key)
    found = tx.row(query.where(library.c.until.is_(None)))
    if found is None:
        raise NotFoundError(f"{TABLE_BY_KEY[kind].title}中没有 {key} / there is no {key} in {kind}")
    return decode(kind, found["row"], found["number"])


def rows_of(
    tx: Tx,
    kind: str,
    *,
    site_id: str | None = None,
    agency_id: str | None = None,
    town: str | None = None,
    text: str = "",
    after: str = "",
    limit: int = 100,
) -> list[tuple[str, Any]]:
    """Return (key, typed row) of current rows by key, `after` a key, of one site, agency or town if one is given.

    `text` is a part of the key or of the row's name.
    """
    query = select(library.c.key, library.c.row, library.c.number)
    query = query.where(library.c.kind == kind, library.c.until.is_(None), library.c.key > after)
    for column, value in ((library.c.site_id, site_id), (library.c.agency_id, agency_id), (library.c.town, town)):
        if value is not None:
            query = query.where(column == value)
    if text:
        name = member(library.c.row, "name", postgresql=tx.on_postgresql)
        query = query.where(or_(name.contains(text, autoescape=True), library.c.key.contains(text, autoescape=True)))
    found = tx.rows(query.order_by(library.c.key).limit(limit))
    return [(row["key"], decode(kind, row["row"], row["number"])) for row in found]


def held_since(tx: Tx, kind: str) -> list[tuple[int, Any]]:
    """Return (revision since which it holds, typed row) of every current row of a table, in order of its sources."""
    columns = (library.c.since, library.c.number, library.c.row)
    query = select(*columns).where(library.c.kind == kind, library.c.until.is_(None))
    rows = tx.rows(query.order_by(library.c.since, library.c.number, library.c.id))
    return [(row["since"], decode(kind, row["row"], row["number"])) for row in rows]


def versions_of(tx: Tx, kind: str, key: str) -> list[tuple[int, int | None, Any]]:
    """Return (since revision, until revision, typed row) of every row that a key has had, oldest first."""
    columns = (library.c.since, library.c.until, library.c.row, library.c.number)
    query = select(*columns).where(library.c.kind == kind, library.c.key == key).order_by(library.c.id)
    return [(r["since"], r["until"], decode(kind, r["row"], r["number"])) for r in tx.rows(query)]


def tables_of(store: Store, month: str, revision: int | None = None) -> Tables:
    """Return the input of `month`: the library and the accepted filings, now or as of `revision`.

    Imported from one source, it equals what the reader gives of that source, in order, rows and findings. Rows of
    several sources may name what is no longer there: such rows are left out with the reader's findings, so that
    references hold here too. All filings are in it, whatever their window: what was filed for other months bears on
    this one's frequency and draws, and the screening knows how. `month` names the input.
    """
    with store.read() as tx:
        return tables_in(tx, month, revision)


def tables_in(tx: Tx, month: str, revision: int | None = None) -> Tables:
    """Do as `tables_of` in a transaction."""
    at = latest(tx) if revision is None else revision
    numbers: dict[str, list[Any]] = defaultdict(list)
    sources: set[int] = set()
    query = select(library.c.kind, library.c.row, library.c.number, library.c.since)
    holds = (library.c.since <= at, or_(library.c.until.is_(None), library.c.until > at))
    ordered = query.where(*holds).order_by(library.c.since, library.c.number, library.c.id)
    for kind, row, number, since in tx.connection.execution_options(yield_per=20_000).execute(ordered):
        numbers[kind].append(decode(kind, row, number))
        sources.add(since)
    names = tx.values(select(revisions.c.source).where(revisions.c.id.in_(sources)))
    source = names[0] if len(set(names)) == 1 else f"library {month}@{at}"
    kept, found = _resolved(numbers) if len(sources) > 1 else (numbers, ())
    told = findings_of(tx, findings_table.c.revision.in_(sources))
    return Tables(source=source, findings=(*told, *found), **{kind: tuple(rows) for kind, rows in kept.items()})


def latest(tx: Tx) -> int:
    """Return the number of the newest revision, 0 where there is none."""
    found: int = tx.value(select(func.max(revisions.c.id))) or 0
    return found


def known_ids(tx: Tx, kinds: Collection[str] | None = None) -> dict[str, Ids]:
    """Return the ids of current rows by table, of `kinds` where given: what a partial upload may refer to."""
    ids: dict[str, set[str]] = defaultdict(set)
    single = [table.key for table in TABLES if len(table.unique) == 1 and (kinds is None or table.key in kinds)]
    query = select(library.c.kind, library.c.key).where(library.c.until.is_(None), library.c.kind.in_(single))
    for kind, key in tx.connection.execute(query):
        ids[kind].add(key)
    known = {kind: Ids(frozenset(keys), frozenset(keys)) for kind, keys in ids.items()}
    if "sites" in known:
        known["sites"] = known["sites"].with_aliases(aliases_said(identities_of(tx), known["sites"].usable))
    return known


def identities_of(tx: Tx) -> list[IdentityRow]:
    """Return the decisions on premises that stand in several registers, as they hold now."""
    return [row for _, row in rows_of(tx, "identities", limit=MOST_IDENTITIES)]


def add_findings(tx: Tx, found: Sequence[Finding], **owner: Any) -> None:
    """Store findings of `revision=…`, or of `filing_id=…, version=…`."""
    values = [
        {
            "revision": None,
            "filing_id": None,
            "version": None,
            **owner,
            "code": finding.code,
            "severity": finding.severity.value,
            "sheet": finding.table[:200],
            "row": finding.row,
            "column": finding.column[:200],
            "value": finding.value,
            "clauses": list(finding.clauses),
            "subjects": list(finding.subjects),
            "params": finding.params,
        }
        for finding in found
    ]
    if values:
        tx.run(insert(findings_table), values)


def findings_of(tx: Tx, which: Any) -> list[Finding]:
    """Return the stored findings that meet the condition, in the order found."""
    return [
        Finding(
            row["code"],
            Severity(row["severity"]),
            row["sheet"],
            row["row"],
            row["column"],
            row["value"],
            tuple(row["clauses"]),
            tuple(row["subjects"]),
            row["params"],
        )
        for row in tx.rows(select(findings_table).where(which).order_by(findings_table.c.id))
    ]


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, or that of the hashes (hex) of a folder's CSV files in order of name."""
    if path.is_dir():
        hashes = "".join(file_hash(file) for file in sorted(path.glob("*.csv")))
        return hashlib.sha256(hashes.encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keyed(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Return the values to store by key. Rows that a table may repeat are counted apart."""
    keyed: dict[str, dict[str, Any]] = {}
    repeats: Counter[str] = Counter()
    for item in rows:
        text = encode(item.kind, item.row)
        key = key_of(item.kind, item.row, text)
        repeats[key] += 1
        if repeats[key] > 1:
            key = f"{key}#{repeats[key]}"
        keyed[key] = {
            "kind": item.kind,
            "key": key,
            "number": item.number,
            "site_id": getattr(item.row, "site_id", None) or None,
            "agency_id": getattr(item.row, "agency_id", None) or None,
            "town": getattr(item.row, "town", None) or None,
            "row": text,
        }
    return keyed


def _current(tx: Tx, kind: str, keys: list[str] | None) -> dict[str, tuple[int, str]]:
    query = select(library.c.key, library.c.id, library.c.row).where(library.c.kind == kind, library.c.until.is_(None))
    if keys is not None:
        query = query.where(library.c.key.in_(keys))
    return {key: (identity, row) for key, identity, row in tx.connection.execute(query)}


def _resolved(numbers: dict[str, list[Any]]) -> tuple[dict[str, list[Any]], tuple[Finding, ...]]:
    """Leave out rows that refer to nothing, by the reader's own rules."""
    findings = Findings()
    known: dict[str, Ids] = {}
    kept: dict[str, list[Any]] = {}
    for table in TABLES:
        rows = numbers.get(table.key)
        if not rows:
            continue
        width = len(table.columns)
        names = type(rows[0]).__slots__[:width]
        columns = {c.key: [getattr(row, n) for row in rows] for c, n in zip(table.columns, names, strict=True)}
        grid = Grid(table, [row.ref.row for row in rows], columns, bytearray(b"\x01") * len(rows))
        resolve(grid, known, findings)
        if table.key == "agencies":
            resolve_parents(grid, findings)
        known[table.key] = Ids.of(grid)
        if table.key == "sites":
            said = aliases_said(numbers.get("identities", ()), known["sites"].usable)
            known["sites"] = known["sites"].with_aliases(said)
        record = type(rows[0])
        cells = zip(*(grid.columns[column.key] for column in table.columns), strict=True)
        kept[table.key] = [
            record(*row, RowRef(table.key, number))
            for row, number, usable in zip(cells, grid.numbers, grid.usable, strict=True)
            if usable
        ]
    return kept, findings.sorted()

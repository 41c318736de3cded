"""Stored results: a file that grows by one run at a time, and the table that shows the newest row of each case."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError

BEGIN, END = "<!-- months:begin -->", "<!-- months:end -->"
READING = "reading"
Row = dict[str, Any]

HEADER = (
    "月份 month",
    "任务 tasks: 应查 due + 可缓 waiting",
    "对象 sites",
    "各自 alone",
    "先到 first-come",
    "**本系统 ours**",
    "极限 limit",
    "差距 gap",
    "未排 left out",
    "联合 joint",
    "退回 days given back",
    "首个方案 first, s",
    "撮合 + 排时 + 派员 match + timetable + crews, s",
    "MiB",
)


def load(path: Path) -> list[dict[str, Any]]:
    """Return the stored runs, oldest first; none where there is no file."""
    if not path.exists():
        return []
    runs: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return runs


def append(path: Path, when: str, rows: Sequence[Row]) -> None:
    """Add a run to the file."""
    runs = [*load(path), {"when": when, "rows": list(rows)}]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(runs, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def newest(runs: Iterable[dict[str, Any]], order: Sequence[str]) -> list[Row]:
    """Return the newest row of each case in `order`, each with the date of its run.

    A row that was not run hides no measurement.
    """
    found: dict[str, Row] = {}
    for run in runs:
        for row in run["rows"]:
            if "not_run" not in row or "not_run" in found.get(row["case"], row):
                found[row["case"]] = {**row, "when": run["when"]}
    return [found[case] for case in order if case in found]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table with what they were measured on; the reading benchmark is a line below."""
    months = [row for row in rows if row["case"] != READING]
    lines = [_line(HEADER), _line(["---", *["---:"] * (len(HEADER) - 1)])]
    lines += [_line([row["label"], f"未运行 {row['not_run']}"] if "not_run" in row else _cells(row)) for row in months]
    notes = [_reading(row) for row in rows if row["case"] == READING]
    short = [f"{row['label']}: {row['gate']['short']}" for row in months if row.get("gate", {}).get("short")]
    notes += [f"Gate not met: {'; '.join(short)}."] if short else []
    places = dict.fromkeys(_place(row) for row in rows if "not_run" not in row)
    notes += [f"测量 Measured {'; '.join(places)}."] if places else []
    return "\n".join([*lines, "", *("\n\n".join(notes).split("\n"))])


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cells(row: Row) -> list[str]:
    entries, seconds = row["entries"], row["seconds"]
    return [
        row["label"],
        f"{row['due']:,} + {row['waiting']:,}",
        f"{row['sites']:,}",
        _rival(row["alone"]),
        _rival(next(rival for rival in row["first_come"] if rival["acceptance_percent"] == 100)),
        f"**{entries['all']:,}** ({entries['month']:,} + {entries['later']:,})",
        "" if row["limit"] is None else f"{row['limit']:,}",
        f"{row['gap']:.2%}",
        f"{row['left_out_tasks']:,}",
        f"{row['joint_share']:.0%}",
        _given_back(row),
        f"{seconds['first']:.2f}",
        _stages(seconds),
        f"{row['peak_mib']:,}",
    ]


def _given_back(row: Row) -> str:
    """Return how many unit-days could not be walked or manned at first, of all on which a unit goes out."""
    if "unit_days" not in row:
        return ""
    return f"{sum(row['unit_days_failed'].values())} / {row['unit_days']:,}"


def _stages(seconds: Row) -> str:
    if "match" not in seconds:
        return f"{seconds['total']:.1f} (撮合 match only)"
    later = seconds["timetable"] + seconds["answer"]
    return f"{seconds['match']:.1f} + {later:.1f} + {seconds['crew']:.1f} = {seconds['total']:.1f}"


def _rival(rival: Row) -> str:
    """Entries over the whole pattern, and what the rival leaves out, as fewer entries may be fewer checks."""
    left = rival["left_out_tasks"]
    return f"{rival['entries']:,}" + (f" ({left:,} 未排 left out)" if left else "")


def _reading(row: Row) -> str:
    return (
        f"读取 Reading {row['rows']:,} rows of a workbook ({row['mib']:.1f} MiB, {row['faulty']:.0%} of them faulty): "
        f"{row['seconds']['read']:.1f} s, peak {row['peak_mib']:,} MiB, {row['kept']:,} rows kept, "
        f"{sum(row['findings'].values()):,} findings."
    )


def _place(row: Row) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in row["versions"].items())
    dirty = " + uncommitted changes" if row["uncommitted"] else ""
    return f"{row['when'][:10]} at commit {row['commit'] or '(none)'}{dirty} on {row['cores']} cores, {versions}"


def rewrite(readme: Path, text: str, mark: str = BEGIN, end_mark: str = END) -> None:
    """Put `text` between the two markers of `readme`; InputError where it does not have both, in order."""
    old = readme.read_text(encoding="utf-8")
    before, begin, rest = old.partition(mark)
    _, end, after = rest.partition(end_mark)
    if not begin or not end:
        raise InputError(f"{readme} lacks the markers {mark} and {end_mark}")
    readme.write_text(f"{before}{mark}\n{text}\n{end_mark}{after}", encoding="utf-8")

"""The tables of ours beside its peers, and of ours as cases grow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

BEGIN, END = "<!-- peers:begin -->", "<!-- peers:end -->"
Row = dict[str, Any]
LABELS = {
    "ours": "本系统 ours",
    "cpsat": "CP-SAT",
    "cpsat-cuts": "CP-SAT + cuts",
    "mip": "HiGHS MIP",
    "timefold": "Timefold",
    "first-come": "先到 first-come",
    "alone": "各自 alone",
}
NAMES = ("family", "horizon", "wanted_tasks", "limit_seconds", "seed")


def newest(runs: Iterable[dict[str, Any]]) -> list[Row]:
    """Return the newest row of each case and engine, oldest case first."""
    found: dict[tuple[object, ...], Row] = {}
    for run in runs:
        for row in run["rows"]:
            found[*(row[name] for name in NAMES), row["peer"]] = {**row, "when": run["when"]}
    return list(found.values())


def quality(row: Row) -> tuple[float, ...]:
    """Return what is compared, smaller is better: left-out sums by strength, then entries."""
    return (float("inf"),) if row.get("entries") is None else (*row["left_out"], row["entries"])


def by_case(rows: Sequence[Row]) -> dict[tuple[object, ...], dict[str, Row]]:
    """Return case → engine → row."""
    cases: dict[tuple[object, ...], dict[str, Row]] = {}
    for row in rows:
        cases.setdefault(tuple(row[name] for name in NAMES), {})[row["peer"]] = row
    return cases


def tables(rows: Sequence[Row]) -> str:
    """Return both tables as Markdown, and on what they were measured."""
    cases = by_case(rows)
    beside = {case: engines for case, engines in cases.items() if len(engines) > 1}
    parts = [_beside(beside)] if beside else []
    ours = [engines["ours"] for engines in cases.values() if "entries" in engines.get("ours", {})]
    parts += [_growing(ours)] if ours else []
    places = dict.fromkeys(_place(row) for row in rows if "commit" in row)
    parts += [f"测量 Measured {'; '.join(places)}."] if places else []
    return "\n\n".join(parts)


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _beside(cases: dict[tuple[object, ...], dict[str, Row]]) -> str:
    lines = [_line(["案例 case", "任务 tasks", "s", "极限 limit", *LABELS.values()])]
    lines.append(_line(["---", *["---:"] * (3 + len(LABELS))]))
    for (family, horizon, tasks, seconds, _), engines in cases.items():
        limit = engines.get("ours", {}).get("bound_certified")
        best = min(quality(row) for row in engines.values())
        cells = [_cell(engines.get(engine), best) for engine in ("ours", *[e for e in LABELS if e != "ours"])]
        lines.append(_line([f"{family} {horizon}", f"{tasks:,}", f"{seconds:g}", _number(limit), *cells]))
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,}"


def _cell(row: Row | None, best: tuple[float, ...]) -> str:
    """Entries, and weighted sums of what is left out; bold where nobody is better.

    A plan that breaks the law was repaired by leaving more out.
    """
    if row is None:
        return ""
    for reason, shown in (("missing", "缺 missing"), ("failed", "失败 failed")):
        if reason in row:
            return shown
    if row["entries"] is None:
        return "无方案 no plan"
    left = f" ({'; '.join(map(_number, row['left_out']))})" if any(row["left_out"]) else ""
    mended = f", {row['repaired']:,} 修 repaired" if row["repaired"] else ""
    told = f"{row['entries']:,}{left}"
    return f"**{told}**{mended}" if quality(row) == best else f"{told}{mended}"


def _growing(rows: Sequence[Row]) -> str:
    head = ("案例 case", "任务 tasks", "次数 entries", "极限 limit", "差距 gap", "未排 left out", "首个 first, s")
    lines = [_line([*head, "总计 total, s", "MiB", "证书 certificate"]), _line(["---", *["---:"] * 9])]
    for row in sorted(rows, key=lambda r: (r["horizon"], r["family"], r["tasks"], r["limit_seconds"], r["seed"])):
        gap = "" if row["gap"] is None else f"{row['gap']:.2%}"
        proof = {True: "✓", False: "✗", None: "未复算 not recomputed"}[row["certificate_ok"]]
        numbers = (row["tasks"], row["entries"], row["bound_certified"])
        seed = f", seed {row['seed']}" if row["seed"] else ""
        cells = [f"{row['family']} {row['horizon']} ({row['limit_seconds']:g} s{seed})", *map(_number, numbers), gap]
        cells += [_left_out(row), _number(row["seconds_to_first"]), f"{row['seconds']:.1f}"]
        lines.append(_line([*cells, _number(row["peak_mib"]), proof]))
    return "\n".join(lines)


def _left_out(row: Row) -> str:
    """Return the tasks left out, with the weighted sums by strength and what is proven of them where there are any."""
    tasks = _number(row["left_out_tasks"])
    if not row["left_out_tasks"]:
        return tasks
    shown = ["; ".join(_number(value) for value in row[key] or ()) for key in ("left_out", "left_out_bound")]
    return f"{tasks}: {shown[0]} ≥ {shown[1]}"


def _place(row: Row) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in row["versions"].items())
    dirty = " + uncommitted changes" if row["uncommitted"] else ""
    return f"{row['when'][:10]} at commit {row['commit'] or '(none)'}{dirty} on {row['cores']} cores, {versions}"

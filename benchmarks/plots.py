"""Two plots as SVG: time and memory as cases grow, with the fitted exponent; quality against time beside the peers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from markupsafe import Markup

from benchmarks.compare_table import Row, by_case
from planner.report.page.svg import element, label

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Okabe and Ito's; every line has its name too."""
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 360, 70, 470, 20, 310
Line = tuple[str, list[tuple[float, float]]]


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """Return k of y ≈ c · x^k, fitted by least squares of the logarithms; None for fewer than three sizes."""
    if len({x for x, _ in points}) < 3:
        return None
    x, y = np.log(np.array(points, dtype=float)).T
    return float(np.polyfit(x, y, 1)[0])


def size_plot(rows: Sequence[Row]) -> str:
    """Return seconds and MiB of ours against tasks, both logarithmic; "" where no family has two sizes."""
    series: dict[tuple[str, str], dict[int, Row]] = {}
    for row in rows:
        if row["peer"] == "ours" and row.get("entries") is not None:
            sizes = series.setdefault((row["family"], row["horizon"]), {})
            if row["limit_seconds"] >= sizes.get(row["tasks"], row)["limit_seconds"]:
                sizes[row["tasks"]] = row
    lines: list[Line] = []
    for (family, horizon), sizes in series.items():
        for unit, key in (("s", "seconds"), ("MiB", "peak_mib")):
            points = [(float(n), float(sizes[n][key])) for n in sorted(sizes)]
            slope = exponent(points)
            if len(points) > 1:
                lines.append((f"{family} {horizon}, {unit}" + (f" ~ n^{slope:.2f}" if slope else ""), points))
    return _chart("Time and memory of ours against tasks", "tasks", "s, MiB", lines)


def time_plot(rows: Sequence[Row]) -> str:
    """Return, where a case was run at several budgets, how far each engine is above the limit; "" where none was.

    The distance counts each left-out task as one more entry, so that leaving out does not look good.
    """
    lines: dict[str, list[tuple[float, float]]] = {}
    for (family, horizon, tasks, *_), engines in by_case(rows).items():
        limit = engines.get("ours", {}).get("bound_certified")
        for engine, row in engines.items():
            if limit and row.get("entries") is not None and row["seconds_to_first"] is not None:
                over = (row["entries"] + row["left_out_tasks"] - limit) / limit
                name = f"{engine}, {family} {horizon} {tasks:,}"
                lines.setdefault(name, []).append((row["seconds"], max(over, 1e-4)))
    several = [(name, sorted(points)) for name, points in lines.items() if len(points) > 1]
    return _chart("Above the limit against time", "s", "share above the limit", several)


def _chart(title: str, x_name: str, y_name: str, lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    every = [point for _, points in lines for point in points]
    x_of = _scale([x for x, _ in every], LEFT, RIGHT)
    y_of = _scale([y for _, y in every], BOTTOM, TOP)
    marks = [element("rect", width=WIDTH, height=HEIGHT, fill="#ffffff"), element("title", title)]
    for tick in _decades([x for x, _ in every]):
        marks.append(element("path", d=f"M{x_of(tick):.1f} {TOP}V{BOTTOM}", stroke="#dddddd"))
        marks.append(label(f"{tick:,g}", x_of(tick), BOTTOM + 18, anchor="middle"))
    for tick in _decades([y for _, y in every]):
        marks.append(element("path", d=f"M{LEFT} {y_of(tick):.1f}H{RIGHT}", stroke="#dddddd"))
        marks.append(label(f"{tick:,g}", LEFT - 8, y_of(tick) + 4, anchor="end"))
    marks += [label(x_name, RIGHT, BOTTOM + 36, anchor="end"), label(y_name, LEFT, TOP - 6)]
    for n, (name, points) in enumerate(lines):
        colour, dash = COLOURS[n % len(COLOURS)], "5 3" if n // len(COLOURS) % 2 else None
        path = "M" + "L".join(f"{x_of(x):.1f} {y_of(y):.1f}" for x, y in points)
        marks.append(element("path", d=path, fill="none", stroke=colour, stroke_width=2, stroke_dasharray=dash))
        marks += [element("circle", cx=x_of(x), cy=y_of(y), r=3, fill=colour) for x, y in points]
        y = TOP + 14 * n
        swatch = f"M{RIGHT + 14} {y}h22"
        marks.append(element("path", d=swatch, stroke=colour, stroke_width=2, stroke_dasharray=dash))
        marks.append(label(name, RIGHT + 42, y + 4))
    height = max(HEIGHT, TOP + 14 * len(lines) + 10)
    head = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height}"}
    return str(element("svg", Markup("").join(marks), **head, font_family="sans-serif", font_size=11)) + "\n"


def _scale(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    low, high = math.log10(min(values)), math.log10(max(values))
    span = max(high - low, 1e-9)
    return lambda value: start + (end - start) * (math.log10(value) - low) / span


def _decades(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    steps = [m * 10.0**p for p in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1) for m in (1, 3)]
    return [step for step in steps if low <= step <= high]

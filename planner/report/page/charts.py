"""The page's charts, drawn from figures. Colours are Okabe and Ito's, told apart by the colour-blind, and never the
only sign: every mark has its number or its label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from planner.domain.result import Progress
from planner.report.figures.before_after import BeforeAfter
from planner.report.figures.kpis import Kpis
from planner.report.page.svg import element, label, picture, text_width, ticks
from planner.report.words.texts import percent, text

_FILL = {"alone": "bar-alone", "chance": "bar-alone", "filed": "bar-alone"} | {
    "first_come": "bar-first",
    "ours": "bar-ours",
    "limit": "bar-limit",
}


def before_after_chart(compared: BeforeAfter, kpis: Kpis) -> Markup:
    """Return bars of entries on the common tasks: alone, chance, filed, first-come, ours, limit.

    Ours and the limit over all tasks, month and later, stand apart, under their own caption.
    """
    groups: list[tuple[str, list[tuple[str, int]]]] = []
    known = [(row.scheme, row.entries_common) for row in compared.rows if row.entries_common is not None]
    if known:
        groups.append((text("chart_common", tasks=f"{compared.common_tasks or 0:,}"), known))
    limit = compared.limit
    if limit is not None:
        groups.append((text("chart_all"), [("ours", limit.value), ("limit", limit.bound)]))
    elif not known:
        groups.append((text("chart_all"), [("ours", kpis.entries + kpis.later_entries)]))
    most = max((value for _, bars in groups for _, value in bars), default=0) or 1
    marks: list[Markup] = []
    y, left, width = 0, 88, 400
    for caption, bars in groups:
        y += 18
        marks.append(label(caption, 0, y, "caption"))
        y += 10
        rival = dict(bars).get("first_come")
        for scheme, value in bars:
            length = max(width * value / most, 2.0)
            marks.append(label(text(scheme), left - 10, y + 19, "bar-name", "end"))
            marks.append(element("rect", x=left, y=y, width=length, height=26, rx=3, class_=_FILL.get(scheme, "bar")))
            marks.append(label(text("entries_unit", number=f"{value:,}"), left + length + 8, y + 19, "bar-value"))
            if scheme == "ours" and rival and value <= rival:
                cut = text("chart_cut", percent=percent((rival - value) / rival))
                if length > text_width(cut, 14) + 16:
                    marks.append(label(cut, left + length - 10, y + 18, "bar-cut", "end"))
            y += 33
    note = "；".join(f"{text(scheme)} {value} 次" for _, bars in groups for scheme, value in bars)
    return picture("before-after", text("chart_before_after"), 570, y + 4, *marks, note=note)


def joint_donut(kpis: Kpis) -> Markup:
    """Return a ring: the share of joint visits among all."""
    radius, centre = 70.0, 84
    around = 2 * math.pi * radius
    ring = element("circle", cx=centre, cy=centre, r=radius, class_="ring")
    arc = element(
        "circle",
        cx=centre,
        cy=centre,
        r=radius,
        class_="ring-joint",
        stroke_dasharray=f"{around * kpis.joint_share:.2f} {around:.2f}",
        transform=f"rotate(-90 {centre} {centre})",
    )
    marks = [ring, arc] if kpis.joint_share else [ring]
    marks.append(label(percent(kpis.joint_share), centre, centre + 4, "ring-number", "middle"))
    marks.append(label(text("kind_joint"), centre, centre + 26, "caption", "middle"))
    return picture("donut", text("chart_joint"), 168, 168, *marks, note=percent(kpis.joint_share))


def progress_chart(progress: Sequence[Progress], level: str) -> Markup | None:
    """Return best and bound of `level` over time as steps, None where fewer than two moments are known."""
    steps = sorted((p for p in progress if p.level == level), key=lambda p: p.seconds)
    lines = {
        "best": [(p.seconds, p.best) for p in steps if p.best is not None],
        "bound": [(p.seconds, p.bound) for p in steps if p.bound is not None],
    }
    values = [v for line in lines.values() for _, v in line]
    if len({p.seconds for p in steps}) < 2 or not values:
        return None
    start, end = min(p.seconds for p in steps), max(p.seconds for p in steps)
    low, high = float(min(values)), float(max(values))
    pad = max((high - low) * 0.12, 1.0)
    low, high = max(low - pad, 0.0), high + pad
    left, right, top, bottom = 56, 470, 10, 168

    def x_of(seconds: float) -> float:
        return left + (right - left) * (seconds - start) / (end - start)

    def y_of(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low)

    marks = []
    for tick in ticks(low, high, 4):
        if tick == round(tick):
            marks.append(element("line", x1=left, x2=right, y1=y_of(tick), y2=y_of(tick), class_="grid"))
            marks.append(label(f"{tick:,.0f}", left - 8, y_of(tick) + 4, "tick", "end"))
    marks += [label(f"{tick:g}", x_of(tick), bottom + 18, "tick", "middle") for tick in ticks(start, end, 5)]
    marks.append(label(text("chart_seconds"), right, bottom + 36, "tick", "end"))
    for name, line in lines.items():
        if not line:
            continue
        path = f"M{x_of(line[0][0]):.1f} {y_of(line[0][1]):.1f}"
        path += "".join(f"H{x_of(s):.1f}V{y_of(v):.1f}" for s, v in line[1:]) + f"H{right}"
        marks.append(element("path", d=path, class_=f"line-{name}"))
        at = y_of(line[-1][1]) + (-2.0 if name == "best" else 14.0)
        marks.append(label(f"{text(name)} {line[-1][1]:,} 次", right + 8, at, f"end-{name}"))
    note = "；".join(f"{text(name)} {line[-1][1]} 次" for name, line in lines.items() if line)
    return picture("progress", text("chart_progress"), 580, 208, *marks, note=note)


@dataclass(frozen=True, slots=True)
class TownPoint:
    """A town at the average place of its sites, in degrees."""

    name: str
    lon: float
    lat: float
    entries: int
    joint_visits: int


def town_map(towns: Sequence[TownPoint], dots: Sequence[tuple[float, float]]) -> Markup | None:
    """Return a map: a circle per town by its visits, `dots` (lon, lat) faint behind; None without a place."""
    if not towns:
        return None
    places = [*dots, *((town.lon, town.lat) for town in towns)]
    west, east = min(p[0] for p in places), max(p[0] for p in places)
    south, north = min(p[1] for p in places), max(p[1] for p in places)
    squeeze = math.cos(math.radians((south + north) / 2))
    width, height, margin = 560, 440, 40
    degree = min(
        (width - 2 * margin) / max((east - west) * squeeze, 1e-3), (height - 2 * margin) / max(north - south, 1e-3)
    )

    def at(lon: float, lat: float) -> tuple[float, float]:
        x = width / 2 + (lon - (west + east) / 2) * squeeze * degree
        return x, height / 2 - (lat - (south + north) / 2) * degree

    marks = []
    if dots:
        path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in (at(*dot) for dot in dots))
        marks.append(element("path", d=path, class_="dots"))
    most = max((town.entries for town in towns), default=0) or 1
    circles = []
    for town in sorted(towns, key=lambda t: (-t.entries, t.name)):
        x, y = at(town.lon, town.lat)
        radius = 30 * math.sqrt(town.entries / most)
        circles.append((town, x, y, radius))
        inner = 30 * math.sqrt(town.joint_visits / most)
        note = f"{town.name} {text('kpi_entries')} {town.entries} / {text('kind_joint')} {town.joint_visits}"
        marks.append(
            element(
                "g",
                element("title", note),
                element("circle", cx=x, cy=y, r=max(radius, 2.0), class_="town"),
                element("circle", cx=x, cy=y, r=inner, class_="town-joint"),
            )
        )
    marks += _town_labels(circles, width, height)
    marks.append(_scale_bar(degree, height))
    note = "；".join(f"{t.name} {t.entries}" for t in towns)
    return picture("map", text("chart_map"), width, height, *marks, note=note)


def _town_labels(circles: Sequence[tuple[TownPoint, float, float, float]], width: int, height: int) -> list[Markup]:
    """Return the towns' names with numbers, each on the side of its circle where it covers least."""
    taken = [(x - r, y - r, x + r, y + r) for _, x, y, r in circles]
    marks = []
    for town, x, y, r in circles:
        name, number = town.name, f"{town.entries:,}"
        wide = max(text_width(name, 13), text_width(number, 12))
        sides = [
            (x + r + 5, y - 14, "start"),
            (x - r - 5 - wide, y - 14, "end"),
            (x - wide / 2, y + r + 3, "middle"),
            (x - wide / 2, y - r - 32, "middle"),
        ]

        def cost(side: tuple[float, float, str], wide: float = wide) -> float:
            box = (side[0], side[1], side[0] + wide, side[1] + 30)
            outside = max(0.0, -box[0]) + max(0.0, box[2] - width) + max(0.0, -box[1]) + max(0.0, box[3] - height)
            return sum(_overlap(box, other) for other in taken) + 40 * outside

        left, top, anchor = min(sides, key=cost)
        taken.append((left, top, left + wide, top + 30))
        at = {"start": left, "end": left + wide, "middle": left + wide / 2}[anchor]
        marks.append(label(name, at, top + 12, "town-name", anchor))
        marks.append(label(number, at, top + 27, "town-number", anchor))
    return marks


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def _scale_bar(degree: float, height: int) -> Markup:
    """Return a bar of a round number of kilometres; `degree` is pixels per degree of latitude (111.2 km)."""
    per_km = degree / 111.2
    km = max((n for n in (0.1, 0.5, 1, 2, 5, 10, 20, 50, 100) if n * per_km <= 130), default=0.1)
    y = height - 14
    return element(
        "g",
        element("path", d=f"M16 {y - 5}v5h{km * per_km:.1f}v-5", class_="scale"),
        label(text("km", number=f"{km:g}"), 16 + km * per_km + 8, y, "tick"),
    )

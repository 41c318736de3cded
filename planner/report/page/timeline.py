"""The page's pictures of time: one day by unit and crew, and how many visits go on at each quarter-hour of each day."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from planner.domain.duty import NO_START
from planner.domain.plan import Visit
from planner.domain.roster import HALF_QUARTERS
from planner.report.page.svg import element, label, picture, text_width
from planner.report.visits.slots import visits_going_on
from planner.report.visits.view import View
from planner.report.words.names import day_text
from planner.report.words.texts import text

CREWS_SHOWN = 120
"""Most crews drawn in the day's picture."""

_LEFT, _QUARTER, _BREAK, _ROW, _TOP = 190, 38, 26, 20, 24
_WIDTH = _LEFT + 2 * HALF_QUARTERS * _QUARTER + _BREAK + 4


@dataclass(frozen=True, slots=True)
class DayPicture:
    """The busiest day: its title, its picture, and how many crews did not fit in."""

    title: str
    picture: Markup
    more: int


def busiest_day(view: View) -> DayPicture | None:
    """Return the picture of the day with most timed visits, the first of equals; None where nothing is timed."""
    by_day: dict[int, list[Visit]] = {}
    for visit in view.visits:
        if view.attendance.start(visit.id) != NO_START:
            by_day.setdefault(visit.day, []).append(visit)
    if not by_day:
        return None
    day = min(by_day, key=lambda d: (-len(by_day[d]), d))
    crews = view.attendance.crews(by_day[day])
    lanes: dict[tuple[str, str, int], list[tuple[Visit, int]]] = {}
    for visit in by_day[day]:
        for crew in crews[visit.id]:
            lanes.setdefault((crew.unit_name, crew.unit, crew.number), []).append((visit, crew.quarters))
    shown = sorted(lanes)[:CREWS_SHOWN]
    height = _TOP + len(shown) * _ROW + 6
    marks = _axis(view, height)
    before = ""
    for row, lane in enumerate(shown):
        y = _TOP + row * _ROW
        name, unit, number = lane
        if unit != before:
            marks.append(element("path", d=f"M0 {y}H{_WIDTH}", class_="grid"))
            marks.append(label(_fitted(name, _LEFT - 56, 12), 0, y + 14, "lane"))
        marks.append(label(text("crew_number", number=number) if number else "", _LEFT - 8, y + 14, "tick", "end"))
        before = unit
        for visit, quarters in lanes[lane]:
            marks.append(_bar(view, visit, quarters, y))
    what = day_text(view.result.case.days[day])
    note = text("day_note", visits=len(by_day[day]), crews=len(lanes))
    title = text("day_title", day=what)
    return DayPicture(
        title, picture("timeline", title, _WIDTH, height, *marks, note=note), max(0, len(lanes) - len(shown))
    )


def day_charts(view: View) -> list[Markup]:
    """Return a small chart per day of how many visits go on at each quarter-hour, all on one scale; [] untimed."""
    counts = visits_going_on(view)
    most = int(counts.max(initial=0))
    if not most:
        return []
    charts = []
    for day, row in zip(view.result.case.days, counts.tolist(), strict=True):
        visits = sum(view.result.case.days[v.day] == day for v in view.visits)
        steps = "".join(
            f"V{round(50 - 34 * n / most, 1):g}h{7 if q != HALF_QUARTERS - 1 else 11}" for q, n in enumerate(row)
        )
        marks = [
            label(day_text(day)[5:], 0, 10, "tick"),
            label(str(max(row)), 172, 10, "tick", "end"),
            element("path", d=f"M0 50{steps}V50Z", class_="area"),
            element("path", d="M0 50H172", class_="scale"),
        ]
        title = text("days_one", day=day_text(day), visits=visits, most=max(row))
        charts.append(picture(f"day-{day.isoformat()}", title, 172, 52, *marks))
    return charts


def most_at_once(view: View) -> int:
    """Return the largest number of visits that go on at once in the month."""
    return int(visits_going_on(view).max(initial=0))


def _x(quarter: int, *, end: bool = False) -> int:
    """Return where a quarter-hour begins (or ends, for a stay up to it) on the axis; the break has its own place."""
    after = quarter > HALF_QUARTERS if end else quarter >= HALF_QUARTERS
    return _LEFT + quarter * _QUARTER + (_BREAK if after else 0)


def _axis(view: View, height: int) -> list[Markup]:
    clock = view.attendance.clock
    marks = [
        element("rect", x=_x(HALF_QUARTERS, end=True), y=_TOP, width=_BREAK, height=height - _TOP - 6, class_="pause"),
    ]
    for quarter in range(0, 2 * HALF_QUARTERS, 4):
        x = _x(quarter)
        marks.append(element("path", d=f"M{x} {_TOP}V{height - 6}", class_="grid"))
        marks.append(label(clock.label(quarter), x, 16, "tick"))
    return marks


def _bar(view: View, visit: Visit, quarters: int, y: int) -> Markup:
    start = view.attendance.start(visit.id)
    left, right = _x(start), _x(start + quarters, end=True)
    site = view.result.case.sites[visit.site].name
    name = _fitted(site, right - left - 8, 11)
    times = f"{view.attendance.label(visit.id)}–{view.attendance.end_label(visit.id, quarters)}"
    return element(
        "g",
        element("title", f"{times} {site}"),
        element("rect", x=left + 1, y=y + 2, width=right - left - 2, height=_ROW - 4, rx=3),
        label(name, left + 5, y + 14) if name else Markup(""),
        class_="stay joint" if visit.joint else "stay",
    )


def _fitted(value: str, width: float, size: float) -> str:
    """Return as much of a text as fits, "" where not even three characters do."""
    if text_width(value, size) <= width:
        return value
    while value and text_width(value + "…", size) > width:
        value = value[:-1]
    return f"{value}…" if len(value) > 2 else ""

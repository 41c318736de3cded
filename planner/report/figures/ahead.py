"""What waits against what later months can hold, as rows, sentences and plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from planner.domain.ahead.look_ahead import NO_LINE, LookAhead, Need, lines_of, needs_of
from planner.domain.ahead.shares import Share
from planner.domain.result import MonthResult
from planner.report.words.names import Names, day_text
from planner.report.words.texts import Lang, text

LINES = 5
"""Units named in sentences, those that are asked most first."""


@dataclass(frozen=True, slots=True)
class AheadRow:
    """One capacity row with waiting tasks: what the month has to do of them at least, and does."""

    unit: str
    skill: str
    name: str
    need: Need
    done: int


@dataclass(frozen=True, slots=True)
class AheadWeek:
    """Up to the end of a week after the month, in parts of a half-day: what must be done by then, and crews' room."""

    until: date
    waiting: int
    filed: int
    room: int


def ahead_rows(result: MonthResult, names: Names) -> list[AheadRow]:
    """Return the rows with waiting tasks, those that ask most of the month first."""
    ahead = result.look_ahead
    if ahead is None:
        return []
    return [
        AheadRow(
            ahead.rows[need.row].unit,
            ahead.rows[need.row].skill,
            _name(ahead, need.row, names),
            need,
            _done(result, ahead, need),
        )
        for need in needs_of(ahead)
    ]


def _name(ahead: LookAhead, row: int, names: Names) -> str:
    unit, skill = names.agency(ahead.rows[row].unit), ahead.rows[row].skill
    return text("with_aside", name=unit, aside=skill) if skill else unit


def _done(result: MonthResult, ahead: LookAhead, need: Need) -> int:
    """Return how many of the waiting tasks that a need speaks of the month does."""
    if result.plan is None:
        return 0
    days = zip(result.case.tasks, result.plan.day.tolist(), strict=True)
    placed = {task.id for task, day in days if day >= 0}
    row = ahead.rows[need.row]
    return sum(
        task.id in placed
        and task.unit == row.unit
        and row.skill in ("", task.skill)
        and ahead.days[task.last] <= need.until
        for task in ahead.waiting
    )


def ahead_weeks(ahead: LookAhead, row: int, share: Share) -> list[AheadWeek]:
    """Return the sums of a row up to the end of each week after the month."""
    begin = ahead.month
    wait, filed = (lines_of(ahead, part, begin).get(row, NO_LINE) for part in (ahead.waiting, ahead.filed_later))
    room = np.cumsum(ahead.halves[row, begin:] * share.room)
    mondays = [day - timedelta(days=day.weekday()) for day in ahead.days]
    ends = [n for n in range(begin, len(mondays)) if mondays[n : n + 1] != mondays[n + 1 : n + 2]]
    return [
        AheadWeek(
            ahead.days[n],
            int(wait.weight(share)[wait.last <= n].sum()),
            int(filed.weight(share)[filed.last <= n].sum()),
            int(room[n - begin]),
        )
        for n in ends
    ]


def ahead_lines(result: MonthResult, names: Names, lang: Lang = "zh") -> list[str]:
    """Return the sentences to tell, [] for a longer period or where there is no plan."""
    ahead = result.look_ahead
    if ahead is None or result.plan is None:
        return []
    return [*_told(result, ahead, names, lang), filed_line(ahead, lang)]


def _told(result: MonthResult, ahead: LookAhead, names: Names, lang: Lang) -> Iterator[str]:
    if not ahead.waiting:
        yield text("ahead_none", lang)
        return
    asking = [row for row in ahead_rows(result, names) if row.need.tasks]
    for row in asking[:LINES]:
        need = row.need
        about = {"waiting": f"{need.waiting:,}", "tasks": f"{need.tasks:,}", "done": f"{row.done:,}"}
        yield text("ahead_need", lang, name=row.name, until=_day(need.until, lang), **about)
    over = result.overflow
    lost = over is not None and any(over.later)
    if not asking and not lost:
        yield text("ahead_fits", lang, waiting=f"{len(ahead.waiting):,}")
    if over is None:
        return
    if lost:
        key = "ahead_lost_least" if over.proven else "ahead_lost"
        points = " · ".join(f"{value:,}" for value in over.later)
        yield text(key, lang, until=_day(ahead.days[-1], lang), tasks=f"{over.tasks:,}", points=points)
    elif not over.proven and ahead.taken:
        yield text("ahead_month_first", lang)


def filed_line(ahead: LookAhead, lang: Lang = "zh") -> str:
    """Return of which filings the sums and certificates speak."""
    if ahead.filed_by is None:
        return text("ahead_filed_unknown", lang)
    return text("ahead_filed", lang, day=_day(ahead.filed_by, lang))


def _day(day: date, lang: Lang) -> str:
    return day_text(day) if lang == "zh" else day.isoformat()


def ahead_json(result: MonthResult, names: Names) -> dict[str, Any] | None:
    """Return the look-ahead as plain values, None where there is none."""
    ahead = result.look_ahead
    if ahead is None:
        return None
    return {
        "filed_by": ahead.filed_by.isoformat() if ahead.filed_by else None,
        "until": ahead.days[-1].isoformat() if ahead.days else None,
        "spare_percent": ahead.spare_percent,
        "waiting": len(ahead.waiting),
        "taken": sorted(ahead.taken),
        "lines": ahead_lines(result, names),
        "rows": [
            {
                "unit": row.unit,
                "skill": row.skill,
                "name": row.name,
                "until": row.need.until.isoformat(),
                "waiting": row.need.waiting,
                "least": row.need.tasks,
                "done": row.done,
                "share": row.need.share.name,
                "parts_of_half_day": row.need.share.room,
                **{key: getattr(row.need, key) for key in ("load", "filed", "room", "lost")},
                "weeks": [
                    {**asdict(week), "until": week.until.isoformat()}
                    for week in ahead_weeks(ahead, row.need.row, row.need.share)
                ],
            }
            for row in ahead_rows(result, names)
        ],
        "overflow": None if result.overflow is None else {**asdict(result.overflow), "proven": result.overflow.proven},
    }

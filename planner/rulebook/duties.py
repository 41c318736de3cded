"""The rows of the duty calendar: who owes what, by when, by which clauses. Read from `duties.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from planner.domain.calendar import WorkCalendar, month_bounds
from planner.domain.finding import Severity
from planner.rulebook.book import DATA, JURISDICTION

_READ = tomllib.loads((DATA / JURISDICTION / "duties.toml").read_text(encoding="utf-8"))

REMINDERS: tuple[int, ...] = tuple(_READ["reminders"])
"""Working days before the due day on which a reminder goes out."""
BUREAU = "bureau"
DEPARTMENTS = "departments"


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One row. `who` are annexes, or the bureau or the industry departments; `sections`: each section owes it.

    `period` is year, half, quarter, month or event: an event's clock runs from a visit, filing or application, so it
    has no day in the calendar. `done_by`: "filed" or "published" where the filings themselves tell when it was done.
    """

    row: int
    who: tuple[str, ...]
    sections: bool
    period: str
    zh: str
    en: str
    clauses: Mapping[str, tuple[str, ...]]
    missed: str
    severity: Severity
    before_visit: Severity | None
    done_by: str
    assumed: bool
    due: Mapping[str, int]

    def cited(self, domain: str) -> tuple[str, ...]:
        """Return the clauses that bind `domain`, the district's where its annex says nothing."""
        return self.clauses.get(domain) or self.clauses.get("D", ())

    def due_on(self, period: str, calendar: WorkCalendar) -> date | None:
        """Return the last day for `period` (`2026`, `2026-H1`, `2026-Q2`, `2026-06`), None where it has no day.

        A day without work is the last working day before it; a closed day of the district is a working day here.
        """
        due = self.due
        if "standing" in due or self.period == "event":
            return None
        first, last = bounds_of(period)
        if "month" in due:
            first, last = month_bounds(f"{first.year + due.get('years', 0)}-{due['month']:02d}")
            day = last if due["day"] == 0 else first.replace(day=due["day"])
        elif "last_before" in due:
            day = first - timedelta(days=1)
        elif "first" in due:
            return calendar.working_after(first - timedelta(days=1), 1)
        elif "end" in due:
            day = last
        else:
            earlier = (first - timedelta(days=1)).replace(day=due["day"])
            day = earlier if due.get("offset") == -1 else first.replace(day=due["day"])
        day = calendar.last_working(day)
        return calendar.working_after(day, due["plus"]) if "plus" in due else day


def bounds_of(period: str) -> tuple[date, date]:
    """Return first and last date of `2026`, `2026-H1`, `2026-Q2` or `2026-06`. Raises ValueError on anything else."""
    year, _, part = period.partition("-")
    months = {"": (1, 12), "H1": (1, 6), "H2": (7, 12)} | {f"Q{n}": (3 * n - 2, 3 * n) for n in range(1, 5)}
    if part not in months:
        return month_bounds(period)
    first, last = months[part]
    return month_bounds(f"{int(year):04d}-{first:02d}")[0], month_bounds(f"{int(year):04d}-{last:02d}")[1]


def _row(raw: dict[str, Any]) -> DutyRow:
    return DutyRow(
        row=raw["row"],
        who=tuple(raw["who"]),
        sections=bool(raw.get("sections")),
        period=raw["period"],
        zh=raw["zh"],
        en=raw["en"],
        clauses={domain: tuple(clauses) for domain, clauses in raw["clauses"].items()},
        missed=raw["missed"],
        severity=Severity(raw["severity"]),
        before_visit=Severity(raw["before_visit"]) if "before_visit" in raw else None,
        done_by=raw.get("done_by", ""),
        assumed=bool(raw.get("assumed")),
        due={key: int(value) for key, value in raw.get("due", {}).items()},
    )


DUTY_ROWS: tuple[DutyRow, ...] = tuple(_row(raw) for raw in _READ["duty"])
"""All rows, by number."""

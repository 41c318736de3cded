"""A year's plan month by month: what a month holds, and whose visits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from planner.report.visits.view import View


@dataclass(frozen=True, slots=True)
class MonthOfYear:
    """One month as the view may see it. `published` where all that is done in it is fixed."""

    month: str
    """`YYYY-MM`"""
    days: int
    entries: int
    joint_visits: int
    tasks: int
    published: bool
    left_out: int
    """Tasks left out whose window ends in this month."""
    by_agency: dict[str, int]
    """Parent agency's id → its entries."""


def months_of(view: View) -> tuple[MonthOfYear, ...]:
    """Return the months of the view's period in order."""
    case = view.result.case
    month_of_day = [f"{day:%Y-%m}" for day in case.days]
    months = sorted(set(month_of_day))
    rows = view.rows()
    left_out = (item.task for item in view.open_tasks() if item.outcome == "left_out")
    ends = Counter(min(f"{task.window[1]:%Y-%m}", months[-1]) for task in left_out)
    found = []
    for month in months:
        here = [row for row in rows if f"{row.day:%Y-%m}" == month]
        tasks = [task for row in here for task in row.tasks]
        found.append(
            MonthOfYear(
                month=month,
                days=month_of_day.count(month),
                entries=len(here),
                joint_visits=sum(row.joint for row in here),
                tasks=len(tasks),
                published=bool(tasks) and all(task.pinned for task in tasks),
                left_out=ends[month],
                by_agency=dict(sorted(Counter(party.id for row in here for party in row.parties).items())),
            )
        )
    return tuple(found)

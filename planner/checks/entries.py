"""What the checks share: who is where on which date."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from planner.domain.case import Case
from planner.domain.plan import Plan


def tasks_by_entry(case: Case, plan: Plan) -> dict[tuple[int, int], list[int]]:
    """Return the tasks of each (site, day index) with an entry."""
    entries: dict[tuple[int, int], list[int]] = defaultdict(list)
    for task, day in enumerate(plan.day.tolist()):
        if day >= 0:
            entries[int(case.site_of[task]), day].append(task)
    return entries


def dates_by_site(case: Case, plan: Plan) -> dict[int, list[date]]:
    """Return the sorted dates of the planned entries at each site with any."""
    dates: dict[int, set[date]] = defaultdict(set)
    for site, day in tasks_by_entry(case, plan):
        dates[site].add(case.days[day])
    return {site: sorted(found) for site, found in dates.items()}


def entry_name(case: Case, site: int, day: int) -> tuple[str, str]:
    """Return site id and ISO date of an entry, for messages."""
    return case.sites[site].id, case.days[day].isoformat()

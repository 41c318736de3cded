"""What the tables tell beside the plan: where filings stand, by the month's calendar and lookups."""

from __future__ import annotations

from planner.domain.calendar import period_bounds
from planner.domain.errors import InputError
from planner.intake.month.filed_states import filing_standings
from planner.intake.month.lookups import Lookups
from planner.intake.routes.standing import Standing
from planner.intake.tables.records import Tables


def filings_of_month(tables: Tables, month: str) -> dict[str, Standing]:
    """Return where each filing stands whose window meets the month, by id. Raises InputError on no month."""
    try:
        first, last = period_bounds(month)
    except ValueError:
        raise InputError(f"“{month}”不是 YYYY-MM 形式的月份 / {month!r} is no month (YYYY-MM)") from None
    found = filing_standings(tables, Lookups(tables, first, last), first, last)
    due = {row.filing_id for row in tables.filings if row.window_from <= last and row.window_to >= first}
    return {name: one for name, one in sorted(found.items()) if name in due}

"""What every rule of the intake needs to know about the month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.domain.calendar import WorkCalendar
from planner.intake.law import Law
from planner.intake.lookups import Lookups
from planner.intake.outcome import Notes
from planner.intake.records import FilingRow
from planner.intake.settings import Settings
from planner.intake.waivers import Waivers


@dataclass(frozen=True, slots=True)
class Context:
    """One month: its dates, tables, law and books of findings, removals and waivers."""

    first: date
    last: date
    seed: int
    calendar: WorkCalendar
    lookups: Lookups
    filings: dict[str, FilingRow]
    law: Law
    settings: Settings
    notes: Notes
    waivers: Waivers

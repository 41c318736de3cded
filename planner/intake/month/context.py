"""What every rule of the intake needs to know about the month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from planner.domain.calendar import WorkCalendar
from planner.intake.month.law import Law
from planner.intake.month.lookups import Lookups
from planner.intake.month.outcome import Notes
from planner.intake.month.set_aside import WHOLE, SetAside
from planner.intake.month.settings import Settings
from planner.intake.month.waivers import Waivers
from planner.intake.routes.standing import Standing
from planner.intake.tables.records import FilingRow


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
    set_aside: SetAside = WHOLE
    standings: Mapping[str, Standing] = field(default_factory=dict)
    """Where the filings stand that have steps, by id."""

    def apart(self) -> Context:
        """Return the context with books of its own, which go on from what is written in these."""
        notes = self.notes.copy()
        return replace(self, notes=notes, waivers=self.waivers.writing_to(notes))

"""What a part of the intake has asked of settings, rulebook and calendar, and whether others answer the same.

Where they do, that part need not be done again: it would come to the same. So a part is kept by what it asked, and not
by a list, written by hand, of what it might depend on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from planner.domain.calendar import WorkCalendar
from planner.domain.errors import RulebookGap
from planner.intake.month.law import ParamKey

if TYPE_CHECKING:
    from planner.intake.month.context import Context

CalendarKey = tuple[str, tuple[date, ...]]


@dataclass(frozen=True, slots=True)
class AskedCalendar(WorkCalendar):
    """A calendar that writes down what it is asked; each question is worked out once."""

    answers: dict[CalendarKey, Any] = field(default_factory=dict, compare=False, repr=False)

    def open_days(self, first: date, last: date) -> tuple[date, ...]:
        """Return what `WorkCalendar.open_days` does."""
        key = ("open_days", (first, last))
        if key not in self.answers:
            self.answers[key] = WorkCalendar.open_days(self, first, last)
        found: tuple[date, ...] = self.answers[key]
        return found

    def roll_back(self, day: date) -> date:
        """Return what `WorkCalendar.roll_back` does."""
        key = ("roll_back", (day,))
        if key not in self.answers:
            self.answers[key] = WorkCalendar.roll_back(self, day)
        found: date = self.answers[key]
        return found


def asking(calendar: WorkCalendar) -> AskedCalendar:
    """Return the calendar as one that writes down what it is asked."""
    return AskedCalendar(calendar.days_off, calendar.make_up, calendar.closed, calendar.provisional_years)


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions and answers: settings by key, parameters of rules, and the calendar's by method and dates."""

    settings: Mapping[str, str]
    law: Mapping[ParamKey, object]
    calendar: Mapping[CalendarKey, Any]

    def holds(self, context: Context) -> bool:
        """Return whether the settings, rulebook and calendar of `context` answer all the same."""
        values, book, calendar = context.settings.values, context.law.book, context.calendar
        if any(values[key] != value for key, value in self.settings.items()):
            return False
        try:
            return all(book.param(*key) == value for key, value in self.law.items()) and all(
                getattr(calendar, method)(*dates) == answer for (method, dates), answer in self.calendar.items()
            )
        except (RulebookGap, ValueError):  # it has no answer at all
            return False


def asked_so_far(context: Context) -> Asked:
    """Return what has been asked of the context until now."""
    settings, law, calendar = context.settings, context.law, context.calendar
    answers = calendar.answers if isinstance(calendar, AskedCalendar) else {}
    return Asked({key: settings.values[key] for key in settings.asked}, dict(law.asked), dict(answers))

"""Duties as a calendar file (.ics): one day each, with an alarm on the days of its reminders.

The same duties make the same bytes: the file knows no clock, so its stamp is the first day of the due day's year.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from planner.domain.calendar import WorkCalendar
from planner.obligations.calendar import Owed
from planner.rulebook.duties import REMINDERS

MORNING = time(1, 0, tzinfo=UTC)
"""Nine o'clock in China."""


def duties_ics(owed: Iterable[Owed], calendar: WorkCalendar) -> bytes:
    """Return the open and late duties as a calendar file, in the order given."""
    out = Calendar()
    out.add("prodid", "-//joint-inspection-planner//duties//ZH")
    out.add("version", "2.0")
    for one in owed:
        if one.state == "open" or (one.state == "late" and one.done_on is None):
            out.add_component(_event(one, calendar))
    return bytes(out.to_ical())


def _event(one: Owed, calendar: WorkCalendar) -> Event:
    event = Event()
    who = one.section or one.agency
    event.add("uid", f"duty-{one.row}-{who}-{one.period}@planner")
    event.add("dtstamp", datetime(one.due.year, 1, 1, tzinfo=UTC))
    event.add("dtstart", one.due)
    event.add("dtend", one.due + timedelta(days=1))
    event.add("summary", f"{who}：{one.zh}")
    event.add("description", f"{one.period} {one.en}（{'、'.join(one.clauses)}）")
    for days in REMINDERS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one.zh)
        alarm.add("trigger", datetime.combine(calendar.working_before(one.due, days), MORNING))
        event.add_component(alarm)
    return event

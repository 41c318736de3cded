"""A calendar file (.ics) per agency: its visits with times, what to check, who comes along and who goes.

An event has the UID of the first of the agency's own tasks at the visit, so it keeps it when the visit moves. Written
over an earlier version's files, an event that has changed has a higher SEQUENCE, and what fell away is there as
CANCELLED. The same plan over the same files makes the same bytes: files know no clock, so a stamp is the month's first
day, and a minute later with each SEQUENCE.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from planner.domain.case import QUARTER_MINUTES
from planner.domain.result import MonthResult
from planner.report.sheets.cells import clean, file_name, joined, one_line
from planner.report.visits.view import Party, VisitRow, view_of
from planner.report.words.names import Names, month_text
from planner.report.words.texts import text

ZONE = "Asia/Shanghai"
_OFFSET = timedelta(hours=8)
"""All year round: China has had no summer time since 1991."""


def write_calendars(
    months: Mapping[str, MonthResult], names: Names, folder: Path, before: Path | None = None
) -> list[Path]:
    """Write a file for each parent agency of `months` into `folder`, made if needed; return the paths.

    The months are as each agency may see it. Its file holds its own unannounced checks, marked confidential, and nobody
    else's. `before` is the folder of the version before: an agency that goes nowhere any more has a file of what is
    cancelled.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths, taken = [], set[str]()
    earlier = {path.name: _events_of(path) for path in sorted(before.glob("*.ics"))} if before else {}
    for agency, result in months.items():
        view = view_of(result, "agency", names, agency)
        path = folder / file_name(view.names.agency(agency), ".ics", taken)
        calendar = calendar_of(result, agency, view.rows(), view.names, earlier.pop(path.name, {}))
        path.write_bytes(calendar.to_ical())
        paths.append(path)
    for name, events in earlier.items():
        if (cancelled := _all_cancelled(name, events)) is not None:
            (folder / name).write_bytes(cancelled)
            paths.append(folder / name)
    return paths


def numbered_after(name: str, own: bytes | None, before: bytes) -> bytes | None:
    """Return the calendar file `own` as the version after `before`, both of one agency; `name` is the file's.

    Where the agency goes nowhere any more (`own` None) it holds what is cancelled; None where that is nothing.
    """
    left = _events_in(before)
    if own is None:
        return _all_cancelled(name, left)
    calendar = Calendar.from_ical(own)
    stamp = _stamp(date.max)
    for event in calendar.walk("VEVENT"):
        stamp = event.decoded("dtstamp") - timedelta(minutes=int(event.pop("sequence", 0)))
        del event["dtstamp"]
        _number(cast("Event", event), left.pop(str(event["uid"]), None), stamp)
    if left and stamp == _stamp(date.max):
        stamp = _stamp(_first_of(left))
    _cancel(calendar, left, stamp)
    return bytes(calendar.to_ical())


def _all_cancelled(name: str, events: Mapping[str, Event]) -> bytes | None:
    """Return the file of an agency that goes nowhere any more, None where nothing of it was told before."""
    if not events:
        return None
    first = _first_of(events)
    calendar = _empty(text("calendar_name", agency=Path(name).stem, month=month_text(first)))
    _cancel(calendar, events, _stamp(first))
    return bytes(calendar.to_ical())


def _first_of(events: Mapping[str, Event]) -> date:
    """Return the first day of the month of the events."""
    days = (event.decoded("dtstart") for event in events.values())
    return min(day.date() if isinstance(day, datetime) else day for day in days).replace(day=1)


def _events_of(path: Path) -> dict[str, Event]:
    try:
        return _events_in(path.read_bytes())
    except OSError:
        return {}


def _events_in(content: bytes) -> dict[str, Event]:
    """Return the events of a file by UID; none where it cannot be read."""
    try:
        found = Calendar.from_ical(content).walk("VEVENT")
        return {str(event["uid"]): event for event in found if isinstance(event, Event)}
    except (ValueError, KeyError):
        return {}


def _stamp(first: date) -> datetime:
    return datetime.combine(first, time(), UTC)


def agencies_that_go(result: MonthResult) -> list[str]:
    """Return the parent agencies with a visit in the plan, in the case's order."""
    going = {parent for visit in result.visits for parent in visit.parents}
    return [agency for number, agency in enumerate(result.case.parents) if number in going]


def calendar_of(
    result: MonthResult, agency: str, rows: list[VisitRow], names: Names, before: Mapping[str, Event] | None = None
) -> Calendar:
    """Return the calendar of one parent agency's `rows`, as that agency sees them; `before`: its events so far."""
    month = month_text(result.case.period[0])
    title = text("calendar_name", agency=names.agency(agency), month=month)
    if result.case.synthetic:
        title = text("with_aside", name=title, aside=text("synthetic"))
    calendar = _empty(title)
    stamp = _stamp(result.case.period[0])
    left = dict(before or {})
    for row in rows:
        own = next(party for party in row.parties if party.id == agency)
        event = _event(row, own, names)
        _number(event, left.pop(str(event["uid"]), None), stamp)
        calendar.add_component(event)
    _cancel(calendar, left, stamp)
    return calendar


def _number(event: Event, before: Event | None, stamp: datetime) -> None:
    """Give the event the SEQUENCE of the one before, or the next where anything has changed, and its stamp."""
    sequence = 0
    if before is not None:
        same = all(event.get(key) == before.get(key) for key in SHOWN) and before.get("status") != CANCELLED
        same = same and all(_when(event, key) == _when(before, key) for key in ("dtstart", "dtend"))
        sequence = int(before.get("sequence", 0)) + (not same)
    event.add("sequence", sequence)
    event.add("dtstamp", stamp + timedelta(minutes=sequence))


SHOWN = ("summary", "location", "description", "class")
CANCELLED = "CANCELLED"


def _when(event: Event, key: str) -> object:
    return event.decoded(key) if key in event else None


def _cancel(calendar: Calendar, gone: Mapping[str, Event], stamp: datetime) -> None:
    """Add what fell away as cancelled, so that a calendar that knows the event takes it out."""
    for uid, before in sorted(gone.items()):
        event = Event()
        event.add("uid", uid)
        was = before.get("status") == CANCELLED
        sequence = int(before.get("sequence", 0)) + (not was)
        event.add("sequence", sequence)
        event.add("dtstamp", stamp + timedelta(minutes=sequence))
        for key in ("dtstart", "dtend"):
            if key in before:
                event.add(key, before.decoded(key))
        event.add("summary", str(before.get("summary", "")))
        if "class" in before:
            event.add("class", str(before["class"]))
        event.add("status", CANCELLED)
        calendar.add_component(event)


def _empty(title: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//joint-inspection-planner//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", one_line(title))
    calendar.add("x-wr-timezone", ZONE)
    calendar.add_component(_zone())
    return calendar


def _event(row: VisitRow, own: Party, names: Names) -> Event:
    event = Event()
    event.add("uid", min(own.tasks))
    if row.start:
        zone = ZoneInfo(ZONE)
        for key, label in (("dtstart", row.start), ("dtend", max(crew.end for crew in own.crews))):
            event.add(key, datetime.combine(row.day, time.fromisoformat(label), zone))
    else:
        event.add("dtstart", row.day)
    kind = "calendar_secret" if row.unannounced else "calendar_joint" if row.joint else "calendar_single"
    event.add("summary", one_line(text(kind, site=row.site.name)))
    place = " ".join((row.site.name, row.site.town, names.addresses.get(row.site.id, ""))).strip()
    event.add("location", one_line(place))
    event.add("description", clean("\n".join(_description(row, own))))
    if row.unannounced:
        event.add("class", "CONFIDENTIAL")
    return event


def _description(row: VisitRow, own: Party) -> list[str]:
    lines = [text("calendar_items", items=joined(own.items))]
    others = [party for party in row.parties if party.id != own.id]
    if others:
        lines.append(text("calendar_with", agencies=joined(party.name for party in others)))
    for party in (own, *others):
        if party.people:
            people = joined(party.people)
            lines.append(text("calendar_people", people=text("people_of", name=party.name, people=people)))
    if row.half == "day":
        lines.append(text("calendar_across", minutes=own.quarters * QUARTER_MINUTES))
    if row.unannounced:
        lines.append(text("calendar_secret_note"))
    return lines


def _zone() -> Timezone:
    """Return the zone written out, so that the file does not depend on the time zone data of the machine."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))
    standard.add("tzoffsetfrom", _OFFSET)
    standard.add("tzoffsetto", _OFFSET)
    standard.add("tzname", "CST")
    zone = Timezone()
    zone.add("tzid", ZONE)
    zone.add_component(standard)
    return zone

"""A calendar file (.ics) per agency: its visits with times, what to check, who comes along and who goes.

The same plan makes the same bytes: the stamp of every event is the month's first day, since files know no clock. A
visit that moves to another day is another visit with another UID.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from planner.domain.case import QUARTER_MINUTES
from planner.domain.result import MonthResult
from planner.report.cells import clean, file_name, joined
from planner.report.names import Names, month_text
from planner.report.texts import text
from planner.report.view import Party, VisitRow, view_of

ZONE = "Asia/Shanghai"
_OFFSET = timedelta(hours=8)
"""All year round: China has had no summer time since 1991."""


def write_calendars(result: MonthResult, names: Names, folder: Path) -> list[Path]:
    """Write one file per parent agency with a visit into `folder`, made if needed; return the paths.

    An agency's file holds its own unannounced checks, marked confidential, and nobody else's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths, taken = [], set[str]()
    for agency in agencies_that_go(result):
        view = view_of(result, "agency", names, agency)
        path = folder / file_name(view.names.agency(agency), ".ics", taken)
        path.write_bytes(calendar_of(result, agency, view.rows(), view.names).to_ical())
        paths.append(path)
    return paths


def agencies_that_go(result: MonthResult) -> list[str]:
    """Return the parent agencies with a visit in the plan, in the case's order."""
    going = {parent for visit in result.visits for parent in visit.parents}
    return [agency for number, agency in enumerate(result.case.parents) if number in going]


def calendar_of(result: MonthResult, agency: str, rows: list[VisitRow], names: Names) -> Calendar:
    """Return the calendar of one parent agency's `rows`, as that agency sees them."""
    month = month_text(result.case.period[0])
    calendar = Calendar()
    calendar.add("prodid", "-//joint-inspection-planner//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    title = text("calendar_name", agency=names.agency(agency), month=month)
    if result.case.synthetic:
        title = text("with_aside", name=title, aside=text("synthetic"))
    calendar.add("x-wr-calname", clean(title))
    calendar.add("x-wr-timezone", ZONE)
    calendar.add_component(_zone())
    stamp = datetime.combine(result.case.period[0], time(), UTC)
    for row in rows:
        own = next(party for party in row.parties if party.id == agency)
        calendar.add_component(_event(row, own, names, stamp))
    return calendar


def _event(row: VisitRow, own: Party, names: Names, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", row.id)
    event.add("dtstamp", stamp)
    if row.start:
        zone = ZoneInfo(ZONE)
        for key, label in (("dtstart", row.start), ("dtend", max(crew.end for crew in own.crews))):
            event.add(key, datetime.combine(row.day, time.fromisoformat(label), zone))
    else:
        event.add("dtstart", row.day)
    kind = "calendar_secret" if row.unannounced else "calendar_joint" if row.joint else "calendar_single"
    event.add("summary", clean(text(kind, site=row.site.name)))
    place = " ".join((row.site.name, row.site.town, names.addresses.get(row.site.id, ""))).strip()
    event.add("location", clean(place))
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

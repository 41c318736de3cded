"""Sheets that people take along: duty sheets (出勤单) per agency, and the sheet of joint visits (联合检查单)."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.case import QUARTER_MINUTES
from planner.report.sheets.cells import Cell, Head, Sheet, joined
from planner.report.visits.attendance import Crew
from planner.report.visits.leading import lead_of, order_of
from planner.report.visits.view import Party, VisitRow
from planner.report.words.names import Names, day_text
from planner.report.words.texts import text


def write_duty_sheet(sheet: Sheet, agency: str, rows: Sequence[VisitRow], names: Names) -> None:
    """Write one agency's duty sheet: a line per visit and crew, by day, unit, crew and start.

    `rows` are the visits as that agency sees them; of the others it names the agencies that come along.
    """
    heads = [
        Head(text("date"), 16),
        Head(text("unit"), 16, "wrap"),
        Head(text("crew"), 8),
        Head(text("half"), 6),
        Head(text("start"), 12),
        Head(text("site"), 26, "wrap"),
        Head(text("town"), 10),
        Head(text("address"), 24, "wrap"),
        Head(text("with_whom"), 22, "wrap"),
        Head(text("own_items"), 30, "wrap"),
        Head(text("inspectors"), 18, "wrap"),
        Head(text("unannounced"), 6),
        Head(text("visit_id"), 15, printed=False),
    ]
    lines = [(row, party, crew) for row in rows for party in row.parties if party.id == agency for crew in party.crews]
    lines.sort(key=lambda line: (line[0].day, line[2].unit_name, line[2].number, line[0].start, line[0].id))

    def cells(row: VisitRow, party: Party, crew: Crew) -> list[Cell]:
        tasks = [task for task in row.tasks if task.id in party.tasks and task.unit == crew.unit]
        return [
            *(day_text(row.day), crew.unit_name, crew_label(crew), text(f"half_{row.half}")),
            f"{row.start}–{crew.end}" if row.start else "",
            *(row.site.name, row.site.town, names.addresses.get(row.site.id, "")),
            joined(other.name for other in row.parties if other.id != agency),
            joined(sorted({names.item(item) for task in tasks for item in task.items})),
            joined(person.name for person in crew.people) or text("names_later"),
            *(text("yes") if row.unannounced else "", row.id),
        ]

    sheet.table_or_note(heads, (cells(*line) for line in lines), text("visits_empty"))


def write_joint_sheet(sheet: Sheet, rows: Sequence[VisitRow], names: Names) -> None:
    """Write a line per joint visit: who leads and why, whom to call, where to meet, who checks when."""
    heads = [
        Head(text("date"), 16),
        Head(text("start"), 12),
        Head(text("site"), 24, "wrap"),
        Head(text("town"), 10),
        Head(text("meeting_point"), 22, "wrap"),
        Head(text("lead"), 16, "wrap"),
        Head(text("lead_contact"), 14, "wrap"),
        Head(text("order"), 32, "wrap"),
        Head(text("inspectors"), 32, "wrap"),
        Head(text("lead_why"), 22, "wrap"),
        Head(text("items"), 36, "wrap", printed=False),
        Head(text("visit_id"), 15, printed=False),
    ]

    def cells(row: VisitRow) -> list[Cell]:
        lead, order = lead_of(row), order_of(row)
        steps = [
            text("order_step", number=number, name=party.name, minutes=party.quarters * QUARTER_MINUTES)
            for number, party in enumerate(order, 1)
        ]
        people = [text("people_of", name=party.name, people=joined(party.people)) for party in order if party.people]
        return [
            *(day_text(row.day), row.time, row.site.name, row.site.town),
            *(names.addresses.get(row.site.id, ""), lead.party.name, names.contacts.get(lead.party.id, "")),
            *(
                "\n".join(steps),
                "\n".join(people) or text("names_later"),
                text(f"lead_why_{lead.why}", clause=lead.clause),
                joined(row.items),
                row.id,
            ),
        ]

    sheet.table_or_note(heads, (cells(row) for row in rows if row.joint), text("joint_empty"))
    sheet.row += 1
    printed = sum(head.printed for head in heads)
    sheet.wide(text("joint_note"), printed, height=32)
    sheet.raw.print_area(0, 0, sheet.row - 1, printed - 1)


def crew_label(crew: Crew) -> str:
    """Return a crew's number as people say it, "" where no team was set."""
    return text("crew_number", number=crew.number) if crew.number else ""

"""Industrial plants of two counties as an inspection month.

Real: which plants there are, their town, industrial park, industry, position and regulated media; the dates, media and
numbers of penalties. One agency for each regulated medium (the sections of an environment bureau, here each in its own
name so that going together counts as joint), the emergency agency for plants with toxic substances, the fire service
for plants in industrial parks. One planned check a year at each plant by each of its agencies.

Read from the record: a plant's grade is by the number of penalties before the month (none: B, one or two: C, more: D; A
is not given, as those are not visited); a penalty stands for a triggered check on the day of the transgression, and a
planned check of the same medium whose window opens within a month after it is recognised: no task.

Made up, seeded: due windows (they end on a random working day of the year, one month to half a year long, and stay
within the year), durations, capacities (duty in half-days around a plan that is known to fit, plus spare until the due
tasks take 85 %, or the share asked for). Earlier months are taken as having done nothing ahead of time. Monday to
Friday are working days; no public holidays. Names and street numbers were left out of the records; amounts are not
read.

CREDITS: github kiang/prtr.epa.gov.tw @ f089649f, CC0; from Taiwan government open data (environment administration).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from benchmarks.real.records import (
    USE_PERCENT,
    RealCase,
    Stay,
    add_spare,
    first_fit,
    longest_minutes,
    read_records,
    seeded,
)
from planner.domain.calendar import WorkCalendar, month_bounds, months_after
from planner.domain.case import (
    AgencyInfo,
    CapacityRow,
    Case,
    GroupInfo,
    RowRef,
    SiteInfo,
    Strength,
    TaskInfo,
)
from planner.domain.case_builder import CaseParts, build_case, quarters_of
from planner.domain.errors import InputError

COUNTIES = {"yunlin": "雲林縣", "taoyuan": "桃園市"}
NO_PARK = {"", "非屬工業區類", "無特定工業區"}
SETUP_MINUTES = 15
HALF_DAY = 12
"""Quarter-hours of duty that are opened at once."""
WINDOW_DAYS = (30, 61, 91, 182)
FACILITY_COLUMNS = ("ems_no", "county", "town", "park", "industry", "cat", "lon", "lat")
PENALTY_COLUMNS = ("ems_no", "PENALTYDATE", "TRANSGRESSDATE", "TRANSGRESSLAW")


@dataclass(frozen=True, slots=True)
class Section:
    """An agency: its medium's words in `cat` and in the names of laws, annex, and minutes of a check before grade."""

    id: str
    name: str
    medium: str
    law: str
    domain: str
    minutes: int
    yearly: bool
    """Its annex has the once-a-year rule and the month between planned checks."""
    clause_by_grade: tuple[tuple[str, str], ...]


_A07 = (("B", "A07-5.2d"), ("C", "A07-5.2e"), ("D", "A07-5.2f"))
_A12 = (("B", "A12-3.3.7a"), ("C", "A12-3.3.7a"), ("D", "A12-3.3.7a"))
_A03 = (("B", "A03-3.2.3c"), ("C", "A03-3.2.3e"), ("D", "A03-3.2.3d"))
SECTIONS = (
    Section("AIR", "生态环境(大气)", "空氣污染", "空氣污染", "A07", 60, False, _A07),
    Section("WATER", "生态环境(水)", "水污染", "水污染", "A07", 60, False, _A07),
    Section("WASTE", "生态环境(固废)", "廢棄物", "廢棄物", "A07", 45, False, _A07),
    Section("TOXICS", "生态环境(化学品)", "毒性化學物質", "毒性", "A07", 75, False, _A07),
    Section("EMERGENCY", "应急", "毒性化學物質", "", "A12", 90, True, _A12),
    Section("FIRE", "消防", "", "", "A03", 60, True, _A03),
)


def plants_case(folder: Path, county: str, month: str, seed: int) -> Case:
    """Return `month` (YYYY-MM) of `county` ("yunlin" or "taoyuan") from the records in `folder`.

    Raises InputError where they are absent or the county is another.
    """
    return plants_month(folder, county, month, seed).case


def plants_month(folder: Path, county: str, month: str, seed: int, use_percent: int = USE_PERCENT) -> RealCase:
    """Return what `plants_case` gives, with a lawful plan that it holds and counts of what became of the records.

    `use_percent` is the share of the crews' time that due tasks take; the higher, the harder.
    """
    if county not in COUNTIES:
        raise InputError(f"county {county!r} is not one of {', '.join(COUNTIES)}")
    first, last = month_bounds(month)
    days = WorkCalendar().open_days(first, last)
    rows = read_records(folder, "facilities.csv.gz", FACILITY_COLUMNS)
    numbered = [(n, row) for n, row in enumerate(rows, 2) if row["county"] == COUNTIES[county]]
    past = _triggered_before(folder, first)
    counts: Counter[str] = Counter(plants=len(numbered))
    due: list[TaskInfo] = []
    later: list[TaskInfo] = []
    for number, row in numbered:
        for section in _sections_of(row):
            counts["planned in the year"] += 1
            window = _window(row["ems_no"], section, first.year, seed)
            if window[1] < first or window[0] > last:
                continue
            checks = [day for day, law in past.get(row["ems_no"], ()) if section.law and section.law in law]
            if any(day <= window[0] <= months_after(day, 1) for day in checks):
                counts["recognised"] += 1
                continue
            grade = _grade(len(past.get(row["ems_no"], ())))
            (due if window[1] <= last else later).append(_task(row, number, section, window, grade, last, seed))
    at_due_sites = {task.site for task in due}
    waiting = [task for task in later if task.site in at_due_sites]
    counts |= Counter({"due": len(due), "waiting": len(waiting), "later elsewhere": len(later) - len(waiting)})
    counts["penalties before"] = sum(len(past.get(row["ems_no"], ())) for _, row in numbered)

    planted: dict[str, date] = {}
    capacity: dict[CapacityRow, list[int]] = {}
    for section in SECTIONS:
        own = [_stay(task, days) for task in due if task.unit == section.id]
        rng = seeded(seed, month, county, section.id)
        day_of, duty = first_fit(own, len(days), HALF_DAY, rng)
        planted |= {task: days[day] for task, day in day_of.items()}
        capacity[CapacityRow(section.id)] = add_spare(
            duty, sum(s.quarters for s in own), HALF_DAY, [1] * len(days), rng, use_percent
        )
    tasks = [*due, *waiting]
    case = build_case(
        CaseParts(
            name=f"{county} {month}: real plants; windows, durations and capacities made up",
            period=(first, last),
            days=days,
            tasks=tasks,
            sites=[_site(row, _grade(len(past.get(row["ems_no"], ())))) for _, row in numbered],
            units=[AgencyInfo(s.id, s.name, s.id, "district", "", s.domain) for s in SECTIONS],
            capacity=capacity,
            setup_minutes={s.id: SETUP_MINUTES for s in SECTIONS},
            groups=[GroupInfo(t.site, t.domain, 1, 1) for t in tasks if t.capped],
        )
    )
    return RealCase(case, planted, dict(counts))


def _triggered_before(folder: Path, first: date) -> dict[str, list[tuple[date, str]]]:
    """Return (day of the transgression, law) of each plant's penalties that were known before `first`."""
    past = defaultdict(list)
    for row in read_records(folder, "penalties.csv.gz", PENALTY_COLUMNS):
        if _day(row["PENALTYDATE"]) < first:
            past[row["ems_no"]].append((_day(row["TRANSGRESSDATE"]), row["TRANSGRESSLAW"]))
    return dict(past)


def _day(text: str) -> date:
    return date.fromisoformat(text.replace("/", "-"))


def _grade(penalties: int) -> str:
    return "B" if penalties == 0 else "C" if penalties <= 2 else "D"


def _sections_of(row: dict[str, str]) -> Iterator[Section]:
    media = set(row["cat"].split(";"))
    for section in SECTIONS:
        if section.medium in media if section.medium else row["park"] not in NO_PARK:
            yield section


def _window(plant: str, section: Section, year: int, seed: int) -> tuple[date, date]:
    """Return the made-up window of a plant's yearly check; it ends on a working day and stays within the year."""
    rng = seeded(seed, "window", year, plant, section.id)
    last = rng.choice(_working_days(year))
    return max(date(year, 1, 1), last - timedelta(days=rng.choice(WINDOW_DAYS) - 1)), last


@cache
def _working_days(year: int) -> tuple[date, ...]:
    return WorkCalendar().open_days(date(year, 1, 1), date(year, 12, 31))


def _task(
    row: dict[str, str], number: int, section: Section, window: tuple[date, date], grade: str, last: date, seed: int
) -> TaskInfo:
    plant = row["ems_no"]
    rng = seeded(seed, "minutes", plant, section.id)
    minutes = section.minutes + 15 * rng.randrange(4) + (30 if grade == "D" else 0)
    return TaskInfo(
        id=f"{plant}-{section.id}",
        site=plant,
        unit=section.id,
        domain=section.domain,
        items=(f"{section.id}-1",),
        filings=(f"{section.id}-{window[1].year}",),
        plan_codes=(),
        window=window,
        minutes=min(minutes, longest_minutes(SETUP_MINUTES)),
        strength=Strength.MANDATORY if grade == "D" else Strength.ACCEPTED,
        priority={"B": 4, "C": 6, "D": 8}[grade],
        clauses=(dict(section.clause_by_grade)[grade],),
        rows=(RowRef("facilities", number),),
        waits_until=window[1] if window[1] > last else None,
        fire=section.id == "FIRE",
        capped=section.yearly,
    )


def _stay(task: TaskInfo, days: tuple[date, ...]) -> Stay:
    inside = [n for n, day in enumerate(days) if task.window[0] <= day <= task.window[1]]
    return Stay(task.id, quarters_of(task.minutes) + quarters_of(SETUP_MINUTES), inside[0], inside[-1])


def _site(row: dict[str, str], grade: str) -> SiteInfo:
    return SiteInfo(
        id=row["ems_no"],
        name=row["ems_no"],
        town=row["town"].removeprefix(row["county"]),
        industry=row["industry"],
        lon=float(row["lon"] or "nan"),
        lat=float(row["lat"] or "nan"),
        tags=() if row["park"] in NO_PARK else (row["park"],),
        grades=tuple((domain, grade) for domain in ("A03", "A07", "A12")),
    )

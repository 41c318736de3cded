"""Restaurant inspections of one city as an inspection month.

Real: the addresses, which inspections were made there on which day, by which inspector, under which licence codes, with
which risk level. Site = address; agency = group of licence codes by their first three characters (groups with fewer
than 100 inspections together are one, so are those without a code), each in its own name. An inspection counts as done
in the month in which its date lies; weekend dates move to the working day before. Several inspections of one agency
and purpose at one address in the month are one task with all their licence codes. "Routine" and "Quarterly Compliance"
are planned checks: a month apart per agency and address, and one made within a month after another is recognised (no
task). A re-inspection is a task of its own, after its routine check, outside the gap. "Verification Received" is paper:
no task. Routine checks really made in later months wait if their window reaches back, at addresses with something due;
there are few, as the inspectors took an address's licences together already.

From the record, but a reading: a crew's day holds as many inspections as an inspector made on a busy day (the 90th
percentile over all inspectors and days, see `inspections_in_a_day`; the median is 2, but days on record are rarely
full); the mean length of an inspection follows. Capacity of an agency and day covers what was really done, and its
spare lies on the days, and in the shares, on which inspectors really worked for it.

Made up, seeded: windows around the real date, lengths around that mean by risk level, spare capacity until the due
tasks take 85 % (or the share asked for), in slots of 90 minutes; where whole slots leave more spare, it stays. Monday
to Friday are working days; no public holidays. The records seem to be a sample: inspectors have days without any.

CREDITS: github webster/minneapolis-restaurant-health-inspection-data @ b49007ca, public domain; from the City of
Minneapolis. Inspectors' names were replaced by codes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.real.records import USE_PERCENT, RealCase, add_spare, longest_minutes, read_records, seeded
from planner.domain.calendar import WorkCalendar, month_bounds, months_after
from planner.domain.case import (
    DAY_QUARTERS,
    QUARTER_MINUTES,
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

COLUMNS = ("license_code", "business", "address", "purpose", "date", "risk_level", "inspector")
SMALL_GROUP = 100
SETUP_MINUTES = 15
SLOT = 6
"""Quarter-hours of duty that are opened at once: 90 minutes."""
NO_CAP = 99
PLANNED, AGAIN = "planned", "again"
PURPOSES = {"Routine": PLANNED, "Quarterly Compliance": PLANNED, "Reinspection": AGAIN}


@dataclass(frozen=True, slots=True)
class Inspection:
    """One line of the record; `day` is its date, moved to a working day."""

    row: int
    site: str
    agency: str
    purpose: str
    licence: str
    day: date
    risk: int
    inspector: str


@dataclass(frozen=True, slots=True)
class Check:
    """What one agency did at one address in one month for one purpose, on the first day that it came."""

    site: str
    agency: str
    purpose: str
    day: date
    inspections: tuple[Inspection, ...]

    @property
    def id(self) -> str:
        return f"{self.site}|{self.agency}|{self.purpose}|{self.day:%Y-%m}"


def restaurants_case(folder: Path, month: str, seed: int) -> Case:
    """Return `month` (YYYY-MM, 2011-05 to 2013-05) from the records in `folder`. Raises InputError without them."""
    return restaurants_month(folder, month, seed).case


def restaurants_month(folder: Path, month: str, seed: int, use_percent: int = USE_PERCENT) -> RealCase:
    """Return what `restaurants_case` gives, with the real dates as the plan it holds, and counts of the records.

    `use_percent` is the share of the crews' time that due tasks take; the higher, the harder.
    """
    first, last = month_bounds(month)
    days = WorkCalendar().open_days(first, last)
    inspections = _read(folder)
    checks, recognised = _checks(inspections)
    done = [c for c in checks if first <= c.day <= last]
    if not done:
        raise InputError(f"no inspection in {month} is on record in {folder}")
    again = {(c.site, c.agency): c.day for c in done if c.purpose == AGAIN}
    minutes = _mean_minutes(inspections)
    due = [_task(c, _due_window(c, again, done, first, last, seed), minutes, seed) for c in done]
    at_due_sites = {task.site for task in due}
    later = [c for c in checks if c.day > last and c.purpose == PLANNED]
    windows = {c: _window(c, seed) for c in later if c.site in at_due_sites}
    waiting = [_task(c, window, minutes, seed, window[1]) for c, window in windows.items() if window[0] <= last]

    planted = {c.id: c.day for c in done}
    agencies = sorted({task.unit for task in due + waiting})
    tasks = [*due, *waiting]
    case = build_case(
        CaseParts(
            name=f"restaurants {month}: real inspections; windows, durations and spare capacity made up",
            period=(first, last),
            days=days,
            tasks=tasks,
            sites=[
                SiteInfo(site, site, "", "restaurants", float("nan"), float("nan")) for site in sorted(at_due_sites)
            ],
            units=[AgencyInfo(a, f"licences {a}", a, "district", "", a) for a in agencies],
            capacity={
                CapacityRow(a): _capacity(a, due, planted, inspections, days, seed, use_percent) for a in agencies
            },
            setup_minutes=dict.fromkeys(agencies, SETUP_MINUTES),
            groups=_groups(checks, first),
        )
    )
    counts = {
        "inspections in the month": sum(first <= i.day <= last for i in inspections),
        "due planned": sum(c.purpose == PLANNED for c in done),
        "due again": sum(c.purpose == AGAIN for c in done),
        "waiting": len(waiting),
        "recognised": sum(first <= c.day <= last for c in recognised),
        "inspections in a day": inspections_in_a_day(inspections),
    }
    return RealCase(case, planted, counts)


def inspections_in_a_day(inspections: Sequence[Inspection], percent: int = 90) -> int:
    """Return the `percent` percentile of the number of inspections that an inspector made on a day with any."""
    made = sorted(Counter((i.inspector, i.day) for i in inspections if i.inspector).values())
    return made[min(len(made) * percent // 100, len(made) - 1)]


def _read(folder: Path) -> list[Inspection]:
    rows = read_records(folder, "inspections.csv.gz", COLUMNS)
    size = Counter(row["license_code"][:3] for row in rows)
    found = []
    for number, row in enumerate(rows, 2):
        code = row["license_code"][:3]
        group = "none" if not code else code if size[code] >= SMALL_GROUP else "other"
        has_street = row["address"][:1].isdigit()
        found.append(
            Inspection(
                row=number,
                site=row["address"] if has_street else f"{row['business']} (no address)",
                agency=group,
                purpose=PURPOSES.get(row["purpose"], ""),
                licence=row["license_code"] or "none",
                day=_working_day(date.fromisoformat(row["date"])),
                risk=int(row["risk_level"] or 3),
                inspector=row["inspector"],
            )
        )
    return [i for i in found if i.purpose]


def _working_day(day: date) -> date:
    """Return `day`, or on a weekend the Friday before, or the Monday after where that Friday is in another month."""
    if day.weekday() < 5:
        return day
    friday = day - timedelta(days=day.weekday() - 4)
    return friday if friday.month == day.month else day + timedelta(days=7 - day.weekday())


def _checks(inspections: Sequence[Inspection]) -> tuple[list[Check], list[Check]]:
    """Return the checks by date, and those planned ones that came within a month after another and are recognised."""
    together = defaultdict(list)
    for i in inspections:
        together[i.site, i.agency, i.purpose, i.day.year, i.day.month].append(i)
    checks, recognised = [], []
    lawful_from: dict[tuple[str, str], date] = {}
    for same in sorted(together.values(), key=lambda same: (min(i.day for i in same), same[0].site, same[0].agency)):
        one = same[0]
        check = Check(one.site, one.agency, one.purpose, min(i.day for i in same), tuple(same))
        if check.purpose == PLANNED:
            if check.day < lawful_from.get((one.site, one.agency), date.min):
                recognised.append(check)
                continue
            lawful_from[one.site, one.agency] = months_after(check.day, 1)
        checks.append(check)
    return checks, recognised


def _window(check: Check, seed: int) -> tuple[date, date]:
    """Return a made-up window around the real date: wide for a planned check, narrow for a re-inspection."""
    rng = seeded(seed, "window", check.id)
    before, after = (rng.randint(10, 90), rng.randint(5, 45)) if check.purpose == PLANNED else (rng.randint(1, 5),) * 2
    return check.day - timedelta(days=before), check.day + timedelta(days=after)


def _due_window(
    check: Check,
    again: Mapping[tuple[str, str], date],
    done: Sequence[Check],
    first: date,
    last: date,
    seed: int,
) -> tuple[date, date]:
    """Return the window within the month; a routine check's ends before its re-inspection's begins."""
    low, high = _window(check, seed)
    key = (check.site, check.agency)
    if check.purpose == PLANNED and key in again and again[key] > check.day:
        high = min(high, again[key] - timedelta(days=1))
    if check.purpose == AGAIN:
        routine = next((c.day for c in done if (c.site, c.agency) == key and c.purpose == PLANNED), None)
        if routine is not None and routine < check.day:
            low = check.day
    return max(low, first), min(high, last)


def _mean_minutes(inspections: Sequence[Inspection]) -> int:
    """Return the length at which a busy day's inspections, each with its set-up, fill a crew's day."""
    return DAY_QUARTERS * QUARTER_MINUTES // inspections_in_a_day(inspections) - SETUP_MINUTES


def _task(check: Check, window: tuple[date, date], mean: int, seed: int, waits_until: date | None = None) -> TaskInfo:
    rng = seeded(seed, "minutes", check.id)
    risk = min(i.risk for i in check.inspections)
    percent = {1: 110, 2: 90, 3: 70}[risk] + rng.choice((-20, 0, 20))
    if check.purpose == AGAIN:
        percent //= 2
    minutes = mean * percent // 100 + QUARTER_MINUTES * (len(check.inspections) - 1)
    return TaskInfo(
        id=check.id,
        site=check.site,
        unit=check.agency,
        domain=check.agency,
        items=tuple(sorted({i.licence for i in check.inspections})),
        filings=(f"{check.agency}-{check.purpose}-{check.day:%Y-%m}",),
        plan_codes=(),
        window=window,
        minutes=min(minutes, longest_minutes(SETUP_MINUTES)),
        strength=Strength.ACCEPTED,
        priority={1: 7, 2: 5, 3: 3}[risk],
        clauses=(),
        rows=tuple(RowRef("inspections", i.row) for i in check.inspections),
        waits_until=waits_until,
        capped=check.purpose == PLANNED,
    )


def _capacity(
    agency: str,
    due: Sequence[TaskInfo],
    planted: Mapping[str, date],
    inspections: Sequence[Inspection],
    days: Sequence[date],
    seed: int,
    use_percent: int,
) -> list[int]:
    """Return crew quarter-hours of each day: what the real dates need, and spare where its inspectors were at work."""
    index = {day: n for n, day in enumerate(days)}
    need = [0] * len(days)
    stays: Counter[tuple[str, int]] = Counter()
    for task in due:
        if task.unit == agency:
            stays[task.site, index[planted[task.id]]] += quarters_of(task.minutes)
    for (_, day), quarters in stays.items():
        need[day] += quarters + quarters_of(SETUP_MINUTES)
    present = Counter(
        index[day] for day, _ in {(i.day, i.inspector) for i in inspections if i.agency == agency and i.day in index}
    )
    if not present:
        return need
    blocks = [-(-quarters // SLOT) * SLOT for quarters in need]
    weights = [present[n] for n in range(len(days))]
    return add_spare(blocks, sum(need), SLOT, weights, seeded(seed, "spare", agency), use_percent)


def _groups(checks: Sequence[Check], first: date) -> list[GroupInfo]:
    """Return the month's gap for each agency and address, with the planned checks of the two months before."""
    history = defaultdict(list)
    for check in checks:
        if check.purpose == PLANNED:
            past = history[check.site, check.agency]
            if first - timedelta(days=62) <= check.day < first:
                past.append(check.day)
    return [GroupInfo(site, agency, 1, NO_CAP, tuple(past)) for (site, agency), past in history.items()]

"""How often: frequencies by grade into dated occurrences, fire's own frequency, full coverage of key items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

from planner.domain.calendar import add_months
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft, Part
from planner.intake.month.outcome import CoverageNote, Why
from planner.intake.read.grammar import DAYS_SINCE, MONTHS_SINCE
from planner.intake.tables.records import FilingRow, SiteRow
from planner.rulebook.offices import FIRE
from planner.rulebook.registry import Role, implements

V = TypeVar("V")
Window = tuple[date, date]
EVERY = "*"


def by_grade(table: Mapping[str, V], grade: str) -> V | None:
    """Return what a filing asks for `grade`: its own value, else that of every grade, None where neither is given."""
    return table.get(grade, table.get(EVERY))


def split_year(year: int, parts: int) -> list[Window]:
    """Return `parts` windows that divide the year: by months where they divide twelve, else by days."""
    if parts <= 12 and 12 % parts == 0:
        step = 12 // parts
        starts = [date(year, 1 + n * step, 1) for n in range(parts)]
    else:
        days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
        starts = [date(year, 1, 1) + timedelta(days=n * days // parts) for n in range(parts)]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [date(year, 12, 31)]
    return list(zip(starts, ends, strict=True))


def done_dates(context: Context, part: Part, site: SiteRow) -> list[date]:
    """Return the dates of counting checks of the part's body at the site that had one of its items, ascending."""
    wanted = {item.item_id for item in part.items}
    return sorted(
        {
            past.date
            for past in context.lookups.at(site.site_id)
            if past.counts
            and past.parent == part.parent
            and (past.items & wanted or (not past.items and part.domain in past.domains))
        }
    )


@implements("frequency.grade", Role.INTAKE)
def occurrences(context: Context, part: Part, site: SiteRow, grade: str) -> list[tuple[int, Window]] | Why:
    """Return (number, window) of each check that the frequency of `grade` still asks for this year, or why none.

    k checks a year have windows that divide the year, cut by the filing's own; those done this year take the first
    ones. Once in n years counts the calendar years back.
    """
    asked = by_grade(dict(part.filing.frequency), grade)
    if asked is None or asked[0] == 0:
        return Why(f"计划对 {grade or '无'} 级不要求检查", f"the filing asks no check of grade {grade or 'none'}")
    checks, years = asked
    filed = part.filing.window_from, part.filing.window_to
    if years <= MONTHS_SINCE or years == DAYS_SINCE:
        return since_last(done_dates(context, part, site), checks, years == MONTHS_SINCE, filed)
    year = context.first.year
    done = [day for day in done_dates(context, part, site) if year - years < day.year <= year]
    left = checks - len(done)
    if left <= 0:
        return Why(f"{checks} 次已查满(最近 {done[-1]})", f"all {checks} checks are done (last {done[-1]})", done[-1])
    windows = split_year(year, -(-checks // years))
    this_year = sum(day.year == year for day in done)
    found = []
    for number, (start, end) in enumerate(windows):
        window = max(start, filed[0]), min(end, filed[1])
        if this_year <= number < this_year + left and window[0] <= window[1]:
            found.append((number, window))
    return found or Why("本年的次数已查满", "this year's checks are done")


def since_last(done: Sequence[date], every: int, months: bool, filed: Window) -> list[tuple[int, Window]] | Why:
    """Return (number, window) of each check that is due `every` days or months after the one before, within `filed`.

    A check is due from that day on, until the next one would be. The first one without any check before is due when
    the filing's window opens; what is overdue then is due at once.
    """

    def later(day: date, times: int) -> date:
        return add_months(day, every * times) if months else day + timedelta(days=every * times)

    last = max((day for day in done if day <= filed[1]), default=None)
    start = filed[0] if last is None else max(filed[0], later(last, 1))
    unit = "个月" if months else "天"
    found: list[tuple[int, Window]] = []
    while (opens := later(start, len(found))) <= filed[1]:
        found.append((len(found), (opens, min(later(start, len(found) + 1) - timedelta(days=1), filed[1]))))
    if found:
        return found
    return Why(f"上次 {last} 检查，未满 {every} {unit}", f"the last check was on {last}: not yet due")


@implements("frequency.fire", Role.INTAKE)
def fire_not_due(
    context: Context, site: SiteRow, grade: str, day: date, before: date, until: date | None = None
) -> Why | None:
    """Return why fire has no on-site check due at a site of `grade`: A every second year, B yearly, D each half year.

    C is not stated and falls back to yearly (A03-3.2.3). `day` names the period, with `until` all of them from `day` to
    there; checks on or after `before` are not looked at.
    """
    checks = context.law.table("frequency.fire", "checks").get(grade, 1)
    years = context.law.table("frequency.fire", "years").get(grade, 1)
    done = [past for past in context.lookups.planned_dates(site.site_id, FIRE) if past < before]
    year = day.year
    if years > 1 or checks == 1:
        last = [past for past in done if year - years < past.year <= year]
    else:
        asked = [w for w in split_year(year, checks) if w[0] <= max(day, until or day) and day <= w[1]]
        of_each = [[past for past in done if start <= past <= end] for start, end in asked]
        last = of_each[-1] if all(of_each) else []
    if not last:
        return None
    zh, en = (
        f"{grade or '无'} 级本期已于 {last[-1]} 检查",
        f"grade {grade or 'none'}: checked this period on {last[-1]}",
    )
    return Why(zh, en, last[-1])


def off_site_between(context: Context, site: SiteRow, grade: str) -> bool:
    """Return whether a grade A crowded site is due its off-site check in the year between (A03-3.2.3b)."""
    tags = context.law.words("frequency.fire", "off_site_between")
    if context.law.table("frequency.fire", "years").get(grade, 1) < 2 or not tags & set(site.tags):
        return False
    this_year = [p for p in context.lookups.at(site.site_id) if p.date.year == context.first.year and FIRE in p.domains]
    return not any(p.mode == "off_site" or p.counts for p in this_year)


@implements("coverage.key", Role.INTAKE)
def drawn_key_items(context: Context, filing: FilingRow, parts: Iterable[Part]) -> list[str]:
    """Return the key items that the filing draws although its annex asks for full coverage; each is a finding."""
    if not filing.ratio or all(parts_per >= 10_000 for _, parts_per in filing.ratio):
        return []
    found = [
        (item.item_id, part.domain)
        for part in parts
        for item in part.items
        if is_key_duty(context, item.list_, part.domain)
        and not context.law.switch("coverage.key", "may_draw", part.domain)
    ]
    for item, domain in found:
        context.notes.find(
            "law.key-item-drawn", filing.ref, column="ratio", domain=domain, filing=filing.filing_id, item=item
        )
    return [item for item, _ in found]


def unfiled_key_items(context: Context) -> list[str]:
    """Return the claimed key items that no filing of this year names although the annex asks for full coverage.

    Each is told in its own row. Only bodies that have filed anything this year are asked: of others no plan is here.
    """
    year, parents = context.first.year, context.lookups.parents
    filed = [row for row in context.filings.values() if row.window_from.year <= year <= row.window_to.year]
    bodies = {parents.get(row.agency_id, row.agency_id) for row in filed}
    named = {item for row in filed for item in row.items}
    found = []
    for item in sorted(context.lookups.items.values(), key=lambda i: i.item_id):
        domain = context.lookups.item_domain[item.item_id]
        asked = item.claimed == "claimed" and parents.get(item.agency_id, item.agency_id) in bodies
        if asked and item.item_id not in named and is_key_duty(context, item.list_, domain):
            found.append(item.item_id)
            context.notes.find(
                "law.key-item-unfiled",
                item.ref,
                column="list",
                value=item.item_id,
                domain=domain,
                subjects=(item.item_id,),
                item=item.item_id,
                name=item.name,
                year=year,
            )
    return found


def is_key_duty(context: Context, item_list: str, domain: str) -> bool:
    """Return whether an item is on the key list of a domain that has to cover it in full."""
    return item_list == "key" and domain in context.law.words("coverage.key", "domains")


def better_grades_asked_more(context: Context, filing: FilingRow, domain: str) -> tuple[str, str] | None:
    """Return (better, worse) of the first pair where the filing asks more of the better grade; also a finding."""
    order = [str(grade) for grade in context.law.ordered("grade.required", "grades", domain)]
    asked: dict[str, float] = {grade: float(parts) for grade, parts in filing.ratio}
    if not asked:
        asked = {grade: a_year(value) for grade, value in filing.frequency}
    named = [grade for grade in order if grade in asked]
    for better, worse in pairwise(named):
        if asked[better] > asked[worse]:
            about = {"filing": filing.filing_id, "better": better, "worse": worse}
            context.notes.find("law.grades-reversed", filing.ref, domain=domain, **about)
            return better, worse
    return None


def a_year(asked: tuple[int, int]) -> float:
    """Return how many checks a year a frequency comes to."""
    n, years = asked
    if years == DAYS_SINCE:
        return 365 / n
    return 12 / n if years == MONTHS_SINCE else n / years


def fire_coverage(context: Context, drafts: Iterable[Draft]) -> list[CoverageNote]:
    """Return, by grade, how many of the key fire units' checks of this period are done, open or missing."""
    tag = context.law.text("fire.scope", "tag")
    open_sites = {draft.site.site_id for draft in drafts if draft.domain == FIRE}
    wanted: Counter[str] = Counter()
    done: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    for site_id in sorted(context.lookups.with_value("tag", tag)):
        site, grade = context.lookups.sites[site_id], context.lookups.grade(site_id, FIRE, context.first)
        if not grade or site.status != "open":
            continue
        wanted[grade] += 1
        if fire_not_due(context, site, grade, context.first, date.max) is not None:
            done[grade] += 1
        elif site_id in open_sites:
            tasks[grade] += 1
    clauses = context.notes.clauses("frequency.fire", FIRE)
    return [
        CoverageNote("frequency.fire", clauses, "", FIRE, grade, wanted[grade], done[grade], tasks[grade])
        for grade in sorted(wanted)
    ]


def key_site_coverage(context: Context, drafts: Iterable[Draft]) -> list[CoverageNote]:
    """Return, by domain, how many sites of its key list were checked this year or have a task; shortfalls are told."""
    open_sites = {(draft.domain, draft.site.site_id) for draft in drafts}
    notes = []
    for domain in sorted(context.law.words("coverage.key", "domains")):
        wanted = sorted(context.lookups.key_sites.get(domain, ()))
        year = context.first.year
        done = [s for s in wanted if any(day.year == year for day in context.lookups.planned_dates(s, domain))]
        tasks = [s for s in wanted if s not in set(done) and (domain, s) in open_sites]
        if not wanted:
            continue
        clauses = context.notes.clauses("coverage.key", domain)
        note = CoverageNote("coverage.key", clauses, "", domain, "", len(wanted), len(done), len(tasks))
        notes.append(note)
        if note.short:
            context.notes.find(
                "law.key-sites-short",
                None,
                domain=domain,
                subjects=(domain,),
                wanted=note.wanted,
                done=note.done,
                tasks=note.tasks,
                short=note.short,
            )
    return notes

"""A district's year as one plan at day resolution, and a month as a slice of it.

The year's filings are unfolded at once (a frequency of k makes k tasks with windows that divide the year) and matched
over all of its working days: caps and gaps see the whole year. Published months are fixed, later ones are draft: times
and inspectors are a month's matter. A month planned with a year plan has to do what the year put into it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from planner.checks import check_plan
from planner.domain.calendar import REST_OF_YEAR, is_one_month, month_bounds, period_bounds
from planner.domain.errors import InputError, MismatchError
from planner.domain.plan import visits_of
from planner.domain.result import MonthResult, Status
from planner.draw.record import DRAWS_FILE
from planner.explain.reasons import reasons_for
from planner.intake.make.given import NOTHING, Given, PublishedVisit
from planner.intake.tables.records import Tables
from planner.service.files.plan_file import read_document, seal_of
from planner.service.month.drawn import drawn_kept
from planner.service.month.no_plan import empty_case, without_plan
from planner.service.month.not_visited import with_not_visited
from planner.service.month.planning import (
    STOPPED,
    Cancel,
    Planned,
    Step,
    Tell,
    last_step,
    plan_hash,
    plan_tables,
    prepare_tables,
    read_source,
)
from planner.solve.match import solve_match
from planner.solve.run import Work

SMALL = 1_000
"""Tasks of a year up to which it is searched and proven like a month; larger ones by the engine of long horizons."""
Document = Mapping[str, Any]
DECEMBER = 12


def plan_year(
    source: Path,
    period: str,
    given: Given = NOTHING,
    seed: int | None = None,
    tell: Tell | None = None,
    cancel: Cancel | None = None,
    credits: str = "",
) -> Planned:
    """Plan `period` (`YYYY`, or `YYYY-MM~12` from a month on) of the workbook or folder `source`, without times.

    Ends as `plan_month` does: without a plan where nothing is due, or where what is published contradicts the law.
    Raises as `prepare_source`, and MismatchError where engine and checks disagree.
    """
    return plan_year_tables(read_source(source, tell), period, given, seed, tell, cancel, credits, source)


def plan_year_tables(
    tables: Tables,
    period: str,
    given: Given = NOTHING,
    seed: int | None = None,
    tell: Tell | None = None,
    cancel: Cancel | None = None,
    credits: str = "",
    source: Path = Path(),
) -> Planned:
    """Plan `period` of tables already read; else as `plan_year`."""
    say, stop = tell or (lambda _: None), cancel or (lambda: False)
    work = Work(proof_tasks=SMALL)
    start = perf_counter()
    prepared, rulebook, seed = prepare_tables(tables, period, seed, tell, given)
    seconds = {"intake": perf_counter() - start}
    settings = {**prepared.settings, **{f"work.{key}": str(value) for key, value in sorted(asdict(work).items())}}
    case = prepared.case or empty_case(period, rulebook, tables)

    def ended(result: MonthResult) -> Planned:
        result.seconds["total"] = round(perf_counter() - start, 3)
        told = with_not_visited(result, prepared, tables, rulebook)
        return Planned(told, prepared, tables, rulebook, period, source, credits, (), given)

    if prepared.case is None or stop():
        status = Status.INVALID if prepared.case is None else Status.OUT_OF_TIME
        return ended(without_plan(case, status, prepared, seconds, seed, settings))
    bent = drawn_kept(prepared)
    if bent:
        raise MismatchError(f"tasks and draws disagree in {len(bent)} places, first: {bent[0].text('en')}")
    mark = perf_counter()
    say(Step("match"))
    match = solve_match(case, seed, work, lambda p: say(Step("match", p.note, p)), stop)
    seconds |= {**match.seconds, "match": perf_counter() - mark}
    if match.plan is None:
        return ended(without_plan(case, match.status, prepared, seconds, seed, settings, match, match.violations))
    violations = check_plan(case, match.plan, rulebook)
    if violations:
        raise MismatchError(f"the plan breaks {len(violations)} rules, first {violations[0].rule}: {violations[0]}")
    mark = perf_counter()
    say(Step("explain"))
    reasons = reasons_for(case, match.plan, rulebook)
    seconds["reasons"] = perf_counter() - mark
    empty = without_plan(case, match.status, prepared, seconds, seed, settings, match)
    end = last_step(match.levels, seconds["match"])
    return ended(
        replace(
            empty,
            plan=match.plan,
            objective=match.objective,
            levels=match.levels,
            certificates=match.certificates,
            progress=(*match.progress, end),
            visits=tuple(visits_of(case, match.plan)),
            reasons=reasons,
            plan_hash=plan_hash(case, match.plan, settings),
            repeatable=match.repeatable,
            draws_file=DRAWS_FILE,
            notes=() if match.repeatable else (STOPPED,),
        )
    )


def plan_month_of_year(source: Path, month: str, tell: Tell | None = None, cancel: Cancel | None = None) -> Planned:
    """Plan the rest of the year from `month` (`YYYY-MM`) on, and then the month, which does what the year put into it.

    Both are planned on what `source` has recorded. Ends and raises as `plan_month` and `plan_year`.
    """
    tables = read_source(source, tell)
    first, last = month_bounds(month)
    if first.month == DECEMBER:
        return plan_tables(tables, month, tell=tell, cancel=cancel, source=source)
    year = plan_year_tables(tables, month + REST_OF_YEAR, tell=tell, cancel=cancel, source=source)
    found = year.result
    days = [] if found.plan is None else found.plan.day.tolist()
    inside = {t.id for t, d in zip(found.case.tasks, days, strict=False) if d >= 0 and found.case.days[d] <= last}
    return plan_tables(tables, month, tell=tell, cancel=cancel, source=source, given=Given(due=frozenset(inside)))


def year_period(year: str, first_month: str | None, published: Sequence[Document]) -> str:
    """Return the name of the period of `year` (`YYYY`) from `first_month` on, else from the first published month.

    Raises InputError where that is no period, or the published months do not follow one another from its start.
    """
    months = sorted(str(document["month"]) for document in published)
    begin = first_month or (months[0] if months else f"{year}-01")
    period = year if begin == f"{year}-01" else begin + REST_OF_YEAR
    try:
        first, _ = period_bounds(period)
    except ValueError:
        first = date.min
    if f"{first:%Y}" != year or len(year) != 4:
        raise InputError(
            f"“{year}”年“{begin}”月起不是一个计划期 / {year!r} from {begin!r} is no period (YYYY, YYYY-MM)"
        )
    asked = [f"{year}-{first.month + n:02d}" for n in range(len(months))]
    if months != asked:
        raise InputError(
            f"已公布的月份应自 {begin} 起逐月相接，实为 {'、'.join(months)} / "
            f"published months must follow one another from {begin} on, these are {', '.join(months)}"
        )
    return period


def fixed_by(published: Sequence[Document]) -> Given:
    """Return what published months' plans (documents of `plan.json`) settle for their year."""
    if not published:
        return NOTHING
    visits = [
        PublishedVisit(row["site"]["id"], date.fromisoformat(row["day"]), tuple(row["tasks"]), tuple(row["items"]))
        for document in published
        for row in document["visits"]
    ]
    through = max(month_bounds(document["month"])[1] for document in published)
    return Given(tuple(sorted(visits, key=lambda v: (v.day, v.site))), through)


def due_in(month: str, year_plan: Document) -> Given:
    """Return what a year plan's document settles for `month` (`YYYY-MM`): its tasks of that month have to be done.

    Raises InputError where the plan is no year's, or not of a year with that month.
    """
    first, last = month_bounds(month)
    begin, end = period_bounds(str(year_plan["month"]))
    if is_one_month(begin, end) or not begin <= first <= end:
        name = year_plan["month"]
        raise InputError(f"年度计划“{name}”不含 {month} / the year plan {name!r} does not hold {month}")
    inside = {task for task, day in year_plan["plan"].items() if first.isoformat() <= day <= last.isoformat()}
    return Given(due=frozenset(inside))


def published_document(path: Path) -> Document:
    """Return the content of the plan file at `path`, or in the folder `path`.

    Raises InputError where there is none, or it was changed after it was written.
    """
    file = path / "plan.json" if path.is_dir() else path
    document = read_document(file)
    if document.get("sha256") != seal_of(document):
        raise InputError(f"{file.name} 的封签不符，写成后被改动 / {file.name} was changed after it was written")
    return document

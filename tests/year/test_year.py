"""A year as one plan: its law across months' borders, its published months, its slices, its proof, its hash."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.calendar import months_after, period_bounds
from planner.domain.case import Case
from planner.domain.errors import InputError
from planner.domain.plan import Plan
from planner.domain.result import Status
from planner.intake.make.given import Given, PublishedVisit, without_done
from planner.report.visits.months import months_of
from planner.report.visits.view import view_of
from planner.service import Planned, due_in, fixed_by, plan_tables, year_period
from planner.service.files.plan_file import plan_document
from tests.intake_law.build import past
from tests.year.district import YEAR, dates_of, district, fewest_entries, planned_year


@pytest.fixture(scope="module")
def year() -> Planned:
    return planned_year()


def _dates_at(planned: Planned, site: str, domain: str) -> list[date]:
    dates = dates_of(planned)
    tasks = planned.result.case.tasks
    found = {dates[t.id] for t in tasks if (t.site, t.domain) == (site, domain)}
    return sorted(day for day in found if day)


def _with(planned: Planned, task: str, day: date) -> tuple[Case, Plan]:
    """Return case and plan with one task moved to another day."""
    case, plan = planned.result.case, planned.result.plan
    assert plan is not None
    days = plan.day.copy()
    days[[t.id for t in case.tasks].index(task)] = case.days.index(day)
    return case, Plan(days)


def test_a_period_is_a_month_a_year_or_the_rest_of_one() -> None:
    assert period_bounds("2026-06") == (date(2026, 6, 1), date(2026, 6, 30))
    assert period_bounds("2026") == (date(2026, 1, 1), date(2026, 12, 31))
    assert period_bounds("2026-06~12") == (date(2026, 6, 1), date(2026, 12, 31))
    for wrong in ("", "26", "2026-13", "2026~12", "2026-06~11", "2026-06-01"):
        with pytest.raises(ValueError, match=r"month|invalid|unpack"):
            period_bounds(wrong)


def test_everything_is_served_with_the_fewest_entries_of_all_lawful_plans(year: Planned) -> None:
    assert year.result.status is Status.OPTIMAL
    assert year.result.objective is not None
    assert year.result.objective.left_out == (0, 0, 0)
    entries = next(level for level in year.result.levels if level.name == "entries")
    assert entries.value == entries.bound_certified == fewest_entries(year.result.case)


def test_a_frequency_of_two_makes_two_tasks_whose_windows_divide_the_year(year: Planned) -> None:
    windows = {t.window for t in year.result.case.tasks if t.domain == "A01"}
    assert windows == {(date(YEAR, 1, 1), date(YEAR, 6, 30)), (date(YEAR, 7, 1), date(YEAR, 12, 31))}


def test_the_gap_holds_across_the_border_of_months(year: Planned) -> None:
    first, second = _dates_at(year, "S0", "A01")
    assert second >= months_after(first, 1)
    late = next(t for t in year.result.case.tasks if (t.site, t.domain, t.window[0].month) == ("S0", "A01", 7))
    early = next(t for t in year.result.case.tasks if (t.site, t.domain, t.window[0].month) == ("S0", "A01", 1))
    case, plan = _with(year, early.id, date(YEAR, 6, 26))
    day = plan.day.copy()
    day[[t.id for t in case.tasks].index(late.id)] = case.days.index(date(YEAR, 7, 14))
    assert "gap.domain" in {v.rule for v in check_plan(case, Plan(day))}


def test_a_check_of_last_december_bars_the_first_days_of_january() -> None:
    held = district(history=[past(date(YEAR - 1, 12, 22), site_id="S0", items=("I-SCJG",))])
    planned = planned_year(rows=held)
    task = next(t for t in planned.result.case.tasks if (t.site, t.domain, t.window[0].month) == ("S0", "A01", 1))
    case, plan = _with(planned, task.id, date(YEAR, 1, 14))
    assert "gap.domain" in {v.rule for v in check_plan(case, plan)}
    assert _dates_at(planned, "S0", "A01")[0] >= months_after(date(YEAR - 1, 12, 22), 1)


def test_the_yearly_cap_holds_over_all_months_at_once() -> None:
    capped = district(filings=[replace(f, needed=False) for f in district().filings])
    planned = planned_year(rows=capped)
    assert len(_dates_at(planned, "S0", "A01")) == 1
    assert "cap.domain" in {reason.rule for reason in planned.result.reasons}
    second = next(t for t, day in dates_of(planned).items() if day is None)
    case, plan = _with(planned, second, date(YEAR, 12, 28))
    assert "cap.domain" in {v.rule for v in check_plan(case, plan)}


def test_what_was_done_before_the_period_counts_against_the_frequency() -> None:
    held = district(history=[past(date(YEAR, 3, 12), site_id="S0", items=("I-SCJG",))])
    planned = planned_year(period=f"{YEAR}-06~12", rows=held)
    assert len(_dates_at(planned, "S0", "A01")) == 1
    assert _dates_at(planned, "S0", "A01")[0] >= date(YEAR, 7, 1)
    assert planned.result.case.days[0] == date(YEAR, 6, 15)  # the 13th is a Saturday


def _published(planned: Planned, month: int) -> Given:
    """Return the month of a year plan as if it had been published."""
    rows = view_of(planned.result).rows()
    visits = [
        PublishedVisit(r.site.id, r.day, tuple(t.id for t in r.tasks), tuple(i for t in r.tasks for i in t.items))
        for r in rows
        if r.day.month <= month
    ]
    return Given(tuple(visits), date(YEAR, month, 28))


def test_a_published_month_stays_as_it_is_and_takes_nothing_more(year: Planned) -> None:
    given = _published(year, 2)
    first = given.published[0]
    assert first.day.month <= 2
    gone = Given(given.published[1:], given.through)
    planned = planned_year(gone)
    fixed = {task: visit.day for visit in gone.published for task in visit.tasks}
    dates = dates_of(planned)
    assert {task: dates[task] for task in fixed} == fixed
    assert all(day is None or day > date(YEAR, 2, 28) for task, day in dates.items() if task not in fixed)
    assert all(dates[task] is not None for task in first.tasks)  # the visit that was not published moves on
    states = {month.month: month.published for month in months_of(view_of(planned.result)) if month.tasks}
    assert set(states.values()) == {True, False}


def test_a_published_visit_that_nobody_asks_for_still_holds_the_gap() -> None:
    given = Given((PublishedVisit("S0", date(YEAR, 1, 28), ("T-gone",), ("I-SCJG",)),), date(YEAR, 1, 31))
    planned = planned_year(given)
    assert "law.published-without-task" in {f.code for f in planned.prepared.findings}
    task = next(t for t in planned.result.case.tasks if (t.site, t.domain, t.window[0].month) == ("S0", "A01", 2))
    case, plan = _with(planned, task.id, next(d for d in planned.result.case.days if d.month == 2))
    assert "gap.domain" in {v.rule for v in check_plan(case, plan)}


def test_a_month_does_what_the_year_put_into_it(year: Planned) -> None:
    document = plan_document(year)
    dates = dates_of(year)
    months = sorted({day.month for day in dates.values() if day})
    for month in months[:2]:
        name = f"{YEAR}-{month:02d}"
        own = {task for task, day in dates.items() if day and day.month == month}
        sliced = plan_tables(district(), name, seed=1, given=due_in(name, document))
        assert sliced.result.plan is not None
        done = {task for task, day in dates_of(sliced).items() if day}
        assert own <= done
        assert {t.id for t in sliced.result.case.tasks if t.waits_until is None} == own


def test_the_published_months_of_a_year_follow_one_another(year: Planned) -> None:
    june, july = {"month": "2026-06"}, {"month": "2026-07"}
    assert year_period("2026", None, []) == "2026"
    assert year_period("2026", None, [july, june]) == "2026-06~12"
    assert year_period("2026", "2026-04", []) == "2026-04~12"
    for wrong in (("2026", "2026-05", [june]), ("2025", None, [june]), ("26", None, []), ("2026", "六月", [])):
        with pytest.raises(InputError):
            year_period(*wrong)
    with pytest.raises(InputError):
        due_in("2027-01", plan_document(year))
    with pytest.raises(InputError):
        due_in("2026-06", {"month": "2026-06", "plan": {}})
    assert fixed_by([]) == Given()


def test_same_rows_in_another_order_same_plan_hash(year: Planned) -> None:
    rows = district()
    turned = replace(rows, filings=rows.filings[::-1], sites=rows.sites[::-1], inspectors=rows.inspectors[::-1])
    again = planned_year(rows=turned)
    assert again.result.plan_hash == year.result.plan_hash
    assert np.array_equal(again.result.plan.day, year.result.plan.day)  # type: ignore[union-attr]


def test_only_what_the_published_visit_is_itself_stops_counting_as_an_earlier_check() -> None:
    """Another body's check on that day, another item or a triggered check was no part of the visit: it still counts."""
    day = date(YEAR, 1, 13)
    given = Given((PublishedVisit("S0", day, ("T-1",), ("I-SCJG",)),), date(YEAR, 1, 31))
    same = past(day, site_id="S0", items=("I-SCJG",))
    bare = past(day, site_id="S0", items=())
    others = (
        past(day, "WJ", "S0", items=("I-WJ",)),
        past(day, site_id="S0", items=("I-SCJG", "I-MORE")),
        past(day, site_id="S0", items=("I-SCJG",), trigger="triggered"),
        past(day, site_id="S1", items=("I-SCJG",)),
        past(date(YEAR, 1, 14), site_id="S0", items=("I-SCJG",)),
    )
    assert without_done(district(history=[same, bare, *others]), given).history == others

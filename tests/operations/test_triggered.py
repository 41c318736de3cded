"""Triggered checks go at once; what rides, what is absorbed and when the code is due follow the annexes."""

from __future__ import annotations

from datetime import date

import pytest

from planner.domain.calendar import WorkCalendar
from planner.domain.case import CapacityRow
from planner.domain.errors import InputError
from planner.operations.book import Book
from planner.operations.events import NewTask
from planner.operations.replan import replan
from planner.operations.triggered import (
    LATE_CODE_CLAUSES,
    WARNED_CLAUSES,
    Triggered,
    as_task,
    code_deadline,
    register,
    warned_site,
)
from planner.rulebook.book import load_rulebook
from tests.operations.test_gate import DAYS, plan_of, small
from tests.tiny import task

LAW = load_rulebook().at(date(2026, 6, 1))
CALENDAR = WorkCalendar(days_off=frozenset({date(2026, 6, 19)}))


def check(**more: object) -> Triggered:
    given = {"domain": "A01", "items": ("item", "other"), "day": DAYS[1], "source": "complaint", "minutes": 60}
    return Triggered("x", "s0", "a", **{**given, **more})  # type: ignore[arg-type]


def test_open_tasks_ride_along_and_save_their_own_entry() -> None:
    case = small(
        task("t0", "s0", "b", domain="A02", window=(DAYS[0], DAYS[2])),
        task("t1", "s0", "f", domain="A03", window=(DAYS[3], DAYS[4])),
        task("t2", "s1", "a"),
    )
    answer = register(Book(case, plan_of(case)), LAW, CALENDAR, check(), DAYS[1])
    assert [ride.task for ride in answer.riders] == ["t0"]
    assert answer.entries_saved == 1
    assert "A02-5.1b" in answer.riders[0].clauses


def test_unannounced_and_not_to_join_tasks_do_not_ride() -> None:
    for case in (
        small(task("t0", "s0", "b", domain="A02", unannounced=True), task("t2", "s1", "a")),
        small(task("t0", "s0", "b", domain="A02"), task("t2", "s1", "a"), listed=["s0"]),
    ):
        answer = register(Book(case, plan_of(case)), LAW, CALENDAR, check(), DAYS[1])
        assert (answer.riders, answer.entries_saved) == ((), 0)


def test_covered_planned_tasks_due_within_a_month_are_absorbed_where_the_annex_says_so() -> None:
    far = (DAYS[0], date(2026, 8, 30))
    case = small(task("t0", "s0", "a"), task("t1", "s0", "a", items=("third",)), task("t2", "s0", "a", window=far))
    answer = register(Book(case, plan_of(case)), LAW, CALENDAR, check(), DAYS[1])
    assert [gone.task for gone in answer.absorbed] == ["t0"]
    assert "A01-5.1c" in answer.absorbed[0].clauses
    assert [ride.task for ride in answer.riders] == ["t1", "t2"]
    fire = small(task("t0", "s0", "f", domain="A03"))
    third = Triggered("x", "s0", "f", "A03", ("item",), DAYS[1], "warning", 60)
    assert register(Book(fire, plan_of(fire)), LAW, CALENDAR, third, DAYS[1]).absorbed == ()


def test_it_is_never_held_up_others_give_way() -> None:
    crews = {CapacityRow("a"): [4] * len(DAYS)}
    case = small(task("t0", "s1", "a"), capacity=crews)
    site = small(task("t9", "s0", "a")).sites[0]
    done = replan(Book(case, plan_of(case, t0=1)), NewTask(as_task(check()), site))
    days = {task.id: int(day) for task, day in zip(done.case.tasks, done.after, strict=True)}
    assert days["x"] == 1
    assert days["t0"] not in (1, -1)
    assert len(done.changed) == 1


def test_an_urgent_checks_code_is_due_within_three_working_days() -> None:
    on = date(2026, 6, 17)  # a Wednesday; Friday is a holiday
    urgent = check(day=on, urgent=True)
    deadline = code_deadline(urgent, CALENDAR, on)
    assert (deadline.due, deadline.state, deadline.clauses) == (date(2026, 6, 23), "open", ("A01-3.4.3b",))
    assert code_deadline(urgent, CALENDAR, date(2026, 6, 24)).state == "overdue"
    assert code_deadline(check(day=on, urgent=True, coded=date(2026, 6, 23)), CALENDAR, on).state == "done"
    assert code_deadline(check(day=on, urgent=True, coded=date(2026, 6, 24)), CALENDAR, on).state == "late"
    assert code_deadline(check(day=on), CALENDAR, on).due == on
    assert code_deadline(check(day=on, urgent=True, domain="A14"), CALENDAR, on).due == on


def test_the_clauses_of_codes_and_warnings_are_in_the_rulebook() -> None:
    for domain, clauses in LATE_CODE_CLAUSES.items():
        for clause in clauses:
            assert LAW.clause(clause).doc == domain
            assert "三个工作日" in LAW.clause(clause).zh
    stated = {c.doc for c in LAW.clauses if c.kind == "code" and "三个工作日" in c.zh}
    assert stated == LATE_CODE_CLAUSES.keys()
    assert all("预警" in LAW.clause(c).zh or "现场" in LAW.clause(c).zh for c in WARNED_CLAUSES)


def test_warned_sites_go_off_site_this_month_or_next() -> None:
    case = small(task("t0", "s0", "a"))
    book = Book(case, plan_of(case))
    assert warned_site(book, "s9", DAYS[1], date(2026, 2, 2)).into == "off_site"
    assert warned_site(book, "s9", DAYS[1], date(2025, 2, 2)).into == "this_month"
    assert warned_site(book, "s9", DAYS[-1], None).into == "next_month"


@pytest.mark.parametrize("wrong", [{"source": "mood"}, {"day": date(2026, 6, 6)}, {"source": ""}])
def test_what_cannot_be_registered_says_why(wrong: dict[str, object]) -> None:
    case = small(task("t0", "s0", "a"))
    with pytest.raises(InputError, match="请"):
        register(Book(case, plan_of(case)), LAW, CALENDAR, check(**wrong), DAYS[1])

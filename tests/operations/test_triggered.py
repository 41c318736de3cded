"""Triggered checks go at once; what rides, what is absorbed and when the code is due follow the annexes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from planner.domain.calendar import WorkCalendar
from planner.domain.case import CapacityRow, GroupInfo
from planner.domain.errors import InputError
from planner.operations.book import Book
from planner.operations.events import NewTask
from planner.operations.replan import replan
from planner.operations.triggered import (
    CLOSED,
    LATE_CODE_CLAUSES,
    OUTSIDE,
    WARNED_CLAUSES,
    Triggered,
    TriggeredAnswer,
    alone,
    as_task,
    code_deadline,
    register,
    unit_that_goes,
    warned_site,
)
from planner.rulebook.book import load_rulebook
from tests.operations.test_gate import DAYS, plan_of, small
from tests.tiny import agency, site, task

LAW = load_rulebook().at(date(2026, 6, 1))
CALENDAR = WorkCalendar(days_off=frozenset({date(2026, 6, 19)}))


def check(**more: object) -> Triggered:
    given = {"domain": "A01", "items": ("item", "other"), "day": DAYS[1], "source": "complaint", "minutes": 60}
    given |= {"id": "x", "site": "s0", "unit": "a"}
    return Triggered(**{**given, **more})  # type: ignore[arg-type]


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
    drugs = small(task("t0", "s0", "a", domain="A05"), task("t1", "s0", "a", domain="A04"))
    absorbed = register(Book(drugs, plan_of(drugs)), LAW, CALENDAR, check(), DAYS[1]).absorbed
    assert [gone.task for gone in absorbed] == ["t0"], "the annex of the planned task decides, not that of the check"
    fire = small(task("t0", "s0", "f", domain="A03"))
    third = Triggered("x", "s0", "f", "A03", ("item",), DAYS[1], "warning", 60)
    assert register(Book(fire, plan_of(fire)), LAW, CALENDAR, third, DAYS[1]).absorbed == ()


def test_it_is_never_held_up_others_give_way() -> None:
    crews = {CapacityRow("a"): [4] * len(DAYS)}
    case = small(task("t0", "s1", "a"), capacity=crews)
    beside = alone(case, check(), site("s0"), case.units[0], 0)
    done = replan(Book(case, plan_of(case, t0=1)), NewTask((as_task(check()),), beside))
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


def test_where_the_annex_sets_no_time_an_urgent_checks_code_is_never_late() -> None:
    on = date(2026, 6, 17)
    open_end = check(day=on, urgent=True, domain="A07")
    deadline = code_deadline(open_end, CALENDAR, date(2026, 12, 1))
    assert (deadline.due, deadline.state, deadline.clauses) == (None, "open", ("A07-7.2a",))
    assert code_deadline(replace(open_end, coded=date(2026, 9, 9)), CALENDAR, on).state == "done"
    assert code_deadline(replace(open_end, urgent=False), CALENDAR, date(2026, 6, 18)).state == "overdue"


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


@pytest.mark.parametrize("source", ["mood", ""])
def test_what_cannot_be_registered_says_why(source: str) -> None:
    case = small(task("t0", "s0", "a"))
    with pytest.raises(InputError, match="请"):
        register(Book(case, plan_of(case)), LAW, CALENDAR, check(source=source), DAYS[1])


def riders(answer: TriggeredAnswer) -> list[str]:
    return [ride.task for ride in answer.riders]


def test_a_unit_whose_own_day_is_full_bars_nobody_else() -> None:
    crews = {CapacityRow("a"): [8] * len(DAYS), CapacityRow("b"): [24] * len(DAYS)}
    own = task("t1", "s0", "a", items=("third",))
    case = small(task("t0", "s0", "b", domain="A02"), own, task("t2", "s1", "a"), capacity=crews)
    answer = register(Book(case, plan_of(case, t2=1)), LAW, CALENDAR, check(minutes=90), DAYS[1])
    assert riders(answer) == ["t0"]
    assert [(one.task, "人员不足" in one.text_zh) for one in answer.staying] == [("t1", True)]
    assert f"另有办法：{DAYS[0]} 依规可去" in answer.staying[0].text_zh


def test_at_a_not_to_join_site_those_ride_who_have_all_opted_in() -> None:
    def answer(opted_in: bool, decided: bool) -> TriggeredAnswer:
        case = small(task("t0", "s0", "b", domain="A02", opted_in=opted_in), task("t2", "s1", "a"), listed=["s0"])
        return register(Book(case, plan_of(case)), LAW, CALENDAR, check(opted_in=decided), DAYS[1])

    assert riders(answer(True, True)) == ["t0"]
    for some in (answer(True, False), answer(False, True)):
        assert riders(some) == []
        assert [one.task for one in some.staying] == ["t0"]


def test_a_site_of_many_tasks_has_riders_and_a_deadline_like_any() -> None:
    late = (DAYS[3], DAYS[4])
    units = [agency("a"), *(agency(f"u{n}", domain="A02") for n in range(14))]
    many = [task(f"t{n:02}", "s0", f"u{n}", domain="A02", **({"window": late} if n % 2 else {})) for n in range(14)]
    crews = {CapacityRow(unit.id): [24] * len(DAYS) for unit in units}
    case = small(*many, task("z", "s1", "a"), units=units, capacity=crews)
    answer = register(Book(case, plan_of(case)), LAW, CALENDAR, check(), DAYS[1])
    assert riders(answer) == [f"t{n:02}" for n in range(0, 14, 2)]
    assert len(answer.staying) == 7
    assert answer.code.due == DAYS[1]


def test_whoever_was_to_come_with_what_is_absorbed_is_not_stranded() -> None:
    joint = {"joint_group": "J"}
    case = small(task("t0", "s0", "a", **joint), task("t1", "s0", "b", domain="A02", **joint))
    for days in ({}, {"t0": 3, "t1": 3}):
        answer = register(Book(case, plan_of(case, **days)), LAW, CALENDAR, check(), DAYS[1])
        assert [(one.task, case.units[1].name in one.text_zh) for one in answer.absorbed] == [("t0", True)]
        came = {*riders(answer), *(name for visit in answer.forward for name in visit.tasks)}
        assert came == {"t1"}
    closed = small(
        task("t0", "s0", "a", **joint), task("t1", "s0", "b", domain="A02", window=(DAYS[3], DAYS[4]), **joint)
    )
    answer = register(Book(closed, plan_of(closed, t0=3, t1=3)), LAW, CALENDAR, check(), DAYS[1])
    assert [one.task for one in answer.staying] == ["t1"]


def test_later_published_visits_are_offered_to_come_forward_whole() -> None:
    case = small(
        task("t0", "s0", "b", domain="A02"),
        task("t1", "s0", "f", domain="A03"),
        task("t2", "s0", "c", domain="A02", window=(DAYS[3], DAYS[4])),
        task("t3", "s1", "a"),
    )
    book = Book(case, plan_of(case, t0=2, t1=2, t2=3))
    answer = register(book, LAW, CALENDAR, check(), DAYS[1])
    assert [(visit.day, visit.tasks) for visit in answer.forward] == [(DAYS[2], ("t0", "t1"))]
    assert (answer.riders, answer.forward_saved) == ((), 1)
    assert [one.task for one in answer.staying] == ["t2"]
    assert f"仍按已公布的 {DAYS[3]} 前往" in answer.staying[0].text_zh
    assert np.array_equal(book.day, plan_of(case, t0=2, t1=2, t2=3).day)
    waste = register(book, LAW, CALENDAR, replace(check(), unit="b", domain="A07"), DAYS[1])
    assert "A07-6.3d" in waste.forward[0].clauses
    part = Book(case, plan_of(case, t0=3, t1=3, t2=3))  # one of the visit's windows opens later
    assert register(part, LAW, CALENDAR, check(), DAYS[1]).forward == ()
    own = register(part, LAW, CALENDAR, check(unit="f", domain="A03", items=("third",)), DAYS[1])
    assert [(visit.tasks, visit.whole) for visit in own.forward] == [(("t1",), False)]
    assert own.forward_saved == 0


def test_a_gap_stands_against_coming_forward_and_no_secret_visit_moves() -> None:
    gap = [GroupInfo("s0", "A02", 1, 9, (date(2026, 5, 3),))]
    for more in ({"groups": gap}, {}):
        secret = not more
        case = small(task("t0", "s0", "b", domain="A02", unannounced=secret), task("t3", "s1", "a"), **more)
        answer = register(Book(case, plan_of(case, t0=3)), LAW, CALENDAR, check(), DAYS[1])
        assert answer.forward == ()
        assert [one.task for one in answer.staying] == ([] if secret else ["t0"])
        assert secret or "间隔" in answer.staying[0].text_zh
        assert secret or f"仍按已公布的 {DAYS[3]} 前往" in answer.staying[0].text_zh


@pytest.mark.parametrize(("day", "note"), [(date(2026, 6, 6), CLOSED), (date(2026, 5, 28), OUTSIDE)])
def test_on_a_day_off_it_is_registered_and_absorbs_and_nobody_rides(day: date, note: str) -> None:
    case = small(task("t0", "s0", "a", window=(DAYS[0], DAYS[4])), task("t1", "s0", "b", domain="A02"))
    answer = register(Book(case, plan_of(case)), LAW, CALENDAR, check(day=day, urgent=True), day)
    assert (riders(answer), answer.note) == ([], note)
    assert [one.task for one in answer.absorbed] == ([] if day > DAYS[4] else ["t0"])
    assert answer.code.due is not None
    assert answer.code.due > day


def test_a_bureau_whose_sections_hold_the_crews_sends_one_of_them() -> None:
    units = [agency("p"), agency("p-1", "p"), agency("p-2", "p"), agency("b", domain="A02")]
    tasks = [task("t0", "s0", "b", domain="A02"), task("t1", "s1", "p-1"), task("t2", "s1", "p-2")]
    crews = {CapacityRow(name): [24] * len(DAYS) for name in ("p-1", "p-2", "b")}
    case = small(*tasks, units=units, capacity=crews)
    book = Book(case, plan_of(case, t1=1))
    assert unit_that_goes(book, "p", DAYS[1], "") == "p-2"
    assert unit_that_goes(book, "p-1", DAYS[1], "") == "p-1"
    assert unit_that_goes(book, "z", DAYS[1], "") == "z"
    assert riders(register(book, LAW, CALENDAR, check(unit="p-2"), DAYS[1])) == ["t0"]


def test_an_agency_without_planned_work_is_registered_with_its_riders() -> None:
    case = small(task("t0", "s0", "b", domain="A02"))
    beside = alone(case, check(unit="z"), case.sites[0], agency("z"), 15)
    assert riders(register(Book(case, plan_of(case)), LAW, CALENDAR, check(unit="z"), DAYS[1], beside)) == ["t0"]

"""The gate says what the checker says, in words that tell of no other agency's unannounced check."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.case import CapacityRow, Case, GroupInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.errors import InputError
from planner.domain.plan import Plan, loads_of
from planner.operations.book import Book
from planner.operations.gate import IF, NO, YES, Gate, new_violations
from planner.operations.ledger import PastEntry, ledger_of, otherwise
from planner.rulebook.book import load_rulebook
from tests.operations.books import book_of, books
from tests.tiny import PERIOD, agency, site, task

LAW = load_rulebook().at(date(2026, 6, 1))
DAYS = tuple(date(2026, 6, d) for d in (1, 2, 3, 4, 5))


def small(*tasks: object, **more: object) -> Case:
    units = [agency("a"), agency("b", domain="A02"), agency("c", "b", "A02"), agency("f", domain="A03")]
    given = {
        "name": "small",
        "period": PERIOD,
        "days": DAYS,
        "tasks": tasks,
        "sites": [site("s0"), site("s1")],
        "units": units,
        "capacity": {CapacityRow(u.id): [24] * len(DAYS) for u in units},
        "setup_minutes": {},
    }
    return build_case(CaseParts(**{**given, **more}))  # type: ignore[arg-type]


def plan_of(case: Case, **days: int) -> Plan:
    return Plan(np.array([days.get(t.id, -1) for t in case.tasks], dtype=np.int64))


@pytest.mark.slow
def test_the_gate_agrees_with_the_checker_on_ten_thousand_questions() -> None:
    rng, asked, barred = random.Random(7), 0, 0
    for book in books(200):
        case, before = book.case, {(v.rule, v.subjects) for v in check_plan(book.case, book.plan)}
        for _ in range(50):
            t, d = rng.randrange(case.n_tasks), rng.randrange(case.n_days)
            then = book.day.copy()
            then[t] = d
            expected = {(v.rule, v.subjects, v.numbers) for v in check_plan(case, Plan(then))}
            if before:
                expected = {v for v in expected if v[:2] not in before}
            found = {(v.rule, v.subjects, v.numbers) for v in new_violations(book, [t], d)}
            assert {v[:2] for v in found} == {v[:2] for v in expected}
            asked, barred = asked + 1, barred + bool(found)
    assert asked == 10_000
    assert 1_000 < barred < 9_900


def test_the_ledgers_next_day_is_the_first_that_the_gate_lets_pass() -> None:
    answered = 0
    for book in books(60):
        gate = Gate(book, LAW)
        for s, info in enumerate(book.case.sites):
            for unit in book.case.units:
                due = book.tasks_of(unit.id, s)
                held = {int(book.day[t]) for t in due if book.published[t]}
                ledger = ledger_of(book, LAW, info.id, unit.id)
                if not ledger.open_tasks:
                    assert ledger.next_lawful is None
                    continue
                asked = {d: gate.ask(unit.id, info.id, d) for n, d in enumerate(book.case.days) if n not in held}
                first = next((d for d, answer in asked.items() if answer.verdict != NO), None)
                if ledger.next_lawful in asked or ledger.next_lawful is None:
                    assert ledger.next_lawful == first
                if ledger.next_lawful in asked:
                    answer = asked[ledger.next_lawful]
                    assert (ledger.next_verdict, ledger.next_with) == (answer.verdict, answer.with_tasks)
                    answered += 1
    assert answered > 20


def test_every_no_names_the_first_other_day_or_says_that_there_is_none() -> None:
    named = none = 0
    for book in books(60):
        gate = Gate(book, LAW)
        for s, info in enumerate(book.case.sites):
            for unit in book.case.units:
                free = [t for t in book.tasks_of(unit.id, s) if not book.published[t]]
                said = {d: gate.ask(unit.id, info.id, d).verdict for d in book.case.days}
                for d in (d for d, verdict in said.items() if verdict == NO):
                    other = otherwise(book, LAW, info.id, unit.id)
                    if other.day is not None:
                        assert other.day != d
                        assert said[other.day] == other.verdict or book.published[book.tasks_of(unit.id, s)].any()
                        assert other.text_zh.startswith(str(other.day))
                        named += 1
                    elif free:
                        assert set(said.values()) == {NO} or book.published[book.tasks_of(unit.id, s)].any()
                        assert "未逐一试做" in other.text_zh
                        none += 1
    assert min(named, none) >= 10, (named, none)


def test_a_task_that_needs_its_partner_has_a_next_day_with_the_partner() -> None:
    joint = {"joint_group": "J"}
    late = task("t2", "s0", "a", items=("third",), window=(DAYS[4], DAYS[4]))
    partners = task("t0", "s0", "a", **joint), task("t1", "s0", "b", domain="A02", window=(DAYS[1], DAYS[2]), **joint)
    case = small(*partners, late)
    book = Book(case, plan_of(case))
    ledger = ledger_of(book, LAW, "s0", "a")
    assert (ledger.next_lawful, ledger.next_verdict, ledger.next_with) == (DAYS[1], IF, ("t1",))
    answer = Gate(book, LAW).ask("a", "s0", DAYS[1])
    assert (answer.verdict, answer.tasks, answer.with_tasks) == (IF, ("t0",), ("t1",))


def test_booking_and_releasing_keep_the_loads_true() -> None:
    rng = random.Random(3)
    for book in books(40):
        for _ in range(6):
            t = rng.randrange(book.case.n_tasks)
            if book.published[t]:
                book.release([t])
            else:
                book.book([t], rng.randrange(book.case.n_days))
            assert np.array_equal(book.use, loads_of(book.case, book.plan))


def test_published_due_and_undue_agencies_get_their_answers() -> None:
    case = small(task("t0", "s0", "a"), task("t1", "s0", "b", domain="A02"), task("t2", "s1", "f", domain="A03"))
    gate = Gate(Book(case, plan_of(case, t0=1)), LAW)
    assert gate.ask("a", "s0", DAYS[1]).verdict == YES
    moved = gate.ask("a", "s0", DAYS[2])
    assert (moved.verdict, moved.barriers[0].rule) == (NO, "pin.fixed")
    assert gate.ask("b", "s0", DAYS[3]).tasks == ("t1",)
    undue = gate.ask("f", "s0", DAYS[0])
    assert (undue.verdict, undue.barriers[0].rule) == (NO, "plan.complete")
    assert "D-2.6a" in undue.barriers[0].clauses
    closed = gate.ask("b", "s0", date(2026, 6, 6))
    assert (closed.verdict, closed.barriers[0].rule) == (NO, "blackout")


@pytest.mark.parametrize(
    ("who", "where", "when"), [("x", "s0", DAYS[0]), ("a", "x", DAYS[0]), ("a", "s0", date(2027, 1, 1))]
)
def test_what_does_not_exist_is_an_error_in_chinese(who: str, where: str, when: date) -> None:
    case = small(task("t0", "s0", "a"))
    with pytest.raises(InputError, match="请"):
        Gate(Book(case, plan_of(case)), LAW).ask(who, where, when)


def test_fires_follower_may_come_if_fire_comes_along() -> None:
    case = small(task("t0", "s0", "f", domain="A03", fire=True), task("t1", "s0", "a", follows_fire=True))
    answer = Gate(Book(case, plan_of(case)), LAW).ask("a", "s0", DAYS[0])
    assert (answer.verdict, answer.with_tasks) == (IF, ("t0",))
    assert answer.barriers[0].rule == "fire.exclusivity"
    assert "A03-3.1c" in answer.barriers[0].clauses


def test_a_gap_is_told_with_its_clause_and_remedy() -> None:
    case = small(task("t0", "s0", "a"), groups=[GroupInfo("s0", "A01", 1, 9, (date(2026, 5, 20),))])
    answer = Gate(Book(case, plan_of(case)), LAW).ask("a", "s0", DAYS[0])
    assert answer.verdict == NO
    assert answer.barriers[0].rule == "gap.domain"
    assert "A01-4.1.1c" in answer.barriers[0].clauses
    assert "5月20日" in answer.text_zh
    assert "豁免" in answer.barriers[0].remedy_zh


def test_an_unannounced_check_of_others_changes_no_answer() -> None:
    """Whoever asks is promised the day, as if the check were not there: it gives way."""
    secret = task("t0", "s0", "a", unannounced=True, items=("secret",))
    case = small(secret, task("t1", "s0", "b", domain="A02"))
    told = []
    for at in (-1, 1):
        book = Book(case, plan_of(case, t0=at))
        told.append(repr([Gate(book, LAW).ask("b", "s0", day) for day in DAYS]) + repr(ledger_of(book, LAW, "s0", "b")))
    assert told[0] == told[1]
    assert all(word not in told[0] for word in ("t0", "突击", "secret", "A07-7.2", "unannounced"))
    assert ledger_of(book, LAW, "s0", "a").coming[0].tasks == ("t0",)


def test_a_ledger_tells_past_entries_and_what_is_left_of_the_quota() -> None:
    case = small(
        task("t0", "s0", "a"), task("t1", "s0", "a"), groups=[GroupInfo("s0", "A01", 0, 2, (date(2026, 3, 2),))]
    )
    past = [PastEntry("s0", date(2026, 3, 2), "a", True), PastEntry("s1", date(2026, 3, 3), "a", True)]
    ledger = ledger_of(Book(case, plan_of(case, t0=0)), LAW, "s0", "a", past)
    assert [entry.day for entry in ledger.past] == [date(2026, 3, 2)]
    assert (ledger.quotas[0].remaining, ledger.quotas[0].domain) == (1, "A01")
    assert set(ledger.quotas[0].clauses) >= {"A01-4.1.1b", "A01-4.1.1c"}
    assert ledger.next_lawful == DAYS[0]
    assert ledger.coming[0].state == "published"


def test_frozen_days_stay_as_they_are() -> None:
    case = small(task("t0", "s0", "a"))
    book = Book(case, plan_of(case), first_day=2)
    assert Gate(book, LAW).ask("a", "s0", DAYS[1]).verdict == NO
    assert ledger_of(book, LAW, "s0", "a").next_lawful == DAYS[2]
    assert replace(ledger_of(book, LAW, "s0", "a"), next_lawful=None).open_tasks == ("t0",)
    assert book_of(1).first_day == 0

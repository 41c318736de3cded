"""Change notices: each agency its own, with reason and clause; of an unannounced check nobody else learns."""

from __future__ import annotations

from datetime import date

from planner.domain.case import CapacityRow
from planner.operations.book import Book
from planner.operations.events import Absence, Missed, NewTask, Stopped
from planner.operations.gate import Gate
from planner.operations.ledger import ledger_of
from planner.operations.notices import RESERVED_ZH, diff_of, notices_of
from planner.operations.replan import replan
from planner.operations.suggest import suggest, suggest_all
from planner.rulebook.book import load_rulebook
from tests.operations.test_gate import DAYS, plan_of, small
from tests.tiny import task

LAW = load_rulebook().at(date(2026, 6, 1))


def test_who_is_moved_and_who_stays_behind_are_told_with_clauses() -> None:
    case = small(task("t0", "s0", "a"), task("t1", "s0", "b", domain="A02", window=(DAYS[0], DAYS[0])))
    event = Missed("a", "s0", DAYS[0], "refused")
    done = replan(Book(case, plan_of(case, t0=0, t1=0)), event)
    told = {notice.agency: notice for notice in notices_of(done, event, LAW)}
    assert told.keys() == {"a", "b"}
    assert (told["a"].changes[0].kind, told["b"].changes[0].kind) == ("moved", "company")
    assert "不参加" in told["a"].why_zh
    assert told["a"].clauses
    assert all(clause in {c.id for c in LAW.clauses} for notice in told.values() for clause in notice.clauses)
    assert diff_of(done)[0]["before"] == DAYS[0].isoformat()


def test_what_cannot_be_placed_any_more_is_told() -> None:
    case = small(task("t0", "s0", "a", window=(DAYS[0], DAYS[0])))
    event = Absence("a", (DAYS[0],))
    done = replan(Book(case, plan_of(case, t0=0)), event)
    (notice,) = notices_of(done, event, LAW)
    assert notice.changes[0].kind == "left_out"
    assert "无法安排" in notice.text_zh


def test_nothing_unannounced_reaches_another_agency() -> None:
    secret = task("hush-task", "s0", "a", items=("hush-item",), unannounced=True, filings=("hush-filing",))
    tasks = [secret, task("t1", "s0", "b", domain="A02"), task("t2", "s1", "b", domain="A02"), task("t3", "s1", "a")]
    crews = {CapacityRow(unit): [6] * len(DAYS) for unit in ("a", "b")}
    for at in (None, 0, 2):
        case = small(*tasks, capacity=crews)
        days = {"t1": 1, "t2": 0, "t3": 0} | ({} if at is None else {"hush-task": at})
        book = Book(case, plan_of(case, **days))
        told: list[object] = [
            ledger_of(book, LAW, "s0", "b"),
            suggest(book, LAW, "s0", "b"),
            suggest_all(book, LAW, "b"),
            *(Gate(book, LAW).ask("b", "s0", day) for day in DAYS),
        ]
        book.release([next(n for n, t in enumerate(case.tasks) if t.id == "t1")])
        told += [suggest(book, LAW, "s0", "b"), *(Gate(book, LAW).ask("b", "s0", day) for day in DAYS)]
        for event in (Absence("a", DAYS[:3]), Stopped("s0", DAYS[:3]), Missed("a", "s0", DAYS[2])):
            if isinstance(event, Missed) and at != 2:
                continue
            done = replan(book, event)
            told += [notice for notice in notices_of(done, event, LAW) if notice.agency == "b"]
        seen = repr(told)
        assert "hush" not in seen
        assert "突击" not in seen
        assert "A07-7.2" not in seen


def test_an_event_about_an_unannounced_check_is_told_to_others_as_a_change_of_the_bureau() -> None:
    # The new secret check takes the crew of a's visit at s1, where b is too: b learns that a does not come.
    crews = {CapacityRow("a"): [4, 0, 0, 0, 0], CapacityRow("b"): [24] * len(DAYS)}
    case = small(task("t0", "s1", "a", window=(DAYS[0], DAYS[0])), task("t1", "s1", "b", domain="A02"), capacity=crews)
    event = NewTask((task("hush", "s1", "a", unannounced=True, strength=task("x", "s1", "a").strength, priority=9),))
    done = replan(Book(case, plan_of(case, t0=0, t1=0)), event)
    assert int(done.after[[t.id for t in done.case.tasks].index("hush")]) == 0
    told = {notice.agency: notice for notice in notices_of(done, event, LAW)}
    assert told["b"].why_zh == RESERVED_ZH
    assert "hush" not in repr(told["b"])
    assert told["a"].why_zh == "新增任务"

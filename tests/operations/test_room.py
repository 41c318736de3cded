"""Whether a unit's day can carry more: hours first, then starts and people; a triggered check bars nobody else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.domain.case import Case
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.domain.roster import Inspector, Roster
from planner.operations.book import Book
from planner.operations.events import NewTask, Stopped
from planner.operations.gate import NO, UNKNOWN, YES, Gate
from planner.operations.ledger import ledger_of
from planner.operations.recase import grown_roster, with_tasks
from planner.operations.replan import replan
from planner.operations.room import Room, room_on
from planner.operations.triggered import register
from planner.solve.walk.day_test import JudgeWork
from tests.operations.test_gate import DAYS, LAW, plan_of, small
from tests.operations.test_triggered import CALENDAR, check
from tests.tiny import agency, site, task

SEVEN = 7 * 15
"""Three stays of seven quarters have hours enough on a crew's day of 24, and no crew can walk them: 12 a half-day."""


def roster_of(case: Case, per_unit: int = 2) -> Roster:
    """Return `per_unit` inspectors for each unit, on duty all days."""
    people = [Inspector(f"{unit.id}-{n}", "", unit.id) for unit in case.units for n in range(per_unit)]
    units = [unit.id for unit in case.units]
    return Roster(
        inspectors=tuple(people),
        unit_of=np.array([units.index(one.unit) for one in people], dtype=np.int64),
        present=np.ones((len(people), case.n_days, 2), dtype=np.bool_),
        recused=frozenset(),
        per_crew=np.full(len(units), 2, dtype=np.int64),
        quiet=np.zeros((len(case.sites), 24), dtype=np.int64),
        minds_quiet=np.zeros(case.n_tasks, dtype=np.bool_),
        business=np.zeros((len(case.sites), 24), dtype=np.bool_),
        outside_hours=np.zeros(case.n_tasks, dtype=np.bool_),
        balanced=np.ones(case.n_tasks, dtype=np.bool_),
    )


def sevens() -> Book:
    """Return a book: two stays of seven quarters stand on the first day, a third is open on two days."""
    sites = [site(f"s{n}") for n in range(4)]
    tasks = [task(f"t{n}", f"s{n}", "a", minutes=SEVEN, window=DAYS[:2]) for n in range(3)]
    case = small(*tasks, task("t3", "s2", "b", domain="A02", window=DAYS[:2]), sites=sites)
    return Book(case, plan_of(case, t0=0, t1=0), roster=roster_of(case))


def test_hours_enough_and_no_walk_is_a_no_and_gate_and_ledger_say_so() -> None:
    book = sevens()
    assert room_on(book, 2, {2: 0}) is Room.NO
    assert room_on(book, 2, {2: 1}) is Room.YES
    assert room_on(Book(book.case, book.plan), 2, {2: 0}) is Room.YES  # of hours alone
    gate = Gate(book, LAW)
    barred = gate.ask("a", "s2", DAYS[0])
    assert (barred.verdict, barred.barriers[0].rule) == (NO, "capacity.crew")
    assert "排不开" in barred.text_zh
    assert gate.ask("a", "s2", DAYS[1]).verdict == YES
    assert ledger_of(book, LAW, "s2", "a").next_lawful == DAYS[1]


def test_what_the_work_does_not_settle_is_unknown_and_never_no() -> None:
    book = sevens()
    assert book.judge is not None
    book.judge.work = replace(JudgeWork(), unit=0.0, day=0.0)
    answer = Gate(book, LAW).ask("a", "s2", DAYS[0])
    assert (answer.verdict, answer.tasks, answer.barriers) == (UNKNOWN, ("t2",), ())
    ledger = ledger_of(book, LAW, "s2", "a")
    assert (ledger.next_lawful, ledger.next_verdict) == (DAYS[0], UNKNOWN)


def test_a_check_beyond_its_units_day_bars_no_other_unit() -> None:
    book = sevens()
    answer = register(book, LAW, CALENDAR, check(site="s2", minutes=SEVEN, day=DAYS[0], items=("third",)), DAYS[0])
    assert [ride.task for ride in answer.riders] == ["t3"]
    assert [(one.task, one.unit) for one in answer.staying] == [("t2", "a")]


def test_replanning_puts_nobody_on_a_day_that_cannot_be_walked() -> None:
    book = sevens()
    done = replan(book, NewTask((task("new", "s3", "a", minutes=SEVEN, window=(DAYS[0], DAYS[2])),), _beside(book)))
    days = {one.id: int(d) for one, d in zip(done.case.tasks, done.after.tolist(), strict=True)}
    assert days["new"] in (1, 2)
    assert (done.changed, done.proven) == ((), True)
    moved = replan(book, Stopped("s0", (DAYS[0],)))  # t0 has the second day; t2 takes its place on the first or stays
    after = {one.id: int(d) for one, d in zip(moved.case.tasks, moved.after.tolist(), strict=True)}
    assert after["t0"] == 1
    assert sum(after[name] == 0 for name in ("t0", "t1", "t2")) <= 2


def _beside(book: Book) -> Case:
    new = task("new", "s3", "a", minutes=SEVEN, window=(DAYS[0], DAYS[2]))
    return small(new, sites=[site("s3")], units=[book.case.units[0]])


def test_a_grown_case_keeps_what_it_knew_of_people_sites_and_gaps() -> None:
    case = small(task("t0", "s0", "a"), task("t1", "s1", "b", domain="A02"))
    waits = task("w", "s9", "z", waits_until=DAYS[4].replace(month=8))
    beside = small(waits, sites=[site("s9")], units=[agency("z")], listed=["s9"], blackout={"s9": [DAYS[1]]})
    grown, day = with_tasks(case, Plan(np.array([1, LATER])).day, beside.tasks, beside)
    s = [one.id for one in grown.sites].index("s9")
    assert (grown.listed[s], grown.blackout[s].tolist()) == (True, [False, True, False, False, False])
    assert {one.id: int(d) for one, d in zip(grown.tasks, day.tolist(), strict=True)} == {
        "t0": 1,
        "t1": LATER,
        "w": LEFT_OUT,
    }
    roster = grown_roster(grown, [(case, roster_of(case)), (beside, roster_of(beside, 4))])
    units = [unit.id for unit in grown.units]
    assert [(one.id, units[u]) for one, u in zip(roster.inspectors, roster.unit_of, strict=True)] == [
        *((f"a-{n}", "a") for n in range(2)),
        *((f"b-{n}", "b") for n in range(2)),
        *((f"z-{n}", "z") for n in range(4)),
    ]

"""What the worked story of `docs/adding-a-rule.md` must do, run in a copy of the repository that the story was told to.

It is no test file of its own: here the rule does not exist.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from api.store.inputs.rows import decode, encode, raw_row
from planner.domain.plan import LEFT_OUT, Plan
from planner.explain.reasons import reasons_for
from planner.intake.read.reader import read_tables
from planner.intake.tables.facts import with_cells
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.operations.book import Book
from planner.operations.gate import Gate
from planner.solve.match import solve_match
from planner.solve.run import Work
from tests.intake_law.build import filing, item, june, pin, prepare, rulebook, site
from tests.intake_reading.cases import csv_folder, good

RULE = "founding.day"


def told_by_a_file() -> None:
    """A cell of the new column reaches the row, store and page; a file without the column is read as before."""
    with TemporaryDirectory() as folder:
        raw = good()
        before = read_tables(csv_folder(Path(folder) / "before", raw)).sites[0]
        raw["sites"][0]["founding_day"] = "1990-06-02"
        row = read_tables(csv_folder(Path(folder) / "after", raw)).sites[0]
    assert before.facts == ()
    assert decode("sites", encode("sites", row), row.ref.row) == row
    assert raw_row(TABLE_BY_KEY["sites"], row)["founding_day"] == date(1990, 6, 2)
    moved = with_cells(TABLE_BY_KEY["sites"], row, {"town": "他镇", "founding_day": None}, row.ref)
    assert (moved.town, moved.fact("founding_day")) == ("他镇", None)
    assert row.fact("founding_day") == date(1990, 6, 2)


def founded(day: date) -> tuple[object, ...]:
    """Return the table of one site whose enterprise was founded on `day`."""
    return (site(facts=(("founding_day", day),)),)


def planned_round_the_day() -> None:
    """A task whose window is the founding day and one other day is planned on the other; on the day alone, left out."""
    for first, last in ((june(2), june(3)), (june(2), june(2))):
        prepared = prepare(sites=founded(date(1990, 6, 2)), filings=(filing(window_from=first, window_to=last),))
        case = prepared.case
        assert case is not None
        plan = solve_match(case, 0, Work(exchange_rounds=0, proof_work=0, bound_rounds=0, hard_work=0)).plan
        assert plan is not None
        if last > first:
            assert [case.days[d] for d in plan.day.tolist()] == [june(3)]
        else:
            assert plan.day.tolist() == [LEFT_OUT]
            (reason,) = reasons_for(case, plan, rulebook())
            assert reason.rule == RULE
            assert "成立日" in reason.text_zh
            assert "founding day" in reason.text_en
            assert reason.clauses == ("D-2.8d",)


def refused_by_the_gate() -> None:
    """The gate says no on the day, by the rule's name and words, and yes on another."""
    case = prepare(sites=founded(date(1990, 6, 2))).case
    assert case is not None
    gate = Gate(Book(case, Plan(np.full(case.n_tasks, LEFT_OUT))), rulebook())
    answer = gate.ask("SCJG", "S1", june(2))
    assert answer.verdict == "no"
    assert [barrier.rule for barrier in answer.barriers] == [RULE]
    assert answer.barriers[0].remedy_zh == "改在成立日以外的日期"
    assert gate.ask("SCJG", "S1", june(3)).verdict == "yes"


def waits_until_before_it() -> None:
    """What may wait until the founding day in July may wait until the open day before it."""
    filings = (
        filing(window_from=june(1), window_to=date(2026, 7, 10)),
        filing("F2", items=("I2",), window_from=june(1), window_to=june(30)),
    )
    items = (item(), item("I2"))
    days = june(1), date(1990, 7, 10)
    free, bound = (prepare(sites=founded(day), items=items, filings=filings).case for day in days)
    assert free is not None
    assert bound is not None
    assert max(task.waits_until or june(1) for task in free.tasks) == date(2026, 7, 10)
    assert max(task.waits_until or june(1) for task in bound.tasks) == date(2026, 7, 9)


def pins_are_told() -> None:
    """A visit published for the founding day stands, and a finding says what is wrong with it."""
    prepared = prepare(sites=founded(date(1990, 6, 2)), pins=(pin("P1", june(2)),))
    assert "law.pin-closed-day" in {finding.code for finding in prepared.findings}


def another_case() -> None:
    """The fact is part of the case's hash."""
    hashes = {prepare(sites=founded(date(1990, 6, day))).case.content_hash() for day in (2, 3)}  # type: ignore[union-attr]
    assert len(hashes) == 2


if __name__ == "__main__":
    told_by_a_file()
    planned_round_the_day()
    refused_by_the_gate()
    waits_until_before_it()
    pins_are_told()
    another_case()

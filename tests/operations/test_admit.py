"""Plans accepted after a month was published come into what is left of it; what stands stays, starts included."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner.checks import check_plan
from planner.checks.duty import check_duty
from planner.domain.case import RowRef
from planner.domain.errors import InputError
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.write.writer import write_folder
from planner.service import Planned, plan_tables
from planner.service.changes.admitting import admit
from planner.service.changes.revising import Held
from planner.service.files.plan_file import plan_document, restore_tables
from planner.service.published.operating import book_of
from tests.cli.district import MONTH, district

LATE = "F-S-2"


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    write_folder(district(), tmp_path / "district")
    return read_tables(tmp_path / "district")


@pytest.fixture
def published(tables: Tables) -> Planned:
    return plan_tables(tables, MONTH)


def with_late(tables: Tables) -> Tables:
    late = replace(tables.filings[0], filing_id=LATE, sites=("S6",), ref=RowRef("filings", 9))
    return replace(tables, filings=(*tables.filings, late))


def test_what_stands_keeps_day_and_start_and_the_new_comes_beside_it(tables: Tables, published: Planned) -> None:
    done = admit(published, book_of(published), Held(), with_late(tables))
    case, plan = done.planned.result.case, done.planned.result.plan
    assert plan is not None
    assert done.planned.result.duty is not None
    assert done.planned.result.roster is not None
    assert published.result.duty is not None
    assert not check_plan(case, plan)
    assert not check_duty(case, done.planned.result.roster, done.planned.result.visits, done.planned.result.duty)
    was = dict(zip((v.id for v in published.result.visits), published.result.duty.start.tolist(), strict=True))
    now = dict(zip((v.id for v in done.planned.result.visits), done.planned.result.duty.start.tolist(), strict=True))
    assert {name: now[name] for name in was} == was
    assert done.found["changed_visits"] == []
    assert done.found["proven"]
    new = [one for one in done.found["diff"] if one["before"] == "out"]
    assert [(one["site"], one["unit"]) for one in new] == [("S6", "SCJG")]
    assert [notice["agency"] for notice in done.found["notices"] if notice["changes"][0]["kind"] == "placed"] == [
        "SCJG"
    ]


def test_its_document_gives_the_same_plan_again(tables: Tables, published: Planned) -> None:
    then = with_late(tables)
    done = admit(published, book_of(published), Held(), then).planned
    again = restore_tables(plan_document(done), then)
    assert again.result.plan_hash == done.result.plan_hash
    assert again.given == done.given


def test_what_no_plan_asks_for_any_more_is_to_be_told_first(tables: Tables, published: Planned) -> None:
    less = replace(tables, filings=tables.filings[1:])
    with pytest.raises(InputError, match="不再需要入企"):
        admit(published, book_of(published), Held(), less)
    gone = tuple(task.id for task in published.result.case.tasks if task.filings == (tables.filings[0].filing_id,))
    done = admit(published, book_of(published), Held(excluded=gone), less)
    assert done.found["changed_visits"] == []


def test_a_month_without_an_open_day_takes_nothing(tables: Tables, published: Planned) -> None:
    book = book_of(published)
    book.first_day = book.case.n_days
    with pytest.raises(InputError, match="统筹下月"):
        admit(published, book, Held(), with_late(tables))

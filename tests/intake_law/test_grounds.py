"""What a filing rests on: upper plan, law, plan code and date of filing; surprises where the time is told."""

from __future__ import annotations

from typing import Any

import pytest

from planner.domain.case import Strength
from tests.intake_law.build import (
    agency,
    codes,
    date,
    filing,
    item,
    june,
    listed,
    past,
    prepare,
    removed_by,
    site,
    tasks,
)
from tests.pairs import lawful, unlawful

QUIET = [listed("quiet_site", domain="A01", site_id="S1")]


@lawful("source.backed")
def test_a_deployment_with_its_code_and_a_law_with_its_item_have_their_exceptions() -> None:
    above = prepare(filings=[filing(source="above")], lists=QUIET)
    law = prepare(items=[item(explicit_law=True)], filings=[filing(source="law")], lists=QUIET)
    for prepared in (above, law):
        (task,) = tasks(prepared)
        assert task.strength is Strength.MANDATORY
        assert codes(prepared) == set()


@unlawful("source.backed")
@pytest.mark.parametrize("domain", ["A01", "A06", "A09"])
def test_a_deployment_without_its_code_opens_no_quiet_list(domain: str) -> None:
    claimed = filing(source="above", upper_plan_code="")
    rows = {"agencies": [agency("SCJG", domain)], "filings": [claimed]}
    quiet = prepare(**rows, lists=[listed("quiet_site", domain=domain, site_id="S1")])
    assert not tasks(quiet)
    assert "law.upper-code-missing" in codes(quiet)
    assert {task.strength for task in tasks(prepare(**rows))} == {Strength.ACCEPTED}


@unlawful("source.backed")
def test_what_claims_to_be_by_law_without_an_item_that_says_so_is_an_own_filing() -> None:
    claimed = filing(source="law", items=("I1", "I2"))
    nothing = prepare(items=[item("I1"), item("I2", list_="quiet")], filings=[claimed], lists=QUIET)
    assert not tasks(nothing)
    assert removed_by(nothing) == {"quiet.item", "quiet.site"}
    assert [f.params["items"] for f in nothing.findings if f.code == "law.law-unbacked"] == ["I1、I2"]
    one = prepare(items=[item("I1"), item("I2", explicit_law=True)], filings=[claimed], lists=QUIET)
    assert [task.items for task in tasks(one)] == [("I2",)]
    assert [f.params["items"] for f in one.findings if f.code == "law.law-unbacked"] == ["I1"]


def test_a_labour_special_that_nobody_shows_to_be_deployed_is_refused() -> None:
    clue = [past(date(2026, 5, 1), trigger="triggered")]
    labour = {"agencies": [agency("SCJG", "A10")], "history": clue}
    assert removed_by(prepare(**labour, filings=[filing(kind="special", source="above", upper_plan_code="")])) == {
        "special.with-clue"
    }
    assert len(tasks(prepare(**labour, filings=[filing(kind="special", source="above")]))) == 1


@lawful("plan.coded")
@pytest.mark.parametrize(
    ("domain", "cells"),
    [
        ("A01", {"filed_on": date(2026, 5, 20)}),
        ("A01", {"filed_on": None}),
        ("A01", {"filed_on": june(1)}),
        ("A07", {"period": "year", "plan_code": "", "basis": "某法"}),
    ],
)
def test_a_filing_that_is_coded_in_time_says_nothing(domain: str, cells: dict[str, Any]) -> None:
    prepared = prepare(agencies=[agency("SCJG", domain)], filings=[filing(**cells)])
    assert [task.window for task in tasks(prepared)] == [(june(1), june(30))]
    assert not {"law.plan-uncoded", "law.filed-late", "law.filed-after"} & codes(prepared)


@unlawful("plan.coded")
@pytest.mark.parametrize(
    ("domain", "clause"),
    [("A01", "A01-4.3.2"), ("A03", "A03-4.3a"), ("A07", "A07-6.4b"), ("A12", "D-2.6a"), ("", "D-2.6a")],
)
def test_a_filing_without_a_code_is_told_with_its_own_annexs_clause(domain: str, clause: str) -> None:
    prepared = prepare(agencies=[agency("SCJG", domain)], filings=[filing(plan_code="")])
    (told,) = (f for f in prepared.findings if f.code == "law.plan-uncoded")
    assert clause in told.clauses
    assert {c.split("-")[0] for c in told.clauses} <= {domain, "D"}


@unlawful("plan.coded")
def test_no_visit_is_before_the_date_of_filing() -> None:
    late = prepare(filings=[filing(filed_on=june(20))])
    assert [task.window for task in tasks(late)] == [(june(20), june(30))]
    assert "law.filed-late" in codes(late)
    after = prepare(filings=[filing(filed_on=date(2026, 7, 2))])
    assert not tasks(after)
    assert removed_by(after) == {"plan.coded"}
    next_month = prepare(filings=[filing(filed_on=date(2026, 7, 2), window_to=date(2026, 7, 31))])
    assert (tasks(next_month), next_month.future) == ((), 1)


def test_a_drawn_or_yearly_filing_begins_with_its_filing_too() -> None:
    drawn = filing(kind="random", sites=("S1",), ratio=(("*", 10_000),), filed_on=june(9))
    assert [task.window[0] for task in tasks(prepare(filings=[drawn]))] == [june(9)]
    yearly = filing(
        period="year",
        frequency=(("*", (2, 1)),),
        window_from=date(2026, 1, 1),
        window_to=date(2026, 12, 31),
        filed_on=june(9),
    )
    assert [task.window for task in tasks(prepare(filings=[yearly]))] == [(june(9), june(30))]


def test_a_check_in_the_window_before_a_late_filing_has_done_it() -> None:
    prepared = prepare(
        filings=[filing(window_from=date(2026, 3, 1), filed_on=june(9), needed=True, necessity="x")],
        history=[past(date(2026, 4, 1))],
    )
    assert removed_by(prepared) == {"task.once"}


@lawful("unannounced.told")
def test_other_annexes_may_come_unannounced() -> None:
    (task,) = tasks(prepare(agencies=[agency("SCJG", "A07")], filings=[filing(unannounced=True)]))
    assert task.unannounced


@unlawful("unannounced.told")
def test_fire_cannot_come_unannounced() -> None:
    prepared = prepare(
        agencies=[agency("SCJG", "A03")], sites=[site(tags=("消防重点单位",))], filings=[filing(unannounced=True)]
    )
    assert not tasks(prepared)
    assert removed_by(prepared) == {"unannounced.told"}
    (told,) = (f for f in prepared.findings if f.code == "law.unannounced-told")
    assert told.clauses == ("A03-3.3.2",)

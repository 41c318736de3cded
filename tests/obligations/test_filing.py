"""Filing routes and states: tests 13 to 20 of the requirements on duties, each with its clause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from planner.domain.case import RowRef
from planner.intake.make.prepare import prepare_month
from planner.intake.month.outcome import Prepared
from planner.intake.routes.standing import Standing, State, may_apply, may_publish, standing_of
from planner.intake.tables.records import FilingRow, FilingStepRow
from planner.rulebook.offices import DOMAINS
from planner.rulebook.routes import cited_of_filing, every_route, route_of, state_of_step
from planner.service import filings_of_month
from tests.intake_law.build import MONTH, agency, filing, item, june, pin, rulebook, site, tables

MAY = date(2026, 5, 20)


def step(name: str, day: date = MAY, filing_id: str = "F1", **cells: Any) -> FilingStepRow:
    base: dict[str, Any] = {"version": 1, "outcome": "pass", "note": "", "document_no": "", "by": "", "code": ""}
    cells = {**base, "adds": (), "ref": RowRef("filing_steps", 2), **cells}
    return FilingStepRow(filing_id=filing_id, step=name, date=day, **cells)


def passed(domain: str, period: str = "month", *more: str, filing_id: str = "F1") -> tuple[FilingStepRow, ...]:
    """Return the steps of a whole route, and `more`."""
    legs = (*route_of(domain, period, False).steps, *more)
    return tuple(step(leg, filing_id=filing_id) for leg in legs)


def month_of(*steps: FilingStepRow, **rows: Any) -> Prepared:
    return prepare_month(tables(filing_steps=steps, **rows), MONTH, rulebook(), seed=1)


def codes(prepared: Prepared) -> set[str]:
    return {finding.code for finding in prepared.findings if finding.code.startswith("plan.")}


def standing(row: FilingRow, domain: str, *steps: FilingStepRow) -> Standing:
    return standing_of(row, steps, route_of(domain, row.period, False), june(1))


def told(one: Standing, *sites: str) -> dict[str, bool]:
    return {refusal.code: refusal.bars for refusal in may_publish(one, sites)}


def test_13_passed_without_a_code_is_not_published_and_the_gate_is_shut() -> None:
    """A01-4.3.2."""
    row = filing()
    one = standing(row, "A01", *passed("A01"))
    assert one.state is State.PASSED
    assert told(one) == {"plan.no-code": True}
    refused = may_apply(one, row, june(1))
    assert refused
    assert "A01-4.3.2" in refused[0].clauses
    assert codes(month_of(*passed("A01"))) == {"plan.no-code"}
    coded = standing(row, "A01", *passed("A01", "month", "code"))
    assert (coded.state, told(coded), may_apply(coded, row, june(1))) == (State.CODED, {}, ())


def test_14_the_environment_s_year_plan_needs_no_code_and_gives_none() -> None:
    """A07-7.1a: filing it is fine, a check code asked on it alone is refused."""
    row = replace(filing(), period="year", plan_code="")
    one = standing(row, "A07", *passed("A07", "year"))
    assert one.state is State.PASSED
    assert told(one) == {}
    refused = may_apply(one, row, june(1))
    assert [(refusal.code, refusal.clauses) for refusal in refused] == [("code.no-ground", ("A07-7.1a",))]
    month = filing()
    assert may_apply(standing(month, "A07", *passed("A07", "month", "code")), month, june(1)) == ()


def test_15_days_begin_with_the_code_and_a_pin_before_it_is_an_error() -> None:
    """A01-4.3.2."""
    steps = (*passed("A01"), step("code", june(10)))
    rows = {"filings": (filing(window_from=june(1), window_to=june(20)),)}
    prepared = month_of(*steps, **rows)
    assert prepared.case is not None
    assert prepared.case.tasks[0].window[0] == june(10)
    assert "plan.before-code" not in codes(prepared)
    pinned = month_of(*steps, pins=(pin("P", june(5)),), **rows)
    found = [finding for finding in pinned.findings if finding.code == "plan.before-code"]
    assert len(found) == 1
    assert "A01-4.3.2" in found[0].clauses


def test_16_coded_after_the_window_is_left_out() -> None:
    """D-2.6a."""
    steps = (*passed("A01"), step("code", june(22)))
    prepared = month_of(*steps, filings=(filing(window_to=june(20)),))
    assert codes(prepared) == {"plan.late"}
    assert prepared.case is None or prepared.case.n_tasks == 0
    assert any("D-2.6a" in gone.clauses for gone in prepared.removed)


def test_17_the_emergency_year_plan_waits_for_the_government() -> None:
    """A12-4.3."""
    row = replace(filing(), period="year")
    one = standing(row, "A12", step("draft"), step("city"), step("bureau"), step("code"))
    assert (one.state, one.open_step) == (State.UPPER, "government")
    assert told(one)["plan.route-open"] is True
    assert "A12-4.3" in may_publish(one)[0].clauses


def test_18_a_code_typed_while_the_bureau_s_leg_is_open() -> None:
    """A08-2.5f."""
    one = standing(filing(), "A08", step("city"), step("code"))
    assert one.state is State.FILED
    assert told(one) == {"plan.route-open": True, "plan.code-early": False}
    assert any("A08-2.5f" in refusal.clauses for refusal in may_publish(one))


def test_19_a_plan_being_changed_runs_on_and_its_new_sites_are_shut() -> None:
    """A01-4.3.3b."""
    new = tuple(f"N{n}" for n in range(20))
    row = filing(sites=("S1", *new))
    one = standing(row, "A01", *passed("A01", "month", "code"), step("section", june(3), version=2, adds=new))
    assert (one.state, one.coded_on, one.shut) == (State.AMENDED, MAY, frozenset(new))
    assert told(one, "S1") == {}
    refused = may_publish(one, ("S1", *new))
    assert sorted(refusal.site for refusal in refused) == sorted(new)
    assert all(refusal.bars and "A01-4.3.3b" in refusal.clauses for refusal in refused)
    assert may_apply(one, row, june(4), "N1")
    assert may_apply(one, row, june(4), "S1") == ()
    steps = (*passed("A01", "month", "code"), step("section", june(3), version=2, adds=new))
    prepared = month_of(*steps, filings=(row,), sites=(site(), *(site(name) for name in new)))
    assert prepared.case is not None
    assert prepared.case.n_tasks == 21  # the old part runs, the new one is planned for now
    assert codes(prepared) == {"plan.route-open"}


def test_20_a_town_s_team_has_no_leg_at_the_city() -> None:
    """D-2.6g."""
    rows = {
        "agencies": (agency("SCJG", "A09", level="town", town="朱泾镇"),),
        "items": (item("I1", "SCJG"),),
        "filing_steps": (step("bureau"), step("code")),
    }
    one = filings_of_month(tables(**rows), MONTH)["F1"]
    assert (one.state, one.route.clauses) == (State.CODED, cited_of_filing("towns"))
    district = {**rows, "agencies": (agency("SCJG", "A08"),)}
    assert filings_of_month(tables(**district), MONTH)["F1"].state is State.UPPER


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ((step("draft"),), State.INTERNAL),
        ((step("section", outcome="opinion"),), State.OPINION),
        ((step("section"), step("division", outcome="refuse")), State.OPINION),
        ((*passed("A01"), step("withdraw", june(2))), State.WITHDRAWN),
    ],
)
def test_what_is_not_filed_is_not_planned(steps: tuple[FilingStepRow, ...], state: State) -> None:
    """D-2.6a."""
    assert standing(filing(), "A01", *steps).state is state
    prepared = month_of(*steps)
    assert prepared.case is None or prepared.case.n_tasks == 0
    assert codes(prepared) == {"plan.route-open"}


def test_what_waits_above_is_planned_for_now() -> None:
    """D-2.6e: publishing it is refused."""
    prepared = month_of(step("section"))
    assert prepared.case is not None
    assert prepared.case.n_tasks == 1
    assert codes(prepared) == {"plan.route-open"}
    assert standing(filing(), "A01", step("section")).provisional


def test_a_workbook_without_steps_proves_by_its_code_or_is_accepted_with_a_reason() -> None:
    """D-2.6a: unproven filings are planned, and published once the bureau has said why."""
    coded = standing(filing(filed_on=MAY), "A01")
    assert (coded.state, coded.coded_on) == (State.CODED, MAY)
    bare = filing(plan_code="")
    unproven = standing(bare, "A01")
    assert (unproven.state, unproven.planned, told(unproven)) == (State.UNPROVEN, True, {"plan.unproven": True})
    assert told(standing(bare, "A01", step("accept", note="纸质备案已核"))) == {}
    assert told(standing(bare, "A01", step("accept"))) == {"plan.unproven": True}
    plain = prepare_month(tables(filings=(bare,)), MONTH, rulebook(), seed=1)
    proven = month_of(*passed("A01", "month", "code"), filings=(bare,))
    assert plain.case is not None
    assert proven.case is not None
    assert plain.case.content_hash() == proven.case.content_hash()


def test_every_route_is_of_an_annex_and_cites_clauses_that_stand() -> None:
    seen = set()
    for domain, route in every_route():
        seen.add(domain)
        for clause in (*route.clauses, *route.code_clauses, *route.ground_clauses, *route.amended):
            assert rulebook().clause(clause).doc in (domain, "D")
        assert [state_of_step(leg) for leg in route.steps]
        assert route.code in ("barred", "told", "none")
    assert seen == {"", *(domain for domain, _ in DOMAINS)}

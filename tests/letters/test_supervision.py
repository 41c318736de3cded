"""Supervision: grounds with clauses that bind the body, cases by their steps, dates by working days, drafts."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.domain.case import RowRef
from planner.intake.tables.records import FilingStepRow, SupervisionRow, Tables
from planner.letters.templates import KINDS
from planner.obligations.supervision import ZH
from planner.rulebook.supervision import GROUNDS, LETTER
from planner.service.files.supervision import supervised, write_supervision
from tests.intake_law.build import agency, filing, listed, rulebook, site, tables
from tests.intake_reading.cases import csv_folder, good
from tests.letters.test_letters import texts
from tests.obligations.test_results import result

DAY = date(2026, 6, 2)
ON = date(2026, 7, 31)


def rows(*results: Any, **more: Any) -> Tables:
    found = (agency("SCJG"), agency("HJ", "A07"), agency("K1", "", parent_id="HJ"), agency("RS", "A10"))
    base: dict[str, Any] = {"agencies": found, "sites": tuple(site(f"S{n}") for n in range(1, 9)), "results": results}
    return tables(**(base | {"filings": (filing("F1", plan_code="JH-1", filed_on=date(2026, 5, 20)),)} | more))


def case(step: str, day: date, **cells: Any) -> SupervisionRow:
    base: dict[str, Any] = {"case_id": "JD-1", "agency_id": "SCJG", "note": "", "document_no": "", "by": ""}
    given = {"results": ("R1",) if step == "noted" else (), "reply_by": None, **cells}
    return SupervisionRow(**(base | given), step=step, date=day, ref=RowRef("supervision", 2))


def good_check(name: str, **cells: Any) -> Any:
    """Return a result that nothing is wrong with."""
    base = {"check_code": f"C-{name}", "code_applied_at": "2026-06-01 10:00", "filing_id": "F1"}
    return result(name, DAY, **{**base, "recorded_at": "2026-06-03", "officers": ("P1", "P2"), **cells})


def keys(source: Tables) -> list[tuple[str, str]]:
    return [(one.agency, one.key) for one in supervised(source, ON).open]


def test_a_check_in_order_is_no_ground() -> None:
    assert keys(rows(good_check("R1"))) == []


@pytest.mark.parametrize(
    ("cells", "key", "clause"),
    [
        ({"check_code": "", "code_applied_at": ""}, "no-code", "D-2.7b"),
        ({"filing_id": ""}, "no-plan", "D-2.6a"),
    ],
)
def test_a_check_without_code_or_plan_is_one(cells: dict[str, Any], key: str, clause: str) -> None:
    found = supervised(rows(good_check("R1", **cells)), ON).open
    assert [(one.key, one.clauses, one.hard, one.results) for one in found] == [(key, (clause,), True, ("R1",))]


def test_a_triggered_check_needs_no_plan_and_a_further_visit_neither() -> None:
    """D-2.6a is about what is not triggered."""
    assert keys(rows(good_check("R1", filing_id="", trigger="triggered"))) == []
    assert keys(rows(good_check("R1", filing_id="", visit_no=2))) == []


def test_a_check_on_a_plan_that_was_not_through_is_one() -> None:
    """D-2.6a: the route is open, then the code is younger than the visit."""

    def step(name: str, day: date) -> FilingStepRow:
        cells = {"outcome": "pass", "note": "", "document_no": "", "by": "", "code": "J", "adds": ()}
        return FilingStepRow("F1", 1, name, day, **cells, ref=RowRef("filing_steps", 2))  # type: ignore[arg-type]

    route = [step(name, date(2026, 5, 20)) for name in ("section", "upper", "merge", "head", "legal", "bureau")]
    assert keys(rows(good_check("R1"), filing_steps=tuple(route[:-1]))) == [("SCJG", "plan-open")]
    legs = [step(leg, date(2026, 5, 20)) for leg in _legs()]
    assert keys(rows(good_check("R1"), filing_steps=(*legs, step("code", date(2026, 6, 9))))) == [("SCJG", "plan-open")]
    assert keys(rows(good_check("R1"), filing_steps=(*legs, step("code", date(2026, 5, 21))))) == []


def _legs() -> tuple[str, ...]:
    from planner.rulebook.routes import route_of

    return route_of("A01", "month", False).steps


def test_a_quiet_site_is_left_alone_unless_it_comes_from_above() -> None:
    """D-2.4b."""
    quiet = (listed("quiet_site", domain="A01", site_id="S1", from_=date(2026, 1, 1), to=None),)
    assert keys(rows(good_check("R1"), lists=quiet)) == [("SCJG", "quiet-site")]
    assert keys(rows(good_check("R1", trigger="triggered"), lists=quiet)) == []
    above = filing("F1", plan_code="JH-1", filed_on=date(2026, 5, 20), source="above")
    assert keys(rows(good_check("R1"), lists=quiet, filings=(above,))) == []
    later = (listed("quiet_site", domain="A01", site_id="S1", from_=date(2026, 7, 1), to=None),)
    assert keys(rows(good_check("R1"), lists=later)) == []


def test_two_officers_are_asked_where_the_annex_asks_them() -> None:
    """A07-8.2a binds the environment bureau, through its section too, and nobody else."""
    assert keys(rows(good_check("R1", agency_id="K1", officers=("P1",)))) == [("HJ", "few-officers")]
    assert keys(rows(good_check("R1", officers=("P1",)))) == []
    assert keys(rows(good_check("R1", agency_id="K1", officers=()))) == []  # nobody was named: nothing is known


def test_late_records_are_a_ground_from_three_in_a_quarter_on_and_are_heard_first() -> None:
    def late(*names: str) -> Tables:
        return rows(*(good_check(name, recorded_at="2026-07-20") for name in names))

    assert keys(late("R1", "R2")) == []
    found = supervised(late("R1", "R2", "R3"), ON).open
    assert [(one.key, one.hard, len(one.results)) for one in found] == [("late", False, 3)]
    assert "3次" in found[0].zh


def states(*steps: SupervisionRow, on: date = ON, hard: bool = True) -> tuple[str, date | None, tuple[str, ...]]:
    cells: dict[str, Any] = {"check_code": "", "code_applied_at": ""} if hard else {}
    one = supervised(rows(good_check("R1", **cells), supervision=steps), on).cases[0]
    return one.state, one.due, one.wrong


def test_a_case_goes_by_its_steps() -> None:
    """D-3.4a: noted, a letter, sent, answered, corrected, closed; a mandatory clause needs no hearing."""
    noted, drafted = case("noted", date(2026, 6, 8)), case("drafted", date(2026, 6, 9))
    sent = case("sent", date(2026, 6, 10), document_no="监建1号")
    answered, corrected = case("answered", date(2026, 6, 15)), case("corrected", date(2026, 6, 16))
    # Ten working days after 10 June: 19 June is a holiday.
    by = date(2026, 6, 25)
    steps = [noted, drafted, sent, answered, corrected, case("closed", date(2026, 6, 17))]
    wanted = [
        ("letter", None),
        ("drafted", None),
        ("sent", by),
        ("answered", by),
        ("corrected", None),
        ("closed", None),
    ]
    for n, (state, due) in enumerate(wanted, 1):
        assert states(*steps[:n], on=date(2026, 6, 18)) == (state, due, ())
    assert states(*steps[:3], on=by)[0] == "sent"
    assert states(*steps[:3], on=date(2026, 6, 26))[0] == "overdue"
    assert states(*steps[:4], on=date(2026, 6, 26))[0] == "overdue"  # an answer is no correction
    assert states(*steps[:3], case("requested", date(2026, 6, 26)), on=date(2026, 6, 27)) == ("requested", None, ())
    assert set(ZH) == {"noted", "overdue", "requested", *(state for state, _ in wanted)}


def test_steps_of_later_days_are_not_there_yet() -> None:
    steps = (case("noted", date(2026, 6, 8)), case("sent", date(2026, 6, 10)))
    assert states(*steps, on=date(2026, 6, 9))[0] == "letter"


def test_a_policy_is_heard_first() -> None:
    noted = case("noted", date(2026, 6, 8))
    assert states(noted, hard=False) == ("noted", date(2026, 6, 15), ())
    assert states(noted, case("heard", date(2026, 6, 9)), hard=False)[0] == "letter"
    assert states(noted, case("sent", date(2026, 6, 9)), hard=False)[2]
    assert not states(noted, case("sent", date(2026, 6, 9)), hard=True, on=date(2026, 6, 9))[2]


@pytest.mark.parametrize(
    "steps",
    [
        (case("sent", date(2026, 6, 9)),),
        (case("noted", date(2026, 6, 8)), case("corrected", date(2026, 6, 9))),
        (case("noted", date(2026, 6, 8)), case("sent", date(2026, 6, 9)), case("requested", date(2026, 6, 12))),
        (case("noted", date(2026, 6, 8)), case("closed", date(2026, 6, 9))),
        (case("noted", date(2026, 6, 8)), case("sent", date(2026, 6, 9), agency_id="HJ")),
    ],
)
def test_steps_that_cannot_be_are_told(steps: tuple[SupervisionRow, ...]) -> None:
    assert states(*steps)[2]


def test_what_stands_in_a_case_is_not_noted_again() -> None:
    source = rows(good_check("R1", filing_id=""), supervision=(case("noted", date(2026, 6, 8)),))
    found = supervised(source, ON)
    assert (len(found.grounds), found.open) == (1, ())
    assert len(supervised(source, date(2026, 6, 5)).open) == 1  # before it was noted


def test_drafts_say_what_is_to_be_sent(tmp_path: Path) -> None:
    """The letter names facts, clauses and the day for the answer; the request names letter and gap."""
    steps = (case("noted", date(2026, 6, 8)), case("sent", date(2026, 6, 10), document_no="监建1号"))
    source = rows(good_check("R1", check_code="", code_applied_at=""), supervision=steps)
    early = supervised(source, date(2026, 6, 9))
    (letter,) = write_supervision(early, source, tmp_path)
    text = texts(letter)
    for wanted in ("SCJG", "2026-06-02", "D-2.7b", "D-3.4a", str(early.reply_by), "无"):
        assert wanted in text
    (request,) = write_supervision(supervised(source, ON), source, tmp_path / "later")
    text = texts(request)
    for wanted in ("监建1号", "2026-06-10", "2026-06-25", "未反馈"):
        assert wanted in text
    assert {"supervision", "decision_request"} <= set(KINDS)


def test_every_ground_cites_clauses_of_its_own_document() -> None:
    for ground in GROUNDS.values():
        for domain, clauses in ground.clauses.items():
            assert {rulebook().clause(clause).doc for clause in clauses} == {domain}
    assert {rulebook().clause(clause).doc for clause in LETTER} == {"D"}
    assert GROUNDS["few-officers"].cited("A01") == ()


def test_the_command_reads_the_steps_from_their_table(tmp_path: Path) -> None:
    source = csv_folder(tmp_path / "in", good())
    words = ["supervise", str(source), "--on", "2026-06-30", "--out", str(tmp_path / "out"), "--json", "-"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [(one["case"], one["agency"], one["results"]) for one in told["cases"]] == [("JD-1", "SCJG", ["R1"])]

"""What is let through beyond a cap or by a waiver stands in the plan file, and a file that leaves it out is found."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.law.rules.distances import CAP, GAP
from planner.service.files.outputs import write_outputs
from planner.service.files.plan_file import as_text, plan_document, read_document, seal_of
from planner.service.files.verifying import verify_plan
from planner.service.month.planning import Planned, plan_tables
from tests.intake_law.build import agency, filing, inspector, item, past, site, tables, waiver

FEBRUARY = date(2026, 2, 2)


@pytest.fixture(scope="module")
def planned() -> Planned:
    """Four sites with the year's check done in February: filed as needed, waived, neither, and unannounced by waiver;
    at a fifth nothing was done, so that a needed check is within the cap.
    """
    rows = tables(
        agencies=[agency("SCJG", "A01")],
        inspectors=[inspector(f"SCJG-{n}", "SCJG") for n in range(2)],
        sites=[site(f"S{n}") for n in range(1, 6)],
        items=[item("I1")],
        filings=[
            filing("F1", sites=("S1",), needed=True, necessity="群众关切"),
            filing("F2", sites=("S2",)),
            filing("F3", sites=("S3",)),
            filing("F4", sites=("S4",), unannounced=True),
            filing("F5", sites=("S5",), needed=True, necessity="群众关切"),
        ],
        history=[past(FEBRUARY, "SCJG", f"S{n}") for n in range(1, 5)],
        waivers=[
            waiver(CAP.id, waiver_id="W-2", site_id="S2", reason="区领导批示", signed_by="分管领导"),
            waiver(CAP.id, waiver_id="W-4", site_id="S4"),
        ],
    )
    return plan_tables(rows, "2026-06")


def test_dates_beyond_a_cap_and_waivers_are_told_with_their_grounds(planned: Planned) -> None:
    document = plan_document(planned)
    found: list[dict[str, Any]] = document["exceptions"]
    assert [(row["kind"], row["site"], row["filings"]) for row in found] == [
        ("over_cap", "S1", ["F1"]),
        ("over_cap", "S2", ["F2"]),
        ("waiver", "S2", ["F2"]),
    ]
    days = {visit["site"]["id"]: visit["day"] for visit in document["visits"]}
    assert [row["day"] for row in found] == [days["S1"], days["S2"], None]
    assert found[0]["zh"] == "今年还可计划到场 0 次，本月安排 1 次；申报写明确需：群众关切"
    assert "分管领导" in found[1]["zh"]
    assert "W-2" in found[2]["zh"]
    assert {"A01-4.1.1b"} <= set(found[0]["clauses"]) & set(found[2]["clauses"])
    assert planned.hidden is not None
    assert planned.hidden.days  # the waiver of the unannounced check served, and is told to nobody


def test_the_earliest_needed_dates_have_what_is_left_of_the_year() -> None:
    rows = tables(
        agencies=[agency("SCJG", "A01")],
        inspectors=[inspector(f"SCJG-{n}", "SCJG") for n in range(2)],
        sites=[site("S1")],
        items=[item("I1"), item("I2")],
        filings=[
            filing("F1", items=("I1",), window_to=date(2026, 6, 3), needed=True, necessity="一"),
            filing("F2", items=("I2",), window_from=date(2026, 6, 20), needed=True, necessity="二"),
        ],
        waivers=[waiver(GAP.id, waiver_id="W-1", site_id="S1")],
    )
    document = plan_document(plan_tables(rows, "2026-06"))
    assert len(document["visits"]) == 2
    over = [row for row in document["exceptions"] or () if row["kind"] == "over_cap"]
    assert [(row["filings"], row["zh"]) for row in over] == [
        (["F2"], "今年还可计划到场 1 次，本月安排 2 次；申报写明确需：二")
    ]


def test_a_month_without_any_says_nothing_and_one_that_leaves_them_out_is_found(
    planned: Planned, tmp_path: Path
) -> None:
    write_outputs(planned, tmp_path)
    path = tmp_path / "plan.json"

    def wrong() -> list[str]:
        return [p.text() for p in verify_plan(path, tmp_path, tables=planned.tables) if p.severity == "error"]

    assert wrong() == []
    document = read_document(path)
    for forged in (None, document["exceptions"][1:], [*document["exceptions"], document["exceptions"][0]]):
        other = {**document, "exceptions": forged}
        path.write_text(as_text({**other, "sha256": seal_of(other)}), encoding="utf-8")
        assert any("exceptions" in text for text in wrong())
    assert json.dumps(document["exceptions"]).count("W-4") == 0

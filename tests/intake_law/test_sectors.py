"""What trades ask beside their annex, and key items that nobody has filed."""

from __future__ import annotations

from typing import Any

import pytest

from planner.domain.finding import Finding
from planner.intake.month.outcome import Prepared
from planner.intake.words.catalogue import render
from tests.intake_law.build import agency, codes, date, filing, item, prepare, site
from tests.pairs import lawful, unlawful

EVENING = ((13 * 60, 23 * 60),)
KEY_UNIT = ("消防重点单位",)


def told(prepared: Prepared, code: str) -> list[Finding]:
    return [finding for finding in prepared.findings if finding.code == code]


@unlawful("sector.document")
def test_a_filing_at_caterers_is_told_the_document_that_governs_them_besides() -> None:
    sites = [site("S1"), site("S2"), site("S3", industry="化工")]
    (found,) = told(prepare(sites=sites, filings=[filing(sites=("S1", "S2", "S3"))]), "law.own-document")
    assert found.clauses == ("A01-99",)
    assert found.params["count"] == "2"
    assert "沪府办发〔2024〕15号" in render(found)[1]


@lawful("sector.document")
@pytest.mark.parametrize(("domain", "industry"), [("A01", "化工"), ("A05", "餐饮")])
def test_other_trades_and_other_annexes_have_none(domain: str, industry: str) -> None:
    prepared = prepare(agencies=[agency("SCJG", domain)], sites=[site(industry=industry)])
    assert not told(prepared, "law.own-document")


@pytest.mark.parametrize(
    ("domain", "cells", "missing"),
    [
        ("A01", {}, True),
        ("A01", {"quiet_hours": EVENING}, False),
        ("A01", {"industry": "化工"}, False),
        ("A04", {"industry": "药店"}, True),
        ("A05", {}, False),
    ],
)
def test_trades_that_face_customers_should_have_peak_hours(domain: str, cells: dict[str, Any], missing: bool) -> None:
    prepared = prepare(agencies=[agency("SCJG", domain)], sites=[site(**cells)])
    assert bool(told(prepared, "law.peak-hours-missing")) == missing


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ({"industry": "影院"}, True),
        ({"industry": "影院", "quiet_hours": EVENING}, False),
        ({"tags": (*KEY_UNIT, "公众聚集场所")}, True),
        ({}, False),
    ],
)
def test_public_venues_that_fire_checks_are_told_in_their_own_row(cells: dict[str, Any], missing: bool) -> None:
    prepared = prepare(agencies=[agency("SCJG", "A03")], sites=[site(**{"tags": KEY_UNIT, **cells})])
    found = told(prepared, "law.business-hours-missing")
    assert [(f.table, f.column) for f in found] == [("sites", "quiet_hours")] * missing
    for one in found:
        assert "A03-3.4.3b" in one.clauses


def test_key_items_that_no_filing_of_the_year_names_are_told() -> None:
    library = [item("I1", list_="key"), item("I2", list_="key"), item("I3", list_="random")]
    library += [item("I4", list_="key", claimed="unclaimed"), item("I5", "WJ", list_="key")]
    bodies = [agency("SCJG"), agency("WJ", "A05")]
    (found,) = told(prepare(agencies=bodies, items=library), "law.key-item-unfiled")
    assert (found.table, found.value) == ("items", "I2")
    assert "A01-4.1.3a" in found.clauses
    autumn = filing("F2", items=("I2",), window_from=date(2026, 9, 1), window_to=date(2026, 9, 30))
    assert "law.key-item-unfiled" not in codes(prepare(agencies=bodies, items=library, filings=[filing(), autumn]))

"""Rules about a filing as a whole: scope, library, basis, completeness, specials."""

from __future__ import annotations

import pytest

from planner.intake.tables.records import Scope
from tests.intake_law.build import agency, codes, date, filing, item, past, prepare, removed_by, tasks, waiver
from tests.pairs import lawful, unlawful


@lawful("scope.excluded")
def test_a_behaviour_that_the_annex_does_not_exclude_is_planned_and_told() -> None:
    prepared = prepare(filings=[filing(behaviour="节前检查")])
    assert len(tasks(prepared)) == 1
    assert "law.behaviour-unknown" in codes(prepared)


@unlawful("scope.excluded")
@pytest.mark.parametrize(("domain", "behaviour"), [("A01", "食品抽检"), ("A03", "营业前消防安全检查"), ("A08", "路检")])
def test_each_annex_excludes_its_own_behaviours(domain: str, behaviour: str) -> None:
    prepared = prepare(agencies=[agency("SCJG", domain)], filings=[filing(behaviour=behaviour)])
    assert not tasks(prepared)
    assert removed_by(prepared) == {"scope.excluded"}


def test_what_one_annex_excludes_another_may_plan() -> None:
    prepared = prepare(agencies=[agency("SCJG", "A11")], filings=[filing(behaviour="抽检")])
    assert len(tasks(prepared)) == 1


def test_a_secret_check_is_refused_and_nothing_but_its_number_is_shown() -> None:
    prepared = prepare(filings=[filing(secret=True, behaviour="")])
    assert not tasks(prepared)
    assert [f.params["filing"] for f in prepared.findings if f.code == "law.secret"] == ["F1"]


@lawful("library.claimed")
@pytest.mark.parametrize("claimed", ["claimed", "temporary"])
def test_claimed_and_approved_temporary_items_are_inspected(claimed: str) -> None:
    assert len(tasks(prepare(items=[item(claimed=claimed)]))) == 1


@unlawful("library.claimed")
def test_an_unclaimed_item_is_barred_where_the_annex_is_strict() -> None:
    prepared = prepare(agencies=[agency("SCJG", "A07")], items=[item(claimed="unclaimed")])
    assert not tasks(prepared)
    assert "library.claimed" in removed_by(prepared)


def test_an_unclaimed_item_is_only_told_where_the_annex_says_generally() -> None:
    prepared = prepare(items=[item(claimed="unclaimed")])
    assert len(tasks(prepared)) == 1
    assert "law.item-unclaimed-soft" in codes(prepared)


def test_another_departments_item_is_dropped_but_a_sections_own_bodys_is_not() -> None:
    other = [agency("SCJG"), agency("YJ", "A12"), agency("SCJG-1", "", parent_id="SCJG")]
    refused = prepare(agencies=other, items=[item(agency_id="YJ")])
    assert not tasks(refused)
    assert "law.item-of-another" in codes(refused)
    assert len(tasks(prepare(agencies=other, filings=[filing(agency_id="SCJG-1")]))) == 1


@lawful("library.basis")
@pytest.mark.parametrize(("of_item", "of_filing"), [("某法第一条", ""), ("", "某条例第二条")])
def test_a_basis_in_item_or_filing_is_enough(of_item: str, of_filing: str) -> None:
    assert len(tasks(prepare(items=[item(basis=of_item)], filings=[filing(basis=of_filing)]))) == 1


@unlawful("library.basis")
def test_without_any_basis_the_check_is_cancelled() -> None:
    prepared = prepare(items=[item(basis="")])
    assert not tasks(prepared)
    assert removed_by(prepared) == {"library.basis"}


@lawful("plan.complete")
def test_a_complete_filing_says_nothing() -> None:
    prepared = prepare(filings=[filing(necessity="", ratio=())])
    assert codes(prepared) == set()


@unlawful("plan.complete")
def test_a_culture_filing_without_its_need_is_told_which_column_is_missing() -> None:
    prepared = prepare(agencies=[agency("SCJG", "A06")])
    told = [f for f in prepared.findings if f.code == "law.plan-incomplete"]
    assert [f.params["missing"] for f in told] == ["必要性说明"]
    assert "A06-2.2.1a" in told[0].clauses
    assert len(tasks(prepared)) == 1


@unlawful("plan.complete")
def test_neither_sites_nor_a_scope_that_fits_any_makes_no_task() -> None:
    for cells in ({"sites": ()}, {"sites": (), "scope": Scope((("industry", ("化工",)),))}):
        prepared = prepare(filings=[filing(**cells)])
        assert prepared.case is None
        assert "law.scope-empty" in codes(prepared)


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    prepared = prepare(filings=[filing(window_from=date(2026, 6, 9), window_to=date(2026, 6, 8))])
    assert prepared.case is None
    assert codes(prepared) == {"law.window-reversed"}


@lawful("special.with-clue")
def test_a_labour_special_from_above_goes_where_a_case_is_older() -> None:
    rows = {"agencies": [agency("SCJG", "A10")], "filings": [filing(kind="special", source="above")]}
    assert len(tasks(prepare(**rows, history=[past(date(2026, 5, 1), trigger="triggered")]))) == 1
    needed = filing(kind="random", ratio=(("*", 10_000),), necessity="欠薪高发")
    assert len(tasks(prepare(agencies=[agency("SCJG", "A10")], filings=[needed]))) == 1


@unlawful("special.with-clue")
def test_a_labour_special_needs_deployment_and_an_older_case() -> None:
    labour = [agency("SCJG", "A10"), agency("GA", "A02")]
    of_others = past(date(2026, 5, 1), "GA", trigger="triggered")
    clue = past(date(2026, 5, 1), trigger="triggered")
    for cells, history in (
        ({"kind": "special", "source": "above"}, []),
        ({"kind": "special", "source": "above"}, [of_others]),
        ({"kind": "special", "source": "above"}, [past(date(2026, 6, 2), trigger="triggered")]),
        ({"kind": "special", "source": "own"}, [clue]),
        ({"kind": "random", "ratio": (("*", 10_000),)}, [clue]),
    ):
        prepared = prepare(agencies=labour, filings=[filing(**cells)], history=history)
        assert not tasks(prepared)
        assert removed_by(prepared) == {"special.with-clue"}


def test_a_mandatory_rule_cannot_be_waived() -> None:
    prepared = prepare(items=[item(basis="")], waivers=[waiver("library.basis")])
    assert not tasks(prepared)
    assert "law.waiver-not-allowed" in codes(prepared)
    assert not prepared.waivers_used

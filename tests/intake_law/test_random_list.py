"""Items on the random list: drawn by ratio, no specials and sweeps beside the draw, no sites picked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.intake_law.build import agency, codes, filing, item, prepare, removed_by, scoped, site, tasks, waiver
from tests.pairs import lawful, unlawful

RANDOM_ITEM = [item(list_="random")]
SCOPE = scoped(industry="餐饮")
SITES = [site(f"S{n}") for n in range(1, 5)]


@lawful("special.random")
@pytest.mark.parametrize("cells", [{"source": "above"}, {"ratio": (("*", 5_000),)}, {"mode": "off_site"}])
def test_specials_from_above_off_site_or_inside_the_draw_stay(cells: dict[str, object]) -> None:
    prepared = prepare(items=RANDOM_ITEM, filings=[filing(**{"kind": "special", **cells})])
    assert len(tasks(prepared) or prepared.off_site) == 1
    assert "law.special-refused" not in codes(prepared)


@unlawful("special.random")
@pytest.mark.parametrize("cells", [{"kind": "special"}, {"kind": "daily", **SCOPE}])
def test_an_own_special_or_sweep_on_the_random_list_is_refused_unless_waived(cells: dict[str, Any]) -> None:
    rows = {"items": RANDOM_ITEM, "filings": [filing(**cells)]}
    prepared = prepare(**rows)
    assert not tasks(prepared)
    assert removed_by(prepared) == {"special.random"}
    (told,) = (f for f in prepared.findings if f.code == "law.special-refused")
    assert "A01-3.4.5a" in told.clauses
    waived = prepare(**rows, waivers=[waiver("special.random")])
    assert len(tasks(waived)) == 1
    assert {use.rule for use in waived.waivers_used} == {"special.random"}


def test_of_a_special_with_several_items_only_those_on_the_random_list_are_refused() -> None:
    both = [item("I1", list_="random"), item("I2", list_="key")]
    prepared = prepare(items=both, filings=[filing(kind="special", items=("I1", "I2"))])
    assert [task.items for task in tasks(prepared)] == [("I2",)]
    assert [gone.items for gone in prepared.removed if gone.rule == "special.random"] == [("I1",)]


def test_another_annex_sweeps_and_one_that_asks_for_a_ratio_is_told() -> None:
    for domain, told in (("A12", False), ("A04", True), ("A13", True)):
        prepared = prepare(agencies=[agency("SCJG", domain)], items=RANDOM_ITEM, filings=[filing(**SCOPE)])
        assert len(tasks(prepared)) == 1
        assert ("law.random-not-drawn" in codes(prepared)) == told


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({}, True),
        ({"kind": "random", "ratio": (("*", 10_000),), **SCOPE}, True),
        ({"kind": "random", "ratio": (("*", 5_000),), **SCOPE}, False),
        ({"kind": "joint", "partners": ("YJ",)}, False),
        ({"source": "above"}, False),
    ],
    ids=["sites by hand", "everybody drawn", "drawn", "joint", "from above"],
)
def test_what_is_on_the_random_list_and_not_drawn_is_told(cells: dict[str, Any], told: bool) -> None:
    prepared = prepare(sites=SITES, items=RANDOM_ITEM, filings=[filing(**cells)])
    assert ("law.random-not-drawn" in codes(prepared)) == told


@pytest.mark.parametrize(
    "cells", [{}, {"frequency": (("*", (1, 1)),)}, {**SCOPE}, {**SCOPE, "frequency": (("*", (1, 1)),)}]
)
def test_a_random_check_that_draws_nothing_is_refused(cells: dict[str, Any]) -> None:
    prepared = prepare(sites=SITES, filings=[filing(kind="random", **cells)])
    assert not tasks(prepared)
    assert removed_by(prepared) == {"draw.ratio"}
    assert "law.draw-refused" in codes(prepared)


def test_a_draw_from_sites_named_one_by_one_is_told() -> None:
    hand = prepare(sites=SITES, filings=[filing(kind="random", sites=("S1", "S2"), ratio=(("*", 5_000),))])
    assert len(tasks(hand)) == 1
    assert "law.draw-from-list" in codes(hand)
    scope = prepare(sites=SITES, filings=[filing(kind="random", ratio=(("*", 5_000),), **SCOPE)])
    assert "law.draw-from-list" not in codes(scope)

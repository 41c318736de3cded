"""Filings with a ratio: drawn once for all, from the eligible sites, with the right nonces."""

from __future__ import annotations

from typing import Any

import pytest

from planner.domain.case import Strength
from planner.draw.sites import commitment_of
from planner.intake.tables.records import ListRow
from tests.intake_law.build import (
    agency,
    codes,
    date,
    filing,
    grade,
    june,
    listed,
    nonce,
    past,
    prepare,
    removed_by,
    scoped,
    site,
    tasks,
)
from tests.pairs import lawful, unlawful

SITES = [site(f"S{n:02}") for n in range(20)]
GRADES = [grade(f"S{n:02}", "A01", "D" if n < 5 else "B") for n in range(20)]
RATIO = (("B", 2_000), ("D", 10_000))
RANDOM = {"kind": "random", "ratio": RATIO, **scoped(industry="餐饮")}


def test_the_ratio_of_each_grade_is_drawn_and_every_drawn_site_becomes_a_must() -> None:
    prepared = prepare(sites=SITES, grades=GRADES, filings=[filing(**RANDOM)])
    (record,) = prepared.draws
    assert len(record.drawn) == 5 + 3
    assert {task.site for task in tasks(prepared)} == set(record.drawn)
    assert {task.drawn for task in tasks(prepared)} == {record.request.draw_id}
    assert {task.strength for task in tasks(prepared)} == {Strength.MANDATORY}
    assert "A01-4.1.3c" in tasks(prepared)[0].clauses


def test_ineligible_sites_are_out_before_the_draw() -> None:
    quiet = [listed("quiet_site", domain="A01", site_id="S00")]
    capped = [past(date(2026, 2, 2), site_id="S01")]
    closed = [*SITES[:2], site("S02", status="closed"), *SITES[3:]]
    prepared = prepare(sites=closed, grades=GRADES, filings=[filing(**RANDOM)], lists=quiet, history=capped)
    frame = {site_id for site_id, _ in prepared.draws[0].request.frame}
    assert frame == {f"S{n:02}" for n in range(3, 20)}
    assert removed_by(prepared) == {"quiet.site", "cap.domain", "scope.excluded"}


def test_a_filing_of_two_months_is_drawn_the_same_in_both() -> None:
    rows = {"sites": SITES, "grades": GRADES}
    long = filing(window_to=date(2026, 7, 31), **RANDOM)
    in_june = prepare(**rows, filings=[long])
    drawn = in_june.draws[0].drawn
    checked = [past(june(9), site_id=drawn[0]), past(june(10), site_id=drawn[1])]
    in_july = prepare("2026-07", **rows, filings=[long], history=checked)
    assert in_july.draws == in_june.draws
    assert {task.site for task in tasks(in_july)} == set(drawn[2:])
    assert removed_by(in_july) == {"task.once"}


def test_fires_draw_over_two_months_knows_only_what_was_known_when_it_was_frozen() -> None:
    key_units = [site(f"S{n:02}", tags=("消防重点单位",)) for n in range(10)]
    rows = {
        "agencies": [agency("SCJG", "A03")],
        "sites": key_units,
        "grades": [grade(f"S{n:02}", "A03", "B") for n in range(10)],
        "filings": [
            filing(kind="random", ratio=(("B", 5_000),), window_to=date(2026, 7, 31), **scoped(industry="餐饮"))
        ],
    }
    in_june = prepare(**rows)
    drawn = in_june.draws[0].drawn
    in_july = prepare("2026-07", **rows, history=[past(june(9), site_id=drawn[0])])
    assert in_july.draws == in_june.draws
    assert {task.site for task in tasks(in_july)} == set(drawn[1:])


def test_without_nonces_the_draw_says_that_nothing_was_committed() -> None:
    prepared = prepare(sites=SITES, grades=GRADES, filings=[filing(**RANDOM)])
    assert not prepared.draws[0].request.committed
    assert "law.draw-uncommitted" in codes(prepared)


def test_committed_nonces_make_a_committed_draw_and_a_broken_one_refuses_it() -> None:
    rows = {"sites": SITES, "grades": GRADES, "filings": [filing(**RANDOM)]}
    good = [nonce("bureau", commitment_of("b"), "b"), nonce("SCJG", commitment_of("a"), "a")]
    prepared = prepare(**rows, nonces=good)
    assert prepared.draws[0].request.committed
    assert "law.draw-uncommitted" not in codes(prepared)
    broken = prepare(**rows, nonces=[good[0], nonce("SCJG", commitment_of("a"), "another")])
    assert broken.case is None
    assert "law.draw-refused" in codes(broken)
    withheld = prepare(**rows, nonces=[good[0], nonce("SCJG", commitment_of("a"), "")])
    assert withheld.case is None
    assert "law.draw-refused" in codes(withheld)
    late = [nonce("bureau", commitment_of("b"), "b", date(2026, 5, 31)), good[1]]
    assert "law.draw-refused" in codes(prepare(**rows, nonces=late))


def test_a_section_draws_with_its_bodys_nonce() -> None:
    prepared = prepare(
        agencies=[agency("SCJG"), agency("SP", parent_id="SCJG")],
        sites=SITES,
        grades=GRADES,
        filings=[filing(agency_id="SP", **RANDOM)],
        nonces=[nonce("bureau", commitment_of("b"), "b"), nonce("SCJG", commitment_of("a"), "a")],
    )
    assert prepared.draws[0].request.committed


def test_random_without_ratio_is_refused_but_an_annex_may_fix_it() -> None:
    rows = {"sites": SITES, "filings": [filing(kind="random", **scoped(industry="餐饮"))]}
    refused = prepare(**rows)
    assert refused.case is None
    assert "law.draw-refused" in codes(refused)
    worst = [grade(f"S{n:02}", "A07", "D" if n < 5 else "B") for n in range(20)]
    environment = prepare(**rows, agencies=[agency("SCJG", "A07")], grades=worst)
    assert {task.site for task in tasks(environment)} == {f"S{n:02}" for n in range(5)}


ABOVE = {"kind": "special", "source": "above", **scoped(industry="餐饮")}


def quiet(*numbers: int, domain: str = "A01") -> list[ListRow]:
    return [listed("quiet_site", domain=domain, site_id=f"S{n:02}") for n in numbers]


@unlawful("priority.non-quiet")
@pytest.mark.parametrize("domain", ["A01", "A02", "A04", "A05", "A12", "A13"])
@pytest.mark.parametrize(("quiet_ones", "ratio"), [((0, 1, 2, 3), 2_000), ((0,), 8_000), ((0, 1), 8_000)])
def test_a_special_from_above_draws_quiet_sites_only_where_no_other_is_left(
    domain: str, quiet_ones: tuple[int, ...], ratio: int
) -> None:
    prepared = prepare(
        agencies=[agency("SCJG", domain)],
        sites=SITES[:5],
        lists=quiet(*quiet_ones, domain=domain),
        filings=[filing(**ABOVE, ratio=(("*", ratio),))],
    )
    (record,) = prepared.draws
    others = {f"S{n:02}" for n in range(5)} - {f"S{n:02}" for n in quiet_ones}
    assert len(record.drawn) == ratio // 2_000
    assert others <= set(record.drawn) or set(record.drawn) <= others
    assert set(record.request.last) == {f"S{n:02}" for n in quiet_ones}


@lawful("priority.non-quiet")
def test_sites_that_are_not_quiet_keep_their_draw_whatever_the_kind() -> None:
    ratio = (("*", 2_000),)
    above = prepare(sites=SITES, filings=[filing(**ABOVE, ratio=ratio)]).draws[0]
    own = prepare(sites=SITES, filings=[filing(kind="random", ratio=ratio, **scoped(industry="餐饮"))]).draws[0]
    assert above.request.last == own.request.last == ()
    assert above.drawn == own.drawn


@pytest.mark.parametrize(
    ("domain", "cells", "drawn", "told"),
    [
        ("A07", {"ratio": (("B", 5_000), ("D", 5_000))}, 5 + 8, True),
        ("A12", {"ratio": (("*", 5_000),)}, 5 + 8, True),
        ("A12", {"kind": "daily", "ratio": (("B", 5_000), ("D", 5_000))}, 5 + 8, True),
        ("A12", {"kind": "daily", "ratio": (("*", 5_000),)}, 10, False),
        ("A07", {"ratio": (("B", 5_000),)}, 5 + 8, False),
        ("A01", {"ratio": (("B", 5_000), ("D", 5_000))}, 3 + 8, False),
    ],
)
def test_grade_d_is_drawn_whole_where_the_annex_says_so(
    domain: str, cells: dict[str, Any], drawn: int, told: bool
) -> None:
    grades = [grade(f"S{n:02}", domain, "D" if n < 5 else "B") for n in range(20)]
    rows = {"agencies": [agency("SCJG", domain)], "sites": SITES, "grades": grades}
    prepared = prepare(**rows, filings=[filing(**{**RANDOM, **cells})])
    assert len(prepared.draws[0].drawn) == drawn
    found = [f for f in prepared.findings if f.code == "law.ratio-too-low"]
    assert bool(found) == told
    for one in found:
        assert {"A07": "A07-5.2f", "A12": "A12-3.3.7a"}[domain] in one.clauses
        assert one.params["least"] == "100%"

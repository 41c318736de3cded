"""Rule `draw.ratio`: how many are drawn, from what, and who steps in."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.draw.sites import (
    BUREAU,
    Commitment,
    DrawError,
    DrawRequest,
    commitment_of,
    draw_sites,
    next_reserve,
    uncommitted_nonce,
)
from tests.draw.build import BEFORE, FROZEN, grades, request
from tests.pairs import lawful, unlawful


@lawful("draw.ratio")
def test_each_grade_is_drawn_at_its_ratio_rounded_up() -> None:
    """10 % of 21 is 2.1, so 3; 30 % of 10 is 3; every D; a grade that the filing does not name is not drawn."""
    record = draw_sites(request(grades(A=9, B=21, C=10, D=4), {"B": 1000, "C": 3000, "D": 10_000}))
    assert {s.grade: (s.sites, len(s.drawn)) for s in record.strata} == {"B": (21, 3), "C": (10, 3), "D": (4, 4)}
    assert len(record.drawn) == 10
    assert not any(site.startswith("A") for site in record.drawn)


@unlawful("draw.ratio")
@pytest.mark.parametrize("parts", [-1, 10_001])
def test_a_ratio_that_is_none_is_refused(parts: int) -> None:
    with pytest.raises(DrawError, match="ratio"):
        draw_sites(request(grades(A=3), {"A": parts}))


@unlawful("draw.ratio")
def test_a_nonce_picked_after_the_freeze_is_refused() -> None:
    honest = request(grades(A=3), {"A": 5000})
    with pytest.raises(DrawError, match=r"not the one committed to: bureau"):
        draw_sites(replace(honest, bureau_nonce="a luckier one"))
    late = tuple(replace(c, committed_on=FROZEN) if c.holder == "SCJG" else c for c in honest.commitments)
    with pytest.raises(DrawError, match=r"after the list was frozen: SCJG"):
        draw_sites(replace(honest, commitments=late))


def test_any_grade_is_one_stratum_of_all_grades_without_a_ratio_of_their_own() -> None:
    """20 % of the 10 sites that are not D, together: 2, not one of each grade."""
    record = draw_sites(request(grades(A=4, B=3, C=3, D=2), {"*": 2000, "D": 5000}, reserves=20))
    assert {s.grade: (s.sites, len(s.drawn)) for s in record.strata} == {"*": (10, 2), "D": (2, 1)}
    assert {(r.site_id[0], r.grade) for r in record.strata[0].reserves} <= {("A", "A"), ("B", "B"), ("C", "C")}
    assert [r.rank for r in record.strata[0].reserves] == list(range(1, 9))


def test_nothing_drawn_nothing_in_reserve() -> None:
    record = draw_sites(request(grades(A=4), {"A": 0}, reserves=2))
    assert record.drawn == record.reserves == ()


@given(
    st.dictionaries(st.text(min_size=1, max_size=4), st.sampled_from("ABCD"), max_size=30),
    st.dictionaries(st.sampled_from([*"ABCD", "*"]), st.integers(0, 10_000)),
    st.integers(0, 4),
    st.text(min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_counts_order_and_disjointness(
    frame: dict[str, str], ratio: dict[str, int], reserves: int, nonce: str, shuffle: random.Random
) -> None:
    frame = {f"s{site}": grade for site, grade in frame.items()}
    asked = request(frame, ratio, reserves=reserves, nonce=nonce)
    record = draw_sites(asked)
    rows, keys = list(asked.frame), list(ratio.items())
    shuffle.shuffle(rows)
    shuffle.shuffle(keys)
    assert (
        draw_sites(replace(asked, frame=tuple(rows), ratio=dict(keys), commitments=asked.commitments[::-1])) == record
    )
    taken = [*record.drawn, *(r.site_id for r in record.reserves)]
    assert len(set(taken)) == len(taken)
    assert set(taken) <= frame.keys()
    for stratum in record.strata:
        members = [s for s, g in frame.items() if (g if g in ratio else "*") == stratum.grade]
        assert stratum.sites == len(members) > 0
        n = len(stratum.drawn)
        assert 10_000 * (n - 1) < ratio[stratum.grade] * len(members) <= 10_000 * n or n == ratio[stratum.grade] == 0
        assert len(stratum.reserves) == (min(reserves, len(members) - n) if n else 0)
        assert all(frame[r.site_id] == r.grade for r in stratum.reserves)


def test_known_answer() -> None:
    """A small draw worked out by hand from the published recipe, so that no version ever draws otherwise."""
    asked = replace(request({"y": "A", "x": "A", "z": "A"}, {"A": 3400}), bureau_nonce="1", commitments=())
    record = draw_sites(asked)
    frozen = (
        '{"agency_id":"SCJG","draw_id":"D-1","filing_id":"F-1","frame":[["x","A",1],["y","A",1],["z","A",1]],'
        '"frozen_on":"2026-05-25","month":"2026-06","ratio":{"A":3400},"reserves":0}'
    )
    list_hash = hashlib.sha256(frozen.encode()).hexdigest()
    seed = hashlib.sha256(f'["1","agency nonce","{list_hash}"]'.encode()).hexdigest()
    assert (record.list_hash, record.seed) == (list_hash, seed)
    assert seed == "276227ab641525aeebe6ebdfb3c0035aadf8b02b441db2348b09c8e24a04df33"
    # `printf A:0 | openssl dgst -sha256 -hmac SEED` begins 85…, its top two bits are 2: z of x, y, z.
    # `printf A:1 | …` begins 1c…, its top bit is 0: x of x, y. And 34 % of 3 is 1.02, so two are drawn.
    assert record.drawn == ("z", "x")


def test_more_weight_is_drawn_more_often() -> None:
    """One of five sites drawn, weights 2, 1, 1, 1, 1, by hand: 1/3 against 1/6 each."""
    frame, runs = grades(A=1, B=4), 3000
    hits = [draw_sites(request(frame, {"*": 2000}, nonce=str(n), weights={"A": 2})).drawn for n in range(runs)]
    heavy = sum(drawn == ("A00",) for drawn in hits)
    # 1,000 expected; the standard deviation is sqrt(3000 · 1/3 · 2/3) = 25.8, so four of them are 103.
    assert abs(heavy - 1000) < 103


def test_a_site_s_own_weight_comes_before_its_grade_s() -> None:
    by_grade = draw_sites(request(grades(A=2, B=2), {"*": 5000}, weights={"A": 5, "A01": 1}))
    by_site = draw_sites(request(grades(A=2, B=2), {"*": 5000}, weights={"A00": 5}))
    assert by_grade == by_site


def test_every_part_of_the_frozen_list_changes_the_seed() -> None:
    base = request(grades(A=6), {"A": 5000})
    others = [
        replace(base, draw_id="D-9"),
        replace(base, filing_id="F-9"),
        replace(base, month="2026-07"),
        replace(base, frozen_on=date(2026, 5, 26)),
        replace(base, frame=base.frame[:-1]),
        replace(base, frame=(*base.frame[:-1], ("A05", "B"))),
        replace(base, ratio={"A": 5001}),
        replace(base, weights={"A00": 2}),
        replace(base, reserves=1),
        request(grades(A=6), {"A": 5000}, nonce="other"),
    ]
    seeds = [draw_sites(r).seed for r in (base, *others)]
    assert len(set(seeds)) == len(seeds)


BASE = request(grades(A=3), {"A": 5000})


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (replace(BASE, draw_id=""), "no id"),
        (replace(BASE, agency_id=BUREAU), "cannot be the holder"),
        (replace(BASE, frame=(("x", "A"), ("x", "B"))), "twice"),
        (replace(BASE, frame=(("x", "*"),)), "grade"),
        (replace(BASE, frame=(("A", "A"),), weights={"A": 2}), "both a site and a grade"),
        (replace(BASE, weights={"A": 0}), "weight"),
        (replace(BASE, weights={"A": 10**9 + 1}), "weight"),
        (replace(BASE, reserves=-1), "reserves"),
        (replace(BASE, agency_nonce=""), "empty"),
        (replace(BASE, commitments=(BASE.commitments[0],) * 2), "committed twice"),
        (replace(BASE, commitments=(Commitment("ZFJ", "00", BEFORE),)), "someone else"),
    ],
)
def test_contradictions_are_refused(broken: DrawRequest, words: str) -> None:
    with pytest.raises(DrawError, match=words):
        draw_sites(broken)


def test_reserves_step_in_by_rank_within_the_grade() -> None:
    record = draw_sites(request(grades(A=6, D=6), {"A": 3000, "D": 3000}, reserves=2))
    first, second = record.strata[1].drawn
    ranks = {r.rank: r.site_id for r in record.strata[1].reserves}
    once = next_reserve(record, second, "closed")
    assert once.replacements[-1].reserve == ranks[1]
    assert once.chosen == set(record.drawn) - {second} | {ranks[1]}
    twice = next_reserve(once, ranks[1], "moved")
    assert twice.chosen == set(record.drawn) - {second} | {ranks[2]}
    assert twice.drawn == record.drawn
    with pytest.raises(DrawError, match="no reserve is left"):
        next_reserve(twice, first, "closed")
    with pytest.raises(DrawError, match="not among"):
        next_reserve(twice, second, "closed")
    with pytest.raises(DrawError, match="no reason"):
        next_reserve(record, first, "friend of the house")


def test_a_missing_nonce_is_derived_and_said_to_be_uncommitted() -> None:
    nonces = {uncommitted_nonce(seed, holder, month) for seed in (1, 2) for holder in "ab" for month in ("1", "2")}
    assert len(nonces) == 8
    record = draw_sites(
        request(grades(A=3), {"A": 5000}, nonce=uncommitted_nonce(7, BUREAU, "2026-06"), committed=False)
    )
    assert not record.request.committed
    half = replace(BASE, commitments=BASE.commitments[:1])
    assert not draw_sites(half).request.committed
    assert draw_sites(BASE).request.committed


def test_commitment_is_what_sha256sum_gives() -> None:
    assert commitment_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("nonce", list("abcdefghijklmnop"))
def test_those_that_come_last_are_drawn_and_held_in_reserve_behind_all_others_of_their_grade(nonce: str) -> None:
    last = ("A00", "A01", "B02")
    with_last = draw_sites(request(grades(A=4, B=3), {"A": 7500, "B": 3000}, nonce=nonce, reserves=9, last=last))
    for stratum in with_last.strata:
        order = [*stratum.drawn, *(reserve.site_id for reserve in stratum.reserves)]
        behind = [site in last for site in order]
        assert behind == sorted(behind)
    assert {site for site in with_last.drawn if site[0] == "A"} >= {"A02", "A03"}


def test_who_comes_last_is_part_of_the_frozen_list() -> None:
    plain, behind = (draw_sites(request(grades(A=4), {"A": 2500}, last=last)) for last in ((), ("A00",)))
    assert plain.list_hash != behind.list_hash
    with pytest.raises(DrawError, match="comes last"):
        draw_sites(request(grades(A=4), {"A": 2500}, last=("B00",)))

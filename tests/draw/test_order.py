"""The random order: exact, fair, whole numbers only."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.draw.order import Stream, weighted_order

CHI_999 = {5: 20.515, 9: 27.877, 23: 49.728}
"""Degrees of freedom → 99.9 % point of the chi-square distribution, from printed tables."""


def chi_square(seen: Counter[object], expected: dict[object, Fraction | float]) -> float:
    assert seen.keys() <= expected.keys()
    return sum((seen[key] - float(mean)) ** 2 / float(mean) for key, mean in expected.items())


def naive_order(weights: list[int], stream: Stream) -> list[int]:
    """The same law without a tree: walk along the weights that are left."""
    left, order = list(range(len(weights))), []
    while left:
        rest = stream.below(sum(weights[n] for n in left))
        for n in left:
            if rest < weights[n]:
                break
            rest -= weights[n]
        order.append(n)
        left.remove(n)
    return order


def test_stream_is_hmac_over_a_counter() -> None:
    stream = Stream("seed", "D")
    first = hmac.new(b"seed", b"D:0", hashlib.sha256).digest()
    assert stream.below(1 << 256) == int.from_bytes(first, "big")
    assert stream.below(256) == hmac.new(b"seed", b"D:1", hashlib.sha256).digest()[0]


def test_too_large_numbers_are_discarded_not_wrapped() -> None:
    top_bits = [hmac.new(b"seed", f"D:{k}".encode(), hashlib.sha256).digest()[0] >> 5 for k in range(400)]
    stream = Stream("seed", "D")
    kept = [number for number in top_bits if number < 5]
    assert [stream.below(5) for _ in kept] == kept
    assert 0 < len(kept) < 400


def test_one_candidate_needs_no_luck() -> None:
    assert Stream("seed", "D").below(1) == 0


@given(st.lists(st.integers(1, 50), max_size=40), st.text(max_size=5))
def test_tree_gives_what_walking_along_the_weights_gives(weights: list[int], seed: str) -> None:
    order = weighted_order(weights, Stream(seed, "x").below)
    assert order == naive_order(weights, Stream(seed, "x"))
    assert sorted(order) == list(range(len(weights)))


def test_equal_weights_make_every_order_equally_likely() -> None:
    runs = 4800
    seen: Counter[object] = Counter(tuple(weighted_order([7] * 4, Stream(str(n), "x").below)) for n in range(runs))
    expected: dict[object, Fraction | float] = dict.fromkeys(permutations(range(4)), runs / 24)
    assert chi_square(seen, expected) < CHI_999[23]


def test_orders_follow_the_law_of_successive_draws() -> None:
    """Weights 1, 2, 3: P(a, b, c) = w_a / 6 · w_b / (6 − w_a), by hand for all six orders."""
    runs, weights = 6000, [1, 2, 3]
    seen: Counter[object] = Counter(tuple(weighted_order(weights, Stream(str(n), "w").below)) for n in range(runs))
    expected: dict[object, Fraction | float] = {
        (0, 1, 2): runs * Fraction(1, 6) * Fraction(2, 5),
        (0, 2, 1): runs * Fraction(1, 6) * Fraction(3, 5),
        (1, 0, 2): runs * Fraction(2, 6) * Fraction(1, 4),
        (1, 2, 0): runs * Fraction(2, 6) * Fraction(3, 4),
        (2, 0, 1): runs * Fraction(3, 6) * Fraction(1, 3),
        (2, 1, 0): runs * Fraction(3, 6) * Fraction(2, 3),
    }
    assert chi_square(seen, expected) < CHI_999[5]


def test_first_place_is_uniform_over_ten_sites() -> None:
    runs = 5000
    seen: Counter[object] = Counter(weighted_order([1] * 10, Stream(str(n), "u").below)[0] for n in range(runs))
    assert chi_square(seen, dict.fromkeys(range(10), runs / 10)) < CHI_999[9]


@pytest.mark.parametrize("weight", [1, 2, 4])
def test_the_bound_would_catch_an_unfair_order(weight: int) -> None:
    """The tests above can fail: one site with more weight than said leaves the bound far behind."""
    runs = 5000
    weights = [weight] + [1] * 9
    seen: Counter[object] = Counter(weighted_order(weights, Stream(str(n), "u").below)[0] for n in range(runs))
    assert (chi_square(seen, dict.fromkeys(range(10), runs / 10)) > CHI_999[9]) == (weight > 1)


def test_twice_the_weight_is_twice_the_odds_of_being_next() -> None:
    runs = 6000
    firsts = Counter(weighted_order([2, 1, 1, 1], Stream(str(n), "o").below)[0] for n in range(runs))
    # 2/5 of 6,000 = 2,400; the standard deviation is sqrt(6000 · 0.4 · 0.6) = 38, so four of them are 152.
    assert abs(firsts[0] - 2400) < 152

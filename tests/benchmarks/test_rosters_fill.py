"""What half-days can be filled with, of which the people of made-up cases follow: figures worked out by hand."""

from __future__ import annotations

import pytest

from benchmarks.rosters import walkable_percent


@pytest.mark.parametrize(
    ("stays", "travel", "percent"),
    [
        ([12], 2, 100),
        ([7], 0, 58),
        ([7, 5], 0, 100),
        ([7, 5], 2, 66),
        ([17], 0, 70),
        ([], 2, 100),
    ],
)
def test_what_half_days_can_be_filled_with(stays: list[int], travel: int, percent: int) -> None:
    """By hand, each stay asked for again and again; seven and five share a half-day only without a way between.

    With one, a half-day holds one seven or two fives: three halves for two of each, 24 quarters of 36.
    """
    assert walkable_percent(stays, travel) == percent

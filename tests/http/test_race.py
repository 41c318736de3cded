"""Accepts race for slots in several processes: never a double booking, never a lost accept, on both databases."""

from __future__ import annotations

import pytest

from api.store import Store
from tests.http.race import race


@pytest.mark.slow
def test_a_hundred_and_fifty_accepts_race_for_ten_slots(store: Store) -> None:
    outcome = race(store.url, 150, 10)
    assert outcome.wrong == ()
    assert (outcome.won, outcome.lost) == (10, 140)


@pytest.mark.soak
def test_a_thousand_accepts_race_for_fifty_slots(store: Store) -> None:
    outcome = race(store.url, 1000, 50)
    assert outcome.wrong == ()
    assert (outcome.won, outcome.lost) == (50, 950)

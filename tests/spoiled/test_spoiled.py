"""A share of the spoiled months; `make soak` runs them all."""

from __future__ import annotations

import pytest

from tests.spoiled.judge import judged


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_a_spoiled_month_ends_lawfully(seed: int) -> None:
    assert judged(seed)["visits"] > 0

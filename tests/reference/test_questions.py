"""A few dozen questions to gate, ledger and suggestions on small months; `make soak` asks a thousand."""

from __future__ import annotations

import pytest

from tests.reference.questions import judged


@pytest.mark.parametrize("seed", [0, 1, 4, 6])
def test_gate_ledger_and_suggestions_follow_from_the_exact_model(seed: int) -> None:
    row = judged(seed, questions=12)
    assert row["questions"] == 12
    assert row["faults"] == []

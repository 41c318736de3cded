"""A share of the ten thousand questions to ledger and gate that `make soak` asks, the checker being the judge."""

from __future__ import annotations

import pytest

from tests.operations.agreement import run


@pytest.mark.slow
def test_ledger_and_gate_agree_with_the_checker() -> None:
    row = run(600)
    assert row["disagreements"] == []
    assert row["questions"] == 600
    told = row["told"]
    assert all(told[verdict] > 5 for verdict in ("yes", "no", "if"))
    bars = {"cap.domain", "gap.domain", "join.not", "blackout", "unannounced.alone", "capacity.crew"}
    assert bars <= {name.removeprefix("rule ") for name in told}
    assert all(told[f"book {name}"] for name in ("quiet", "capped", "gaps", "exempt", "unannounced"))

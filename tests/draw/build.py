"""Small draws for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from planner.draw.sites import BUREAU, Commitment, DrawRequest, commitment_of

FROZEN = date(2026, 5, 25)
BEFORE = date(2026, 5, 20)


def request(
    frame: Mapping[str, str],
    ratio: Mapping[str, int],
    *,
    nonce: str = "b",
    weights: Mapping[str, int] | None = None,
    reserves: int = 0,
    committed: bool = True,
    number: int = 1,
    last: tuple[str, ...] = (),
) -> DrawRequest:
    """Return a draw over `frame` (site → grade) with committed nonces; `nonce` is the bureau's."""
    nonces = {BUREAU: nonce, "SCJG": "agency nonce"}
    return DrawRequest(
        draw_id=f"D-{number}",
        filing_id=f"F-{number}",
        agency_id="SCJG",
        month="2026-06",
        frozen_on=FROZEN,
        frame=tuple(frame.items()),
        ratio=ratio,
        bureau_nonce=nonces[BUREAU],
        agency_nonce=nonces["SCJG"],
        weights=weights or {},
        reserves=reserves,
        commitments=tuple(Commitment(h, commitment_of(n), BEFORE) for h, n in nonces.items()) if committed else (),
        last=last,
    )


def grades(**counts: int) -> dict[str, str]:
    """Return a frame with `counts` sites of each grade, e.g. grades(A=3) is {"A00": "A", "A01": "A", "A02": "A"}."""
    return {f"{grade}{n:02}": grade for grade, count in counts.items() for n in range(count)}

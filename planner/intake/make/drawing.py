"""From a filing's ratio to its drawn sites: who holds which nonce, and what the record must say about it."""

from __future__ import annotations

from datetime import date, timedelta

from planner.draw.sites import (
    BUREAU,
    Commitment,
    DrawError,
    DrawRecord,
    DrawRequest,
    draw_sites,
    uncommitted_nonce,
)
from planner.intake.month.context import Context
from planner.intake.tables.records import FilingRow, NonceRow


def draw_for(
    context: Context,
    filing: FilingRow,
    domain: str,
    ratio: dict[str, int],
    frame: list[tuple[str, str]],
    nonces: dict[tuple[str, str], NonceRow],
    last: tuple[str, ...] = (),
) -> DrawRecord | None:
    """Return the draw of a filing from `frame`, (site, grade) pairs; None where it is refused, with a finding.
    Sites in `last` are drawn only where no other is left.

    The nonces are those of the month in which the window opens, so that a filing of several months is drawn once and
    for all. Without nonces anyone can compute the seed, and the record says that nothing was committed.
    """
    month = f"{filing.window_from:%Y-%m}"
    agency = next(
        (a for a in (filing.agency_id, context.lookups.parents.get(filing.agency_id, "")) if (a, month) in nonces),
        filing.agency_id,
    )
    values, commitments, lacking = {}, [], []
    about = {"filing": filing.filing_id}
    for holder in (BUREAU, agency):
        row = nonces.get((holder, month))
        if row is not None and not row.nonce:
            # Falling back here would let a holder escape a draw it dislikes by keeping its number to itself.
            about["why_zh"] = f"{holder} 已提交承诺但未公布随机数"
            about["why_en"] = f"{holder} has committed but not revealed its nonce"
            context.notes.find("law.draw-refused", filing.ref, domain=domain, **about)
            return None
        if row is None:
            values[holder] = uncommitted_nonce(context.seed, holder, month)
            lacking.append(holder)
        else:
            values[holder] = row.nonce
            commitments.append(Commitment(holder, row.commitment, row.committed_on))
    if lacking:
        context.notes.find("law.draw-uncommitted", filing.ref, domain=domain, who="、".join(lacking), **about)
    request = DrawRequest(
        draw_id=f"DRAW-{filing.filing_id}",
        filing_id=filing.filing_id,
        agency_id=agency,
        month=month,
        frozen_on=_freeze_day(filing.window_from),
        frame=tuple(sorted(frame)),
        ratio=ratio,
        bureau_nonce=values[BUREAU],
        agency_nonce=values[agency],
        reserves=context.settings.number("draw_reserves"),
        commitments=tuple(commitments),
        last=last,
    )
    try:
        return draw_sites(request)
    except DrawError as error:
        about |= {"why_zh": f"承诺、随机数或比例不合规（{error}）", "why_en": str(error)}
        context.notes.find("law.draw-refused", filing.ref, column="ratio", domain=domain, **about)
        return None


def _freeze_day(window_from: date) -> date:
    """Return the last day before the window's month: lists are final then, and commitments must be older."""
    return window_from.replace(day=1) - timedelta(days=1)

"""Dates that a domain keeps at a site for an unannounced check: others of the domain are answered by its whole window.

Gap and yearly cap leave a domain one date at a site. Where an unannounced check has it, whoever else is of the domain
is told that the distance is not over and from when on it is, as if that check filled its window: never on which day it
comes (A07-7.2a). Which checks dates are kept for is settled before (`planner.service.month.precedence`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from planner.domain.calendar import months_after
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.month.outcome import Why
from planner.intake.month.set_aside import KeptWindow
from planner.intake.screen.history import remove_draft
from planner.law.rules.distances import CAP, GAP


def free_again(window: KeptWindow, gap_months: int, *, capped: bool) -> date:
    """Return the first date on which the domain may come again, on whichever day of `window` it comes before.

    `capped`: that visit uses the last date of its year.
    """
    after_gap = months_after(window.last, gap_months)
    return max(after_gap, date(window.last.year + 1, 1, 1)) if capped else after_gap


def without_kept(
    context: Context, drafts: Sequence[Draft], window: KeptWindow, gap_months: int, quota: int
) -> list[Draft]:
    """Return a domain's drafts at a site but those that stand back for `window`, which are told from when on they may.

    `quota` is how many dates the year leaves. What is published or fixed stays, and so does what comes after.
    """
    out = []
    for draft in drafts:
        capped = window.counts and quota <= 1 and not draft.needed
        opens = free_again(window, gap_months, capped=capped)
        if draft.pinned or not (gap_months or capped):
            out.append(draft)
            continue
        rule = CAP.id if capped and opens.year > window.last.year else GAP.id
        zh = f"同领域检查间隔未满或当年次数已满，最早{opens}" if rule == CAP.id else f"同领域检查间隔未满，最早{opens}"
        why = Why(zh, f"the domain may come to the site again from {opens} on")
        remove_draft(context, draft, rule, why, reserved=True)
    return out

"""Files laid out before a column was there: what their rows say about it, and a finding that tells how it was read."""

from __future__ import annotations

import re

from planner.intake.read.rows import Grid
from planner.intake.read.sheets import Header
from planner.intake.words.findings import Findings

SAYS_NEEDED = re.compile("(?<![非不无未])确需")


def read_needed(grid: Grid, header: Header, findings: Findings) -> None:
    """Fill 确需 of filings where the file has no such column: yes where the reason itself says so, else no.

    The reason (必要性说明) once lifted the yearly cap; but some annexes ask every filing for it (A13-5.1), so that it
    says nothing about a second visit.
    """
    if grid.table.key != "filings" or "needed" in header.positions:
        return
    reasons = [str(text or "") for text in grid.columns["necessity"]]
    needed = [bool(SAYS_NEEDED.search(text)) for text in reasons]
    grid.columns["needed"] = list(needed)
    if any(reasons):
        title = grid.table.column("needed").title
        others = sum(map(bool, reasons)) - sum(needed)
        findings.add("header.needed", "filings", column=title, needed=str(sum(needed)), others=str(others))

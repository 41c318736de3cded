"""Last days that a filing names for single sites (逐户期限): what they do to windows, and those that are wrong."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from planner.intake.make.windows import Window
from planner.intake.month.context import Context
from planner.intake.read.grammar import GrammarError
from planner.intake.read.periods import read_span
from planner.intake.tables.folding import fold
from planner.intake.tables.records import FilingRow, SiteRow


def due_by(
    context: Context, filing: FilingRow, site: SiteRow, windows: list[tuple[int, Window]]
) -> list[tuple[int, Window]]:
    """Return the windows, cut where the filing names a last day for the site; one that is wrong is told."""
    for entry in filing.due:
        name, _, text = entry.partition("=")
        if fold(name) != fold(site.site_id):
            continue
        try:
            last = read_span(text, filing.window_from.year)[1]
        except GrammarError:
            last = None
        if last is None or last < filing.window_from:
            about = {"filing": filing.filing_id, "last": str(filing.window_to)}
            context.notes.find("law.due-unread", filing.ref, column="due", value=entry, **about)
            continue
        windows = [(n, (first, min(end, last))) for n, (first, end) in windows if first <= last]
    return windows


def tell_due_of_others(context: Context, filing: FilingRow, sites: Iterable[str]) -> None:
    """Tell last days that are of no site of the filing."""
    known = {fold(site): site for site in sites}
    for entry in filing.due:
        name = entry.partition("=")[0]
        if fold(name) not in known:
            near = process.extractOne(name, list(known.values()), scorer=fuzz.ratio, score_cutoff=60)
            hint = f"，最接近的是“{near[0]}”" if near else ""
            about = {"filing": filing.filing_id, "hint": hint}
            context.notes.find("law.due-of-another", filing.ref, column="due", value=entry, **about)

"""What trades ask beside their annex: hours that have to be known, and documents of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.people.hours import is_public_venue
from planner.intake.tables.records import FilingRow
from planner.law.rules.hours import BUSINESS_HOURS
from planner.rulebook.registry import Role, implements


def tell_sectors(context: Context, drafts: Sequence[Draft]) -> None:
    """Tell of the on-site drafts where hours are missing, and which document a trade goes by."""
    tell_missing_hours(context, drafts)
    tell_own_documents(context, drafts)


def tell_missing_hours(context: Context, drafts: Sequence[Draft]) -> None:
    """Tell of sites without registered hours where an annex has a check keep off business or peak hours.

    Public venues that fire is to check outside business hours are told one by one, in the row of the site: a missing
    cell must not pass for a place that is always closed. Trades that face customers are told by filing.
    """
    told: set[str] = set()
    peak: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        site = draft.site
        if site.quiet_hours:
            continue
        if draft.domain in context.law.words(BUSINESS_HOURS.id, "domains"):
            if is_public_venue(context, site) and site.site_id not in told:
                told.add(site.site_id)
                context.notes.find(
                    "law.business-hours-missing",
                    site.ref,
                    column="quiet_hours",
                    domain=draft.domain,
                    subjects=(site.site_id, *draft.filing_ids),
                    site=site.name,
                    filing="、".join(draft.filing_ids),
                )
        elif site.industry in context.law.words("objective.quiet-hours", "industries", draft.domain):
            peak[draft.filing_ids[0], draft.domain].append(draft)
    for (filing, domain), found in sorted(peak.items()):
        _tell(context, "law.peak-hours-missing", found, filing, domain)


@implements("sector.document", Role.INTAKE)
def tell_own_documents(context: Context, drafts: Iterable[Draft]) -> None:
    """Tell of filings at sites of a trade that a document of its own governs beside the annex (A01-99), and name it."""
    found: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.site.industry in context.law.words("sector.document", "industries", draft.domain):
            found[draft.filing_ids[0], draft.domain].append(draft)
    for (filing, domain), there in sorted(found.items()):
        document = context.law.text("sector.document", "document", domain)
        _tell(context, "law.own-document", there, filing, domain, document=document)


def _tell(context: Context, code: str, found: Sequence[Draft], filing: str, domain: str, **about: str) -> None:
    row: FilingRow = next(f for f in found[0].filings if f.filing_id == filing)
    sites = sorted({draft.site.site_id for draft in found})
    industries = "、".join(sorted({draft.site.industry for draft in found}))
    context.notes.find(
        code,
        row.ref,
        domain=domain,
        subjects=(filing, *sites[:5]),
        filing=filing,
        count=len(sites),
        industries=industries,
        **about,
    )

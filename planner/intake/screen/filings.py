"""Screening a filing as a whole: scope, secrecy, completeness, specials. Each rule says why it refuses, or None."""

from __future__ import annotations

from planner.intake.month.context import Context
from planner.intake.month.outcome import Why
from planner.intake.screen.grounds import coded_in_time, must_be_told
from planner.intake.screen.random_list import screen_random_list
from planner.intake.tables.records import FilingRow
from planner.intake.tables.schema import FILINGS
from planner.rulebook.registry import Role, implements

PERIOD_ZH = {"year": "年", "month": "月", "special": "专项"}


def screen_filing(context: Context, filing: FilingRow, domain: str) -> bool:
    """Return whether the filing may make tasks; findings say what stands against it or is missing."""
    if not _is_in_scope(context, filing, domain):
        return False
    if filing.window_from > filing.window_to:
        context.notes.find("law.window-reversed", filing.ref, column="window_to", domain=domain, **_about(filing))
        return False
    complete(context, filing, domain)
    for code, rule, why in (
        ("law.unannounced-told", "unannounced.told", must_be_told(context, filing, domain)),
        ("law.special-not-deployed", "special.with-clue", special_not_deployed(context, filing, domain)),
    ):
        if why is not None:
            context.notes.find(code, filing.ref, domain=domain, why_zh=why.zh, why_en=why.en, **_about(filing))
            context.notes.remove(rule, why, domain=domain, unit=filing.agency_id, filings=(filing.filing_id,))
            return False
    if not (screen_random_list(context, filing, domain) and coded_in_time(context, filing, domain)):
        return False
    if filing.needed and not filing.necessity:
        context.notes.find("law.needed-no-reason", filing.ref, column="necessity", domain=domain, **_about(filing))
    if filing.unannounced and filing.kind == "joint":
        context.notes.find("law.unannounced-joint", filing.ref, column="unannounced", domain=domain, **_about(filing))
    return True


def _about(filing: FilingRow) -> dict[str, str]:
    return {"filing": filing.filing_id}


def _is_in_scope(context: Context, filing: FilingRow, domain: str) -> bool:
    if filing.secret:
        context.notes.find("law.secret", filing.ref, column="secret", domain=domain, **_about(filing))
        return False
    if not filing.behaviour:
        return True
    about = {"filing": filing.filing_id, "behaviour": filing.behaviour}
    why = excluded(context, filing, domain)
    if why is None:
        words = "、".join(context.law.ordered("scope.excluded", "behaviours", domain))
        context.notes.find(
            "law.behaviour-unknown",
            filing.ref,
            column="behaviour",
            value=filing.behaviour,
            domain=domain,
            known=words,
            **about,
        )
        return True
    context.notes.find(
        "law.out-of-scope", filing.ref, column="behaviour", value=filing.behaviour, domain=domain, **about
    )
    context.notes.remove(
        "scope.excluded", why, domain=domain, unit=filing.agency_id, filings=(filing.filing_id,), items=filing.items
    )
    return False


@implements("scope.excluded", Role.INTAKE)
def excluded(context: Context, filing: FilingRow, domain: str) -> Why | None:
    """Out of scope: behaviours that the domain's annex names."""
    words = context.law.words("scope.excluded", "behaviours", domain)
    hit = sorted(word for word in words if word in filing.behaviour)
    if not hit:
        return None
    return Why(f"“{filing.behaviour}”不纳入规范", f"'{filing.behaviour}' is out of scope")


@implements("plan.complete", Role.INTAKE)
def complete(context: Context, filing: FilingRow, domain: str) -> tuple[str, ...]:
    """Return the columns that the domain's annex asks for and the filing leaves empty; each is a finding.

    Windows that reach past the filing's own period are a finding too.
    """
    missing = []
    for wanted in sorted(context.law.words("plan.complete", "fields", domain)):
        names = wanted.split("|")
        if not any(_filled(context, filing, name) for name in names):
            missing.append(wanted)
    if missing:
        titles = "、".join("/".join(_title(name) for name in wanted.split("|")) for wanted in missing)
        context.notes.find("law.plan-incomplete", filing.ref, domain=domain, missing=titles, **_about(filing))
    start, end = filing.window_from, filing.window_to
    if (filing.period == "year" and start.year != end.year) or (
        filing.period == "month" and (start.year, start.month) != (end.year, end.month)
    ):
        period = PERIOD_ZH[filing.period]
        context.notes.find("law.window-outside-period", filing.ref, domain=domain, period=period, **_about(filing))
    if filing.sites and filing.scope.terms:
        context.notes.find("law.sites-and-scope", filing.ref, column="scope", domain=domain, **_about(filing))
    return tuple(missing)


def _filled(context: Context, filing: FilingRow, name: str) -> bool:
    value = getattr(filing, name)
    if name == "basis" and not value:
        items = (context.lookups.items.get(item) for item in filing.items)
        return all(item is not None and item.basis for item in items)
    return bool(value.terms) if name == "scope" else bool(value)


def _title(name: str) -> str:
    return FILINGS.column(name).title


def special_not_deployed(context: Context, filing: FilingRow, domain: str) -> Why | None:
    """Labour: specials only as deployed from above (A10-3.2.1a), no random draws unless needed (A10-3.2.2)."""
    if domain not in context.law.words("special.with-clue", "domains"):
        return None
    if filing.kind == "special" and filing.source == "own":
        return Why("专项只按上级部署开展", "specials only as deployed from above")
    if filing.kind == "random" and not filing.necessity and filing.source == "own":
        return Why("非必要不开展双随机，须写明必要性", "no random draw unless a need is filed")
    return None

"""Screening a filing as a whole: scope, secrecy, completeness, specials. Each rule says why it refuses, or None."""

from __future__ import annotations

from planner.intake.context import Context
from planner.intake.outcome import Why
from planner.intake.records import FilingRow
from planner.intake.schema import FILINGS
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
        ("law.special-refused", "special.random", special_on_random_list(context, filing, domain)),
        ("law.special-not-deployed", "special.with-clue", special_not_deployed(context, filing, domain)),
    ):
        if why is not None:
            context.notes.find(code, filing.ref, domain=domain, why_zh=why.zh, why_en=why.en, **_about(filing))
            context.notes.remove(rule, why, domain=domain, unit=filing.agency_id, filings=(filing.filing_id,))
            return False
    if filing.needed and not filing.necessity:
        context.notes.find("law.needed-no-reason", filing.ref, column="necessity", domain=domain, **_about(filing))
    if filing.unannounced and filing.kind == "joint":
        context.notes.find("law.unannounced-joint", filing.ref, column="unannounced", **_about(filing))
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
        context.notes.find("law.behaviour-unknown", filing.ref, column="behaviour", value=filing.behaviour, **about)
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
    if (
        filing.source == "above"
        and not filing.upper_plan_code
        and context.law.switch("plan.complete", "upper_code_when_above", domain)
    ):
        context.notes.find(
            "law.upper-code-missing", filing.ref, column="upper_plan_code", domain=domain, **_about(filing)
        )
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


@implements("special.random", Role.INTAKE)
def special_on_random_list(context: Context, filing: FilingRow, domain: str) -> Why | None:
    """Fields on the random list get no extra specials (A01-3.4.5a); fire's campaigns all fold into the draw (A03-4.1b).

    A special deployed from above is not the district's to refuse. A waiver lifts the rule.
    """
    if filing.kind != "special" or filing.source != "own":
        return None
    if domain not in context.law.words("special.random", "domains") or filing.ratio:
        return None
    lists = [context.lookups.items[i].list_ for i in filing.items if i in context.lookups.items]
    if domain != "A03" and not (lists and all(name == "random" for name in lists)):
        return None
    agencies = (filing.agency_id, context.lookups.parents.get(filing.agency_id, ""))
    if context.waivers.lifts("special.random", site="", agencies=agencies, filings=(filing.filing_id,)):
        return None
    return Why("随机抽查清单内的事项不另搞专项", "items on the random list get no extra special")


def special_not_deployed(context: Context, filing: FilingRow, domain: str) -> Why | None:
    """Labour: specials only as deployed from above (A10-3.2.1a), no random draws unless needed (A10-3.2.2)."""
    if domain not in context.law.words("special.with-clue", "domains"):
        return None
    if filing.kind == "special" and filing.source == "own":
        return Why("专项只按上级部署开展", "specials only as deployed from above")
    if filing.kind == "random" and not filing.necessity and filing.source == "own":
        return Why("非必要不开展双随机，须写明必要性", "no random draw unless a need is filed")
    return None

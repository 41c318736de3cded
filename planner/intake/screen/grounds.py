"""What a filing rests on: the upper plan or law that it claims, its plan code, and the date on which it was filed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from planner.intake.month.context import Context
from planner.intake.month.outcome import Why
from planner.intake.routes.standing import STATE_ZH, Standing, State
from planner.intake.tables.records import FilingRow
from planner.intake.tables.schema import STEPS
from planner.rulebook.registry import Role, implements


@implements("source.backed", Role.INTAKE)
def as_backed(context: Context, filing: FilingRow, domain: str) -> FilingRow:
    """Return the filing with the source that something backs: a claim without its ground counts as the agency's own.

    A deployment from above needs the upper plan's code, one by law an item that law explicitly asks for. The exceptions
    for law are given item by item, so of several items only those that say so have them; the others are told.
    """
    about = {"filing": filing.filing_id}
    if filing.source == "above":
        if filing.upper_plan_code or not context.law.switch("source.backed", "upper_code", domain):
            return filing
        context.notes.find("law.upper-code-missing", filing.ref, column="upper_plan_code", domain=domain, **about)
        return replace(filing, source="own")
    if filing.source == "law":
        rows = [context.lookups.items[i] for i in sorted(set(filing.items)) if i in context.lookups.items]
        unsaid = "、".join(row.item_id for row in rows if not row.explicit_law)
        if unsaid:
            context.notes.find("law.law-unbacked", filing.ref, column="source", domain=domain, items=unsaid, **about)
        return filing if any(row.explicit_law for row in rows) else replace(filing, source="own")
    return filing


@implements("plan.coded", Role.INTAKE)
def coded_in_time(context: Context, filing: FilingRow, domain: str) -> bool:
    """Return whether the filing can still be carried out; a missing code and a late filing are told.

    Where the filing has steps, they tell its state and the day of its code. Without, the date of filing is read as that
    of its code, where it has one: a workbook names no other.
    """
    about = {"filing": filing.filing_id}
    if filing.window_to < context.first:
        return True
    if filing.filing_id in context.standings:
        return _carried_out(context, filing, domain, context.standings[filing.filing_id])
    if not filing.plan_code and filing.period not in context.law.words("plan.coded", "uncoded_periods", domain):
        context.notes.find("law.plan-uncoded", filing.ref, column="plan_code", domain=domain, **about)
    first = first_day(context, filing, domain)
    if first <= filing.window_from:
        return True
    told = {"filed": first.isoformat(), "until": filing.window_to.isoformat(), **about}
    if first <= filing.window_to:
        context.notes.find("law.filed-late", filing.ref, column="filed_on", value=str(first), domain=domain, **told)
        return True
    context.notes.find("law.filed-after", filing.ref, column="filed_on", value=str(first), domain=domain, **told)
    why = Why(
        f"计划 {first} 才填报，已过期限 {filing.window_to}",
        f"filed on {first}, after its window ended on {filing.window_to}",
    )
    context.notes.remove(
        "plan.coded", why, domain=domain, unit=filing.agency_id, filings=(filing.filing_id,), items=filing.items
    )
    return False


def _carried_out(context: Context, filing: FilingRow, domain: str, standing: Standing) -> bool:
    """Return whether a filing with steps makes tasks; its state is told where it is not in force."""
    state = {"state": str(standing.state), "state_zh": STATE_ZH[standing.state]}

    def tell(code: str, **more: object) -> None:
        told = {key: str(text) for key, text in more.items()}
        context.notes.find(code, filing.ref, domain=domain, **{"filing": filing.filing_id, **told})

    def leave_out(why: Why) -> bool:
        context.notes.remove(
            "plan.coded", why, domain=domain, unit=filing.agency_id, filings=(filing.filing_id,), items=filing.items
        )
        return False

    if not standing.planned:
        tell("plan.route-open", then_zh="没有列入统筹", then_en="it is not planned", **state)
        return leave_out(Why(f"计划处于“{state['state_zh']}”，没有列入统筹", f"in state {standing.state}: not planned"))
    if standing.provisional:
        tell("plan.route-open", then_zh="暂列，不得公布", then_en="planned for now, not to be published", **state)
    if standing.shut:
        count = len(standing.shut)
        tell("plan.route-open", then_zh=f"新增的 {count} 个对象暂列", then_en=f"{count} new sites wait", **state)
    if standing.state is State.PASSED and standing.route.code != "none":
        barred = standing.route.code == "barred"
        then_zh, then_en = ("不得公布", "not to be published") if barred else ("请尽快取得", "fetch it soon")
        tell("plan.no-code", then_zh=then_zh, then_en=then_en)
    if standing.early:
        step = standing.open_step or standing.route.steps[-1]
        tell("plan.code-early", coded=standing.coded_on, step=step, step_zh=dict(STEPS)[step])
    if standing.begins and standing.begins > filing.window_to:
        tell("plan.late", coded=standing.begins, until=filing.window_to)
        return leave_out(
            Why(
                f"计划 {standing.begins} 才取得编码，已过期限 {filing.window_to}",
                f"coded on {standing.begins}, after its window ended on {filing.window_to}",
            )
        )
    return True


def first_day(context: Context, filing: FilingRow, domain: str) -> date:
    """Return the first date on which the filing can be carried out: of its window, and from its filing or code on."""
    standing = context.standings.get(filing.filing_id)
    if standing is not None:
        return max(filing.window_from, standing.begins or filing.window_from)
    if filing.filed_on is None or not context.law.switch("plan.coded", "from_filing_date", domain):
        return filing.window_from
    return max(filing.window_from, filing.filed_on)


@implements("unannounced.told", Role.INTAKE)
def must_be_told(context: Context, filing: FilingRow, domain: str) -> Why | None:
    """Where the annex has the enterprise told the time beforehand, a surprise has no place (A03-3.3.2)."""
    if not filing.unannounced or domain not in context.law.words("unannounced.told", "domains"):
        return None
    return Why("本领域须提前告知到场时间，不得突击", "the enterprise is told the time beforehand: no surprise")

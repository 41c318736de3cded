"""What earlier checks have already done: own checks, off-site checks, the city's results, triggered checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from planner.domain.calendar import add_months, months_after
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.month.lookups import REAL_RESULTS
from planner.intake.month.outcome import Why
from planner.intake.tables.records import ItemRow
from planner.law.rules.dates import ONE_ANSWER
from planner.rulebook.offices import FIRE
from planner.rulebook.registry import Role, implements


def screen_history(context: Context, drafts: Iterable[Draft]) -> list[Draft]:
    """Return the drafts that earlier checks leave to do, with the items and days left; removals are recorded."""
    kept = []
    for draft in drafts:
        left = draft
        for rule, screen in ((ONE_ANSWER.id, done_already), ("offsite.first", off_site_sufficed)):
            found = screen(context, left)
            if found is not None:
                left = _without(context, left, rule, found)
            if not left.items:
                break
        for rule, answers in (("recognition", recognised), ("absorption", absorbed)):
            if left.items:
                left = _after_answers(context, left, rule, answers(context, left))
        if left.items:
            kept.append(_on_site_after_problem(context, left))
    return kept


Covered = tuple[frozenset[str], Why]
"""Item ids that need no task any more, and why."""


def _without(context: Context, draft: Draft, rule: str, covered: Covered) -> Draft:
    gone, why = covered
    remove_draft(context, draft, rule, why, [item for item in draft.items if item.item_id in gone])
    return replace(draft, items=tuple(item for item in draft.items if item.item_id not in gone))


def remove_draft(
    context: Context,
    draft: Draft,
    rule: str,
    why: Why,
    items: Iterable[ItemRow] | None = None,
    annex: str = "",
    *,
    reserved: bool = False,
) -> None:
    """Record that `rule`, of the draft's annex or of `annex`, removes the draft, or some of its items."""
    context.notes.remove(
        rule,
        why,
        domain=draft.domain,
        unit=draft.unit,
        filings=draft.filing_ids,
        site=draft.site.site_id,
        items=[item.item_id for item in (draft.items if items is None else items)],
        annex=annex,
        reserved=reserved,
    )


def done_already(context: Context, draft: Draft) -> Covered | None:
    """Items that the same body has checked within the filing's window; frequencies count theirs elsewhere."""
    if any(filing.frequency and not draft.drawn for filing in draft.filings):
        return None
    gone: set[str] = set()
    last, opens = None, min(draft.window[0], *(filing.window_from for filing in draft.filings))
    for past in context.lookups.at(draft.site.site_id):
        if (
            past.planned
            and past.parent == draft.parent
            and past.mode == draft.mode
            and past.result in REAL_RESULTS
            and opens <= past.date <= draft.window[1]
            and past.items & draft.item_ids
        ):
            gone |= past.items & draft.item_ids
            last = past.date
    if not gone:
        return None
    return frozenset(gone), Why(f"计划期限内已于 {last} 检查", f"done within the window on {last}", last)


@implements("offsite.first", Role.INTAKE)
def off_site_sufficed(context: Context, draft: Draft) -> Covered | None:
    """Items that an off-site check found clear in the filing's window or the month before it: no visit any more.

    "这一期" is read as the window and the month before it.
    """
    since = add_months(draft.window[0], -1)
    gone: set[str] = set()
    last = None
    for past in context.lookups.at(draft.site.site_id):
        if (
            past.mode == "off_site"
            and past.result == "clear"
            and past.parent == draft.parent
            and since <= past.date <= draft.window[1]
            and past.items & draft.item_ids
        ):
            gone |= past.items & draft.item_ids
            last = past.date
    if not gone:
        return None
    return frozenset(gone), Why(
        f"{last} 非现场检查未发现问题，不再到场", f"an off-site check on {last} found nothing: no visit", last
    )


def _on_site_after_problem(context: Context, draft: Draft) -> Draft:
    """Return the draft, on-site where it was filed so, moved off-site, and an off-site check has found a problem."""
    if draft.mode != "off_site" or any(filing.mode == "off_site" for filing in draft.filings) or draft.domain == FIRE:
        return draft
    since = add_months(draft.window[0], -1)
    for past in context.lookups.at(draft.site.site_id):
        if (
            past.mode == "off_site"
            and past.result == "problem"
            and past.parent == draft.parent
            and since <= past.date <= draft.window[1]
            and past.items & draft.item_ids
        ):
            return replace(draft, mode="on_site", rules=(*draft.rules, "offsite.first"))
    return draft


@dataclass(frozen=True, slots=True)
class Answer:
    """What another check answers for: some items, up to and including a date."""

    items: frozenset[str]
    until: date
    why: Why


def _after_answers(context: Context, draft: Draft, rule: str, answers: Sequence[Answer]) -> Draft:
    """Return the draft after the months in which other checks answer for its items.

    "Within a month" is one reading for recognition and absorption: on the days up to the same date of the next month,
    that date included, there is nothing to check. So items with no open day left after them go, and the others wait for
    the day after. A date that the planner would choose within the month counts as planned within it.
    """
    if not answers:
        return draft
    last = context.calendar.roll_back(draft.window[1])
    left = draft
    for answer in answers:
        if answer.until >= last:
            gone = answer.items & left.item_ids
            left = _without(context, left, rule, (gone, answer.why)) if gone else left
    begins = max((a.until for a in answers if a.items & left.item_ids), default=None)
    if begins is None or begins < draft.window[0]:
        return left
    opens = begins + timedelta(days=1)
    return replace(left, window=(opens, draft.window[1]), rules=(*left.rules, rule))


@implements("recognition", Role.INTAKE)
def recognised(context: Context, draft: Draft) -> list[Answer]:
    """Return the on-site results of the other level, city or district, of one line for the draft's items at the site.

    City and district bodies of one line recognise each other (A01-3.1.2, A04-3.1.2, A09-3.1.2); a body's own earlier
    check is the gap's business, and another line's record is nobody's recognition.
    """
    if draft.mode != "on_site" or draft.domain not in context.law.words("recognition", "domains"):
        return []
    months, lookups = context.law.number("recognition", "months"), context.lookups
    own = lookups.agencies[draft.unit].level if draft.unit in lookups.agencies else ""
    other = {"city": "district", "district": "city"}.get(own)
    found = []
    for past in lookups.at(draft.site.site_id):
        of_line = past.level == other and lookups.agency_domain.get(past.unit) == draft.domain
        if of_line and past.mode == "on_site" and past.result in REAL_RESULTS and past.items & draft.item_ids:
            until = months_after(past.date, months)
            if past.date <= draft.window[1] and until >= draft.window[0]:
                why = Why(
                    f"{past.date} 的市区检查结果互认至 {until}",
                    f"the result of city or district of {past.date} is recognised until {until}",
                    past.date,
                )
                found.append(Answer(past.items & draft.item_ids, until, why))
    return [] if found and _waived(context, draft, "recognition") else found


@implements("absorption", Role.INTAKE)
def absorbed(context: Context, draft: Draft) -> list[Answer]:
    """Return the triggered on-site checks of the same body that cover all of the draft's items, where it said so.

    The annexes let the body count the planned check as done, so it is asked: without an answer nothing is absorbed, and
    the offer is told.
    """
    if draft.mode != "on_site" or draft.domain not in context.law.words("absorption", "domains"):
        return []
    months = context.law.number("absorption", "months")
    found = []
    for past in context.lookups.at(draft.site.site_id):
        same = not past.planned and past.mode == "on_site" and past.parent == draft.parent
        if same and past.result in REAL_RESULTS and draft.item_ids <= past.items:
            until = months_after(past.date, months)
            if past.date <= draft.window[1] and until >= draft.window[0]:
                answer = _answered(context, draft, past.date)
                if answer != "accept":
                    if not answer:
                        _offer(context, draft, past.date, until)
                    continue
                why = Why(
                    f"{past.date} 的触发式检查已覆盖，经主体同意，{until} 前的计划检查视为完成",
                    f"the triggered check of {past.date} covers what is planned until {until}, and its body agreed",
                    past.date,
                )
                found.append(Answer(draft.item_ids, until, why))
    return [] if found and _waived(context, draft, "absorption") else found


def _answered(context: Context, draft: Draft, day: date) -> str:
    """Return the body's answer on a triggered check of `day`: of its own filings first; "decline" where they differ."""
    known = context.lookups.answers
    whole = known.get((draft.site.site_id, draft.parent, day, ""), "")
    said = {known.get((draft.site.site_id, draft.parent, day, name), whole) for name in draft.filing_ids}
    return said.pop() if len(said) == 1 else "decline" if "decline" in said else ""


def _offer(context: Context, draft: Draft, day: date, until: date) -> None:
    """Tell that the body may count a planned check as done; of an unannounced one nobody is told."""
    if any(filing.unannounced for filing in draft.filings) or _waived(context, draft, "absorption"):
        return
    context.notes.find(
        "law.absorption-offered",
        None,
        domain=draft.domain,
        subjects=(draft.site.site_id, draft.parent, *draft.filing_ids),
        filing="、".join(draft.filing_ids),
        site=draft.site.site_id,
        agency=draft.parent,
        day=day,
        until=until,
    )


def _waived(context: Context, draft: Draft, rule: str) -> bool:
    return context.waivers.lifts(
        rule, site=draft.site.site_id, agencies=(draft.unit, draft.parent), filings=draft.filing_ids
    )

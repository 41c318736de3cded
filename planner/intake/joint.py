"""Joint filings: partners each with a task of their own, tied to one date; themes that must be joint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from planner.intake.context import Context
from planner.intake.drafts import Draft
from planner.intake.outcome import Why
from planner.intake.records import FilingRow
from planner.intake.screening_history import remove_draft
from planner.rulebook.registry import Role, implements


@implements("joint.partners", Role.INTAKE)
def apply_joint(context: Context, drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts with their joint groups.

    A joint filing's task is tied to one task of each partner at the site whose window meets its own, of the same theme
    where there is one. A partner without such a task is a finding; where the theme must be joint and nobody joins, the
    task is removed. Themed tasks filed alone are tied to the same theme's tasks of others, and told.
    """
    by_site: dict[str, list[int]] = defaultdict(list)
    for place, draft in enumerate(drafts):
        if draft.mode == "on_site" and not draft.unannounced and not draft.follows_fire:
            by_site[draft.site.site_id].append(place)
    tied: dict[int, int] = {}
    missing: dict[tuple[str, str], int] = defaultdict(int)
    alone: dict[str, tuple[FilingRow, str]] = {}
    gone: dict[int, Why] = {}
    for places in by_site.values():
        for place in places:
            draft = drafts[place]
            theme, required = theme_of(context, draft)
            filing = next((f for f in draft.filings if f.kind == "joint"), None)
            if filing is None and not required:
                continue
            if filing is not None:
                wanted = [p for p in filing.partners if context.lookups.parents.get(p, p) != draft.parent]
                found = {p: _partner_task(context, drafts, places, draft, p, theme) for p in wanted}
                for partner, other in found.items():
                    if other is None:
                        missing[filing.filing_id, partner] += 1
                company = [other for other in found.values() if other is not None]
            else:
                alone[draft.filing_ids[0]] = (draft.filings[0], theme)
                company = [p for p in places if _same_theme(context, draft, drafts[p], theme)]
            if required and not company:
                gone[place] = Why(
                    f"主题“{theme}”必须联合，没有其他主体的任务", f"theme '{theme}' must be joint; nobody joins"
                )
            elif required or draft.site.join != "discouraged":
                for other in company:
                    _tie(tied, place, other)
    _tell(context, drafts, missing, alone)
    names = _names(drafts, tied)
    kept = []
    for place, draft in enumerate(drafts):
        if place in gone and place not in names and not draft.pinned:
            remove_draft(context, draft, "joint.partners", gone[place])
        else:
            group = names.get(place, "")
            rules = (*draft.rules, "joint.partners") if group else draft.rules
            kept.append(replace(draft, joint_group=group, rules=rules))
    return kept


def theme_of(context: Context, draft: Draft) -> tuple[str, bool]:
    """Return the draft's joint theme, and whether its annex says that the theme must be joint (A06-2.2.3a)."""
    themes = {item.theme for item in draft.items if item.theme} | {f.theme for f in draft.filings if f.theme}
    required = themes & context.law.words("join.required", "themes", draft.domain)
    return (min(required), True) if required else (min(themes, default=""), False)


def _partner_task(
    context: Context, drafts: Sequence[Draft], places: Sequence[int], draft: Draft, partner: str, theme: str
) -> int | None:
    """Return the partner's task that goes along: of the same theme first, then the one due first."""
    body = context.lookups.parents.get(partner, partner)
    own = [p for p in places if partner in (drafts[p].unit, drafts[p].parent) or drafts[p].parent == body]
    own = [p for p in own if drafts[p].parent != draft.parent and drafts[p].overlaps(draft)]
    same = [p for p in own if theme and theme_of(context, drafts[p])[0] == theme]
    return min(same or own, key=lambda p: (drafts[p].window[1], drafts[p].order), default=None)


def _same_theme(context: Context, draft: Draft, other: Draft, theme: str) -> bool:
    return other.parent != draft.parent and other.overlaps(draft) and theme_of(context, other)[0] == theme


def _tie(tied: dict[int, int], one: int, other: int) -> None:
    """Put both in one group (union by the smaller place)."""
    low, high = sorted((_root(tied, one), _root(tied, other)))
    tied[low] = low
    tied[high] = low


def _root(tied: dict[int, int], place: int) -> int:
    while tied.get(place, place) != place:
        place = tied[place]
    return place


def _names(drafts: Sequence[Draft], tied: dict[int, int]) -> dict[int, str]:
    """Return the group of each tied draft, named by its smallest filing id."""
    members: dict[int, list[int]] = defaultdict(list)
    for place in tied:
        members[_root(tied, place)].append(place)
    names = {}
    for group in members.values():
        name = "J-" + min(filing for place in group for filing in drafts[place].filing_ids)
        names.update(dict.fromkeys(group, name))
    return names


def _tell(
    context: Context,
    drafts: Sequence[Draft],
    missing: dict[tuple[str, str], int],
    alone: dict[str, tuple[FilingRow, str]],
) -> None:
    filings = {f.filing_id: f for draft in drafts for f in draft.filings}
    for (filing_id, partner), count in sorted(missing.items()):
        ref = filings[filing_id].ref
        context.notes.find(
            "law.partner-missing",
            ref,
            column="partners",
            subjects=(filing_id, partner),
            filing=filing_id,
            partner=partner,
            count=count,
        )
    for filing_id, filing in sorted(filings.items()):
        if filing.kind == "joint" and not filing.partners:
            context.notes.find("law.partners-none", filing.ref, column="partners", filing=filing_id)
    for filing_id, (filing, theme) in sorted(alone.items()):
        domain = context.lookups.agency_domain.get(filing.agency_id, "")
        context.notes.find(
            "law.theme-not-joint", filing.ref, column="theme", domain=domain, filing=filing_id, theme=theme
        )

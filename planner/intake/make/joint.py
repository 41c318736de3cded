"""Joint filings: partners each with a task of their own, tied to one date; themes that must be joint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from planner.intake.make.joint_told import Beside, Outside, Told, names, windows_of
from planner.intake.make.windows import Window, last_open_day
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.month.outcome import Why
from planner.intake.screen.history import remove_draft
from planner.intake.tables.records import FilingRow
from planner.law.rules.company import JOIN_REQUIRED
from planner.rulebook.registry import Role, implements


@dataclass(slots=True)
class _Ties:
    """What ties the drafts, by their places: groups, windows of partners outside the month, and who has to go."""

    root: dict[int, int] = field(default_factory=dict)
    outside: dict[int, Outside] = field(default_factory=dict)
    gone: dict[int, Why] = field(default_factory=dict)
    told: Told = field(default_factory=Told)

    def tie(self, one: int, other: int) -> None:
        """Put both in one group (union by the smaller place)."""
        low, high = sorted((self._root(one), self._root(other)))
        self.root[low] = low
        self.root[high] = low

    def _root(self, place: int) -> int:
        while self.root.get(place, place) != place:
            place = self.root[place]
        return place

    def groups(self) -> list[list[int]]:
        """Return the places of each group, in order; one that only waits for a partner outside is a group too."""
        members: dict[int, list[int]] = defaultdict(list)
        for place in sorted(self.root.keys() | self.outside.keys()):
            members[self._root(place)].append(place)
        return list(members.values())


@implements("joint.partners", Role.INTAKE)
def apply_joint(context: Context, drafts: Sequence[Draft], others: Sequence[Draft] = ()) -> list[Draft]:
    """Return the month's on-site drafts with their joint groups: done together or not at all, not-to-join sites too.

    A joint filing's task is tied to one task of each partner at the site that it shares an open day with, of the same
    theme where there is one, and to that of a partner whose own joint filing names it back whatever the windows: where
    these do not meet, both are left out. `others` are the drafts of other months, or without a visit. A partner without
    a task that can come along is a finding that says why; where the theme must be joint and nobody joins, the task is
    removed. Themed tasks filed alone are tied to the same theme's tasks of others, and told.
    """
    by_site: dict[str, list[int]] = defaultdict(list)
    for place, draft in enumerate(drafts):
        if _can_be_tied(draft):
            by_site[draft.site.site_id].append(place)
    ties, beside = _Ties(), Beside(context, [*others, *(d for d in drafts if not _can_be_tied(d))])
    for places in by_site.values():
        for place in places:
            theme, required = theme_of(context, drafts[place])
            filing = next((f for f in drafts[place].filings if f.kind == "joint"), None)
            if filing is not None:
                _tie_filing(context, drafts, places, place, filing, ties, beside)
            elif required:
                ties.told.theme_alone(drafts[place].filings[0], theme, drafts[place].domain)
                _tie_theme(context, drafts, places, place, theme, ties)
        _tie_hazard(context, drafts, places, ties)
    for draft in drafts:
        for row in draft.filings:
            if row.kind == "joint" and not row.partners:
                ties.told.without_partners(row)
    kept = _settled(context, drafts, ties)
    ties.told.tell(context)
    return kept


def theme_of(context: Context, draft: Draft) -> tuple[str, bool]:
    """Return the draft's joint theme, and whether its annex says that the theme must be joint (A06-2.2.3a)."""
    themes = {item.theme for item in draft.items if item.theme} | {f.theme for f in draft.filings if f.theme}
    required = themes & context.law.words(JOIN_REQUIRED.id, "themes", draft.domain)
    return (min(required), True) if required else (min(themes, default=""), False)


def _can_be_tied(draft: Draft) -> bool:
    return draft.mode == "on_site" and not draft.unannounced and not draft.follows_fire


def _tie_filing(
    context: Context,
    drafts: Sequence[Draft],
    places: Sequence[int],
    place: int,
    filing: FilingRow,
    ties: _Ties,
    beside: Beside,
) -> None:
    draft = drafts[place]
    theme, required = theme_of(context, draft)
    alone: Why | None = None
    joined = False
    for partner in filing.partners:
        if _body(context, partner) == draft.parent:
            continue
        other = _partner_task(context, drafts, places, draft, partner, theme)
        if other is None:
            found = beside.task_of(draft, _body(context, partner), [drafts[p] for p in places])
            if found.window:
                ties.outside[place] = found
                joined = True
            else:
                ties.told.missing(filing, draft, partner, found, "none" if required else "alone")
                alone = alone or found.why
        elif undecided := _undecided(drafts[other], draft) if not _bound(context, drafts, other, place) else []:
            ties.told.undecided(filing, undecided, "alone")
        else:
            ties.tie(place, other)
            joined = True
    if required and not joined:
        ties.gone[place] = alone or Why(
            f"主题“{theme}”必须联合，没有其他主体的任务", f"theme '{theme}' must be joint; nobody joins"
        )


def _tie_theme(
    context: Context, drafts: Sequence[Draft], places: Sequence[int], place: int, theme: str, ties: _Ties
) -> None:
    """Tie a task whose theme must be joint, filed alone, to the others' tasks of its theme, and to those of the partner
    with whom a site of that tag is entered.
    """
    draft = drafts[place]
    partner = ""
    if theme in context.law.words(JOIN_REQUIRED.id, "hazard_tags", draft.domain):
        partner = context.law.text(JOIN_REQUIRED.id, "hazard_partner", draft.domain)
    others = [p for p in places if drafts[p].parent != draft.parent]
    themed = [p for p in others if theme_of(context, drafts[p])[0] == theme or drafts[p].domain == partner]
    company = [p for p in themed if meet(context, draft, drafts[p])]
    for other in company:
        ties.tie(place, other)
    if not company:
        zh, en = f"主题“{theme}”必须联合", f"theme '{theme}' must be joint"
        if themed:
            zh += f"，与{'、'.join(windows_of(drafts[p]) for p in themed)}没有共同的工作日"
            en += f"; no open day is shared with {', '.join(windows_of(drafts[p]) for p in themed)}"
        else:
            zh, en = f"{zh}，没有其他主体的任务", f"{en}; nobody joins"
        ties.gone[place] = Why(zh, en)


def _tie_hazard(context: Context, drafts: Sequence[Draft], places: Sequence[int], ties: _Ties) -> None:
    """Tie the office's task at a site that it enters together with its partner by the site's tag (A12-3.2.6c), to the
    partner's. Where they cannot come together each goes alone, and it is told.
    """
    leads = [p for p in places if _is_hazard(context, drafts[p])]
    if not leads:
        return
    first = min(leads, key=lambda p: (drafts[p].strength, drafts[p].order))
    partner = context.law.text(JOIN_REQUIRED.id, "hazard_partner", drafts[first].domain)
    theirs = [p for p in places if drafts[p].domain == partner and drafts[p].parent != drafts[first].parent]
    pairs = [(a, b) for a in leads for b in theirs if meet(context, drafts[a], drafts[b])]
    if not pairs:
        ties.told.hazard_apart(drafts[first], [drafts[p] for p in theirs])
        return
    one, other = min(pairs, key=lambda ab: [(drafts[p].strength, drafts[p].window[1], drafts[p].order) for p in ab])
    if undecided := _undecided(drafts[one], drafts[other]):
        ties.told.undecided(_leading([drafts[one]]), undecided, "alone")
    else:
        ties.tie(one, other)


def _is_hazard(context: Context, draft: Draft) -> bool:
    """Return whether the draft is the annex's own office's, at a site with a tag that asks for its partner."""
    tags = context.law.words(JOIN_REQUIRED.id, "hazard_tags", draft.domain)
    own = context.lookups.agency_domain.get(draft.parent) == draft.domain and not theme_of(context, draft)[1]
    return own and bool(tags & set(draft.site.tags))


def _partner_task(
    context: Context, drafts: Sequence[Draft], places: Sequence[int], draft: Draft, partner: str, theme: str
) -> int | None:
    """Return the partner's task that goes along: of the same theme first, then the one due first.

    Where none shares an open day, one whose own joint filing names this body back: it may not go without this one.
    """
    body = _body(context, partner)
    own = [p for p in places if drafts[p].parent == body and drafts[p].parent != draft.parent]
    near = [p for p in own if meet(context, drafts[p], draft)]
    near = near or [p for p in own if _names_back(context, drafts[p], draft)]
    same = [p for p in near if theme and theme_of(context, drafts[p])[0] == theme]
    return min(same or near, key=lambda p: (drafts[p].window[1], drafts[p].order), default=None)


def _body(context: Context, agency: str) -> str:
    return context.lookups.parents.get(agency, agency)


def _names_back(context: Context, other: Draft, draft: Draft) -> bool:
    """Return whether a joint filing of `other` names the body of `draft`."""
    return any(names(context, filing, draft.parent) for filing in other.filings)


def _bound(context: Context, drafts: Sequence[Draft], other: int, place: int) -> bool:
    """Return whether both sides want to be joint: the theme has to be, or the other's joint filing names this body."""
    return theme_of(context, drafts[place])[1] or _names_back(context, drafts[other], drafts[place])


def _undecided(*drafts: Draft) -> list[Draft]:
    """Return those whose agency has not decided to join at a site that is not to be joined."""
    return [d for d in drafts if d.site.join == "discouraged" and not d.opted_in]


def meet(context: Context, one: Draft, other: Draft) -> bool:
    """Return whether both could be done on one open day from the month's start on."""
    return _common(context, [one, other])[1] is not None


def _common(context: Context, members: Sequence[Draft], windows: Sequence[Window] = ()) -> tuple[Window, date | None]:
    """Return the window that all members, and `windows`, have in common, and its last open day, None without one."""
    reach = [(d.pinned, d.pinned) if d.pinned else d.window for d in members]
    low, high = max(w[0] for w in (*reach, *windows)), min(w[1] for w in (*reach, *windows))
    return (low, high), last_open_day(context, members[0].site, max(low, context.first), high)


def _settled(context: Context, drafts: Sequence[Draft], ties: _Ties) -> list[Draft]:
    """Return the drafts that stay, with their groups; what keeps a group from coming together is told."""
    out: list[Draft | None] = list(drafts)
    for place, why in ties.gone.items():
        if place not in ties.root and not drafts[place].pinned:
            remove_draft(context, drafts[place], "joint.partners", why)
            out[place] = None
    for group in ties.groups():
        places, outside = group, [ties.outside[p] for p in group if p in ties.outside]
        windows = [one.window for one in outside if one.window]
        window, day = _common(context, [drafts[p] for p in places], windows)
        if day is None:
            places = _unable(context, [drafts[p] for p in group], group, outside, ties.told)
        members = [drafts[p] for p in places]
        if day is None and outside:
            for p in places:
                remove_draft(context, drafts[p], "joint.partners", outside[0].why)
                out[p] = None
            continue
        if undecided := _undecided(*members):
            fixed = any(d.pinned for d in members)
            ties.told.undecided(_leading(members), undecided, "fixed" if fixed else "none")
            if fixed:
                continue
        for p in places:
            draft, start = drafts[p], drafts[p].window[0]
            if p in ties.outside:
                ties.told.waiting(_leading([draft]), draft, ties.outside[p])
            if outside and not draft.pinned:
                start = max(start, window[0])
            name = "J-" + min(filing for d in members for filing in d.filing_ids) if len(places) > 1 else ""
            out[p] = replace(
                draft,
                joint_group=name,
                rules=(*draft.rules, "joint.partners"),
                window=(start, draft.window[1]),
            )
    return [draft for draft in out if draft is not None]


def _unable(
    context: Context, members: Sequence[Draft], places: Sequence[int], outside: Sequence[Outside], told: Told
) -> list[int]:
    """Tell that `members` share no open day; return the places of those that stay tied, so that none of them is done.

    What is published stays on its date, and tasks that nobody filed as joint go without the others.
    """
    bound = [p for p, d in zip(places, members, strict=True) if _wants_company(context, d)]
    then = "none"
    if any(d.pinned for d in members):
        bound, then = [], "fixed"
    elif len(bound) + len(outside) < 2:
        bound, then = [], "alone"
    told.apart(_leading(members), members, outside, then)
    return bound


def _wants_company(context: Context, draft: Draft) -> bool:
    return theme_of(context, draft)[1] or any(filing.kind == "joint" for filing in draft.filings)


def _leading(members: Sequence[Draft]) -> FilingRow:
    return min((f for d in members for f in d.filings), key=lambda f: (f.kind != "joint", f.filing_id))

"""Fire's checks and those of others at its sites: where their windows do not meet, that is told before planning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from planner.intake.make.joint import meet
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.rulebook.offices import FIRE
from planner.rulebook.registry import Role, implements


@implements("fire.leads", Role.INTAKE)
def tell_apart(context: Context, now: Sequence[Draft], beside: Sequence[Draft]) -> None:
    """Tell of each fire filing at how many sites other bodies have tasks and none of them shares an open day with it.

    `beside` are on-site drafts of other months. A site where nobody else has filed anything is no fault of windows.
    """
    at: dict[str, list[Draft]] = defaultdict(list)
    for draft in (*now, *beside):
        if draft.mode == "on_site" and not draft.unannounced and not draft.follows_fire:
            at[draft.site.site_id].append(draft)
    told: dict[str, list[tuple[Draft, list[Draft]]]] = defaultdict(list)
    for draft in now:
        others = [other for other in at[draft.site.site_id] if other.parent != draft.parent] if draft.fire else []
        if others and not any(meet(context, draft, other) for other in others):
            told[draft.filing_ids[0]].append((draft, others))
    for filing, found in sorted(told.items()):
        draft, others = found[0]
        windows = "、".join(
            dict.fromkeys(f"{context.lookups.agencies[o.unit].name} {o.window[0]} 至 {o.window[1]}" for o in others)
        )
        context.notes.find(
            "law.fire-apart",
            draft.filings[0].ref,
            column="window_from",
            domain=FIRE,
            subjects=(filing, *(one.site.site_id for one, _ in found[:5])),
            filing=filing,
            count=len(found),
            site=draft.site.name,
            own=f"{draft.window[0]} 至 {draft.window[1]}",
            windows=windows,
        )

"""Two filings of one agency that ask the same item at one site make one task."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from planner.intake.month.drafts import Draft, sorted_items
from planner.rulebook.registry import Role, implements


@implements("merge.same-item", Role.INTAKE)
def merge_same_item(drafts: Iterable[Draft]) -> list[Draft]:
    """Return the drafts, those merged that share unit, site, domain, mode, skill, an item, and dates of their windows.

    The merged task keeps all items, filings and codes; its window is what the windows share, its strength and priority
    the higher. Drafts of one filing never merge: their items or their windows differ.
    """
    kept: list[Draft] = []
    by_key: dict[tuple[object, ...], list[Draft]] = defaultdict(list)
    for draft in drafts:
        key = (draft.site.site_id, draft.unit, draft.domain, draft.mode, draft.skill, draft.fire_items, draft.capped)
        by_key[(*key, draft.unannounced)].append(draft)
    for group in by_key.values():
        if len(group) == 1:
            kept.append(group[0])
            continue
        merged: list[Draft] = []
        for draft in sorted(group, key=lambda d: (d.window[1], d.order)):
            for place, other in enumerate(merged):
                if draft.item_ids & other.item_ids and draft.overlaps(other):
                    merged[place] = _merged(other, draft)
                    break
            else:
                merged.append(draft)
        kept += merged
    return sorted(kept, key=lambda d: d.order)


def _merged(one: Draft, other: Draft) -> Draft:
    return replace(
        one,
        items=sorted_items((*one.items, *other.items)),
        filings=tuple(sorted((*one.filings, *other.filings), key=lambda f: f.filing_id)),
        window=(max(one.window[0], other.window[0]), min(one.window[1], other.window[1])),
        strength=min(one.strength, other.strength),
        priority=max(one.priority, other.priority),
        rules=tuple(dict.fromkeys((*one.rules, *other.rules, "merge.same-item"))),
        drawn=one.drawn or other.drawn,
        needed=one.needed or other.needed,
    )

"""Ids of sites that stand in no row of their own: somebody has decided which site they mean."""

from __future__ import annotations

from collections.abc import Container, Iterable

from planner.intake.tables.records import IdentityRow


def aliases_said(rows: Iterable[IdentityRow], sites: Container[str]) -> dict[str, str]:
    """Return by alias the site that the decisions `rows` say it is; `sites` are the ids that have rows.

    An id with a row of its own is no alias but another row of the premises. One that two decisions give to two sites
    means neither.
    """
    said: dict[str, set[str]] = {}
    for row in rows:
        if row.verdict == "same" and row.site_id in sites and row.other_id not in sites:
            said.setdefault(row.other_id, set()).add(row.site_id)
    return {alias: next(iter(found)) for alias, found in said.items() if len(found) == 1}

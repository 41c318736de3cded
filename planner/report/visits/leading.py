"""Who leads a joint visit, and in which order its agencies check.

The district document says who leads in two cases only; all else here is this program's convention, printed as such on
the sheet, and the agencies may agree otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.report.visits.view import Party, VisitRow
from planner.rulebook.offices import cited

(THEME_CLAUSE,) = cited("theme-leads")
"""Culture and tourism draws up the joint plan of the themes that must be joint."""
(FIRE_CLAUSE,) = cited("fire-leads")
"""At key fire-safety units the fire service leads the industry's authority."""
KEY_UNIT = "消防重点单位"


@dataclass(frozen=True, slots=True)
class Lead:
    """The leading agency, the clause that says so and why ("theme", "fire"); both "" where it is our convention."""

    party: Party
    clause: str
    why: str


def lead_of(row: VisitRow) -> Lead:
    """Return who leads the visit.

    The agency whose tasks are a theme that must be joint (A06-2.2.3a); else the fire service on its own check of a key
    unit (A03-3.1b); else, by convention, the agency that stays longest, of equals the first by id.
    """
    themed = {task.id for task in row.tasks if task.joint_group and THEME_CLAUSE in task.clauses}
    fire = {task.id for task in row.tasks if task.fire and KEY_UNIT in row.site.tags}
    for chosen, clause, why in ((themed, THEME_CLAUSE, "theme"), (fire, FIRE_CLAUSE, "fire")):
        leaders = [party for party in row.parties if chosen.intersection(party.tasks)]
        if leaders:
            return Lead(min(leaders, key=_longest_first), clause, why)
    return Lead(min(row.parties, key=_longest_first), "", "")


def order_of(row: VisitRow) -> list[Party]:
    """Return the agencies in the order in which they check: the leading one, the fire service, then the longest stay.

    All arrive together; the order is for what cannot be done side by side. Fire comes early because what it finds may
    end the visit for everyone.
    """
    lead = lead_of(row).party
    fire = {task.id for task in row.tasks if task.fire}
    return sorted(row.parties, key=lambda p: (p.id != lead.id, not fire.intersection(p.tasks), _longest_first(p)))


def _longest_first(party: Party) -> tuple[int, str]:
    return -party.quarters, party.id

"""A task in the making: one agency has to check some items at one site within a window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from planner.domain.case import Strength, TaskInfo
from planner.domain.hashing import sha256_hex
from planner.intake.tables.records import FilingRow, ItemRow, SiteRow

STRENGTHS = {"mandatory": Strength.MANDATORY, "accepted": Strength.ACCEPTED, "optional": Strength.OPTIONAL}
RISKS = ("high", "medium", "low")


@lru_cache(maxsize=50_000)
def _id_of(content: tuple[object, ...]) -> str:
    """Return the id of a task of this content; it is asked several times for each."""
    return "T-" + sha256_hex(list(content))[:12]


@dataclass(slots=True)
class Draft:
    """One task before it is final. `mode` is "on_site", "off_site" or "summons"; `items` are sorted by id."""

    site: SiteRow
    unit: str
    parent: str
    domain: str
    items: tuple[ItemRow, ...]
    filings: tuple[FilingRow, ...]
    window: tuple[date, date]
    mode: str
    strength: Strength
    priority: int
    rules: tuple[str, ...]
    occurrence: int = 0
    skill: str = ""
    drawn: str = ""
    needed: bool = False
    unannounced: bool = False
    fire: bool = False
    fire_items: bool = False
    """Another agency's fire items."""
    follows_fire: bool = False
    joint_group: str = ""
    pinned: date | None = None
    capped: bool = True
    opted_in: bool = False
    outside_hours: bool = False
    day_share: int = 0
    """Minutes that one day holds of a stay that spans days, 0 where it fits a day."""
    waits_until: date | None = None
    taken: date | None = None
    clauses: tuple[str, ...] = field(default=())

    @property
    def item_ids(self) -> frozenset[str]:
        return frozenset(item.item_id for item in self.items)

    @property
    def filing_ids(self) -> tuple[str, ...]:
        return tuple(sorted(filing.filing_id for filing in self.filings))

    @property
    def minutes(self) -> int:
        return self.day_share or sum(item.minutes for item in self.items)

    @property
    def id(self) -> str:
        """Content id: the same task has the same id whatever the order of rows."""
        items = tuple(sorted(self.item_ids))
        content = (self.site.site_id, self.unit, self.domain, items, self.filing_ids, self.occurrence)
        return _id_of((*content, self.mode, self.skill, self.fire_items))

    @property
    def order(self) -> tuple[str, str, str, tuple[str, ...], int, tuple[str, ...], str]:
        """Sort key that does not depend on the order of rows."""
        site, items = self.site.site_id, tuple(sorted(self.item_ids))
        return (site, self.unit, self.domain, self.filing_ids, self.occurrence, items, self.mode)

    def overlaps(self, other: Draft) -> bool:
        """Return whether the windows share a date."""
        return self.window[0] <= other.window[1] and other.window[0] <= self.window[1]

    def task(self) -> TaskInfo:
        """Return the finished task."""
        return TaskInfo(
            id=self.id,
            site=self.site.site_id,
            unit=self.unit,
            domain=self.domain,
            items=tuple(sorted(self.item_ids)),
            filings=self.filing_ids,
            plan_codes=tuple(sorted({f.plan_code for f in self.filings if f.plan_code})),
            window=self.window,
            minutes=self.minutes,
            strength=self.strength,
            priority=self.priority,
            clauses=self.clauses,
            rows=tuple(sorted((f.ref for f in self.filings), key=lambda r: (r.table, r.place, r.row))),
            waits_until=self.waits_until,
            taken=self.taken,
            skill=self.skill,
            drawn=self.drawn,
            unannounced=self.unannounced,
            fire=self.fire,
            follows_fire=self.follows_fire,
            joint_group=self.joint_group,
            pinned=self.pinned,
            capped=self.capped,
            needed=self.needed,
            outside_hours=self.outside_hours,
            opted_in=self.opted_in,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """The items of one filing that one task at a site can hold: one domain, one skill, one mode, fire items apart.

    `fallback` marks off-site items that were filed on-site.
    """

    filing: FilingRow
    unit: str
    parent: str
    domain: str
    items: tuple[ItemRow, ...]
    mode: str
    skill: str
    fire_items: bool
    fallback: bool

    @property
    def above(self) -> bool:
        return self.filing.source == "above"


def sorted_items(items: Iterable[ItemRow]) -> tuple[ItemRow, ...]:
    """Return items by id, each once."""
    return tuple({item.item_id: item for item in sorted(items, key=lambda i: i.item_id)}.values())

"""The roster: people and working hours, which timetable and crews need in addition to the case.

Units: quarter-hours of the working day, 0 to 23; the first half-day is 0–11, the second 12–23. The break between them
is not working time. Days, sites and units are indexes of the case.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.domain.case import DAY_QUARTERS, BoolArray, IntArray
from planner.domain.hashing import sha256_hex

HALF_QUARTERS = DAY_QUARTERS // 2
"""Working time of a half-day."""


def touched_halves(start: int, quarters: int) -> tuple[int, ...]:
    """Return the half-days, 0 and 1, that a stay of `quarters` from `start` on touches."""
    first, second = start < HALF_QUARTERS, start >= HALF_QUARTERS or start + quarters > HALF_QUARTERS
    return (0,) * first + (1,) * second


@dataclass(frozen=True, slots=True)
class Inspector:
    """A certified officer (执法人员); auxiliary staff and third parties are none."""

    id: str
    name: str
    unit: str
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """What the quarters are called: each half-day's first minute of the day."""

    morning: int = 9 * 60
    afternoon: int = 13 * 60 + 30

    def label(self, quarter: int, *, end: bool = False) -> str:
        """Return `HH:MM` at which `quarter` begins; with `end`, at which a visit that lasts until then ends."""
        after_noon = quarter > HALF_QUARTERS if end else quarter >= HALF_QUARTERS
        minute = self.afternoon + (quarter - HALF_QUARTERS) * 15 if after_noon else self.morning + quarter * 15
        return f"{minute // 60:02d}:{minute % 60:02d}"


@dataclass(frozen=True, eq=False)
class Roster:
    """Shapes: I inspectors (sorted by unit, then id), D days, S sites, T tasks, U units of the case it goes with."""

    inspectors: tuple[Inspector, ...]
    unit_of: IntArray = field(repr=False)
    """[I] unit."""
    present: BoolArray = field(repr=False)
    """[I, D, 2] certified that day and on duty in that half of it."""
    recused: frozenset[tuple[int, int, int]] = field(repr=False)
    """(inspector, site, day): must not go there (回避)."""
    per_crew: IntArray = field(repr=False)
    """[U] inspectors that a unit sends to a visit at least (A07-8.2a: two)."""
    quiet: IntArray = field(repr=False)
    """[S, 24] what a quarter-hour of a visit costs beside its length where `minds_quiet` asks: 0 normally."""
    minds_quiet: BoolArray = field(repr=False)
    """[T] the task's annex asks to keep off peak hours (A01-3.4.4b, A04-3.4.4)."""
    business: BoolArray = field(repr=False)
    """[S, 24] business hours of a public gathering place: barred where `outside_hours` asks."""
    outside_hours: BoolArray = field(repr=False)
    """[T] the task's annex bars business hours there (A03-3.4.3b)."""
    balanced: BoolArray = field(repr=False)
    """[T] workload may steer who goes: its filing is no random draw (双随机)."""
    travel_quarters: int = 2
    """From a stay to the next one of the same half-day in another town."""
    start_step: int = 1
    """Visits start at multiples of this many quarters within each half-day."""
    clock: Clock = Clock()

    def of_unit(self, unit: int) -> range:
        """Return the indexes of the unit's inspectors."""
        low, high = self.unit_of.searchsorted([unit, unit + 1]).tolist()
        return range(low, high)

    def content_hash(self) -> str:
        """Return a hash of all that timetable and crews depend on; names of people are left out."""
        return sha256_hex(
            {
                "inspectors": [[i.id, i.unit, i.skills] for i in self.inspectors],
                "present": self.present.astype(int),
                "recused": sorted(self.recused),
                "per_crew": self.per_crew,
                "quiet": self.quiet,
                "minds_quiet": self.minds_quiet.astype(int),
                "business": self.business.astype(int),
                "outside_hours": self.outside_hours.astype(int),
                "balanced": self.balanced.astype(int),
                "travel": self.travel_quarters,
                "step": self.start_step,
                "clock": [self.clock.morning, self.clock.afternoon],
            }
        )

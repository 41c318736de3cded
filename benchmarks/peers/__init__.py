"""What people would pick instead: each peer solves the same case in the same time; the same checker judges it.

A peer is a function `solve(case, seconds, seed) -> Answer`. It has to honour what the families ask: windows, crews with
one set-up per unit and visit, gaps, caps and history, not-to-join marks, and tasks that may wait. Left-out tasks cost a
peer `LEFT_OUT_COST` × priority, an entry costs 1: steep enough that no peer gains by dropping a task for an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from planner.domain.case import Case, IntArray

LEFT_OUT_COST = (100_000, 1_000, 20)
"""Of a mandatory, an accepted, an optional task, per point of priority."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a peer hands in. `day` [T] is as in `Plan.day`, None where it found nothing in its time."""

    day: IntArray | None
    bound: float | None = None
    """Its own lower bound of Σ LEFT_OUT_COST · priority of what is left out + entries, among plans that leave out no
    more than its own."""
    first: float | None = None
    """Seconds to its first plan, where it tells."""
    own_entries: int | None = None
    """Entries, where they have to be counted the peer's own way instead of by site and date."""
    note: str = ""


Solve = Callable[[Case, float, int], Answer]


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer by name; `where` is module:function, imported only when it runs."""

    label: str
    where: str
    missing: str = ""
    """module:function that returns why the peer cannot run here, "" where it can."""

    def solve(self, case: Case, seconds: float, seed: int) -> Answer:
        """Return the peer's answer to `case` after about `seconds`."""
        answer: Answer = _named(self.where)(case, seconds, seed)
        return answer

    def why_missing(self) -> str:
        """Return why the peer cannot run here, "" where it can."""
        return str(_named(self.missing)()) if self.missing else ""


def _named(where: str) -> Callable[..., object]:
    module, _, name = where.partition(":")
    found: Callable[..., object] = getattr(import_module(module), name)
    return found


PEERS: Mapping[str, Peer] = MappingProxyType(
    {
        "alone": Peer("各自 agencies alone", "benchmarks.peers.uncoordinated:solve_alone"),
        "first-come": Peer("先到 first-come", "benchmarks.peers.uncoordinated:solve_first_come"),
        "cpsat": Peer("CP-SAT, textbook", "benchmarks.peers.cpsat:solve_textbook"),
        "cpsat-cuts": Peer("CP-SAT + site cuts", "benchmarks.peers.cpsat:solve_with_cuts"),
        "mip": Peer("MIP (HiGHS)", "benchmarks.peers.mip:solve_mip"),
        "timefold": Peer("Timefold", "benchmarks.peers.timefold:solve_timefold", "benchmarks.peers.timefold:missing"),
    }
)

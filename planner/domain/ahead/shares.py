"""What a stay takes of a crew's half-day at the least: whole-number tables that anyone can check by hand.

A crew's day is two half-days of twelve quarter-hours, and a stay that fits into one is not cut by the break between
them. So two stays of seven quarters do not share a half-day, however much time is left: plain hours see less than is
true. A table gives every length of a stay a weight, so that whatever fits into a half-day weighs no more than `room`
(dual feasible functions, Fekete and Schepers 2001). Sums of weights then bound what any timetable can hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.case import DAY_QUARTERS

HALF_QUARTERS = DAY_QUARTERS // 2


@dataclass(frozen=True, slots=True)
class Share:
    """`weight[q]` is what a stay of q quarter-hours (0 to 24) takes of a crew's half-day, out of `room`."""

    name: str
    room: int
    weight: tuple[int, ...]
    always: bool = False
    """It is a matter of time alone, and holds of a stay across the break, too, whoever stays longer beside it."""


def _with_long_stays(name: str, room: int, short: list[int]) -> Share:
    """Return the table with stays that cross the break: what is left beside them in both half-days is not theirs."""
    weight = list(short)
    for q in range(HALF_QUARTERS + 1, DAY_QUARTERS + 1):
        left = DAY_QUARTERS - q
        beside = max(short[s] + short[left - s] for s in range(left + 1))
        weight.append(max(0, 2 * room - beside))
    return Share(name, room, tuple(weight), name == "hours")


def _parts(k: int) -> Share:
    """Return the table that rounds to k parts of a half-day: a stay of more than 1/(k+1) of it takes 1/k, and so on."""
    short = []
    for q in range(HALF_QUARTERS + 1):
        whole, rest = divmod((k + 1) * q, HALF_QUARTERS)
        short.append(k * whole if rest == 0 else (k + 1) * whole)
    return _with_long_stays(f"parts-{k}", k * (k + 1), short)


HOURS = _with_long_stays("hours", HALF_QUARTERS, list(range(HALF_QUARTERS + 1)))
SHARES = (HOURS, _parts(1), _parts(2), _parts(3))
"""Plain hours; stays of more than half a half-day, of more than a third, of more than a quarter of it."""


def walked(travel: int) -> Share:
    """Return hours with half the way to another town, `travel` quarters, to every stay: a guess, not a bound."""
    half = travel // 2
    room = HALF_QUARTERS + half
    weight = (0, *(min(q + half * (1 + (q > HALF_QUARTERS)), 2 * room) for q in range(1, DAY_QUARTERS + 1)))
    return Share("walked", room, weight, always=True)

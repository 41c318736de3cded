"""Start times close to those already announced: a visit that lost its crew gets another, and as few other visits as
possible move for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice, permutations

from planner.domain.duty import NO_START, Stay
from planner.domain.plan import Visit
from planner.solve.day.arrays import crews_on
from planner.solve.day.month_times import Housed, MonthTimes, Place
from planner.solve.day.timetable import DayTimes, time_day

OTHERS = 3
"""Visits that make room for one at most."""
TRIES = 1_500
"""Ways of making room that are tried for one, fewest visits first."""


def settle(board: MonthTimes) -> None:
    """Give each visit without a crew, longest first, a free one at its start, else a gap of its day, else one for which
    others of its short units find other gaps. Whoever finds none stays without a crew.
    """
    homeless = [found for entry, found in board.visits.items() if board.lacking(entry)]
    for visit, stays in sorted(homeless, key=lambda found: (-found[0].quarters, found[0].id)):
        was, short = board.place_of((visit.site, visit.day)), board.lacking((visit.site, visit.day))
        board.take_out(visit, stays)
        if not _entered(board, visit, stays, was) and not _entered_for_others(board, visit, stays, was, short):
            board.put(visit, stays, was)


def timed_near(board: MonthTimes, day: int, seed: int) -> DayTimes:
    """Return times for a day on which some visits have no crew: only visits of the units that are short start anew,
    unless that does not fit.
    """
    held = [visit for (_, d), (visit, _) in sorted(board.visits.items()) if d == day]
    short = {unit for visit in held for unit in board.lacking((visit.site, day))}
    fixed = {visit.id: board.start[visit.site, day] for visit in held if short.isdisjoint(visit.units)}
    times = time_day(board.case, board.roster, held, day, None, seed, fixed)
    return time_day(board.case, board.roster, held, day, None, seed) if times.cuts else times


def enter_near(board: MonthTimes, times: DayTimes) -> None:
    """Enter a day that was timed anew; whoever can goes back to the start and the crews of before."""
    held = sorted((found for (_, day), found in board.visits.items() if day == times.day), key=lambda one: one[0].site)
    before = [board.place_of((visit.site, visit.day)) for visit, _ in held]
    for one in held:
        board.take_out(*one)
    board.enter_day(held, crews_on(board.roster, [stay for _, stays in held for stay in stays], times.day), times)
    after = [board.place_of((visit.site, visit.day)) for visit, _ in held]
    rows = list(zip(held, before, after, strict=True))
    others = {
        stay.unit
        for (_, stays), was, now in rows
        for stay, number in zip(stays, was.crews, strict=True)
        if was.start != now.start or number == NO_START
    }
    for (visit, stays), was, now in rows:  # a unit whose visits all start as before keeps its crews as they were
        crews = zip(stays, was.crews, now.crews, strict=True)
        board.take_out(visit, stays)
        board.put(visit, stays, Place(now.start, tuple(new if s.unit in others else old for s, old, new in crews)))
    moved = True
    while moved:
        moved = False
        for (visit, stays), was in zip(held, before, strict=True):
            now = board.place_of((visit.site, visit.day))
            board.take_out(visit, stays)
            then = board.place_near(visit, stays, was) or now
            nearer = _likeness(then, was) > _likeness(now, was)
            board.put(visit, stays, then if nearer else now)
            moved = moved or nearer


def _likeness(place: Place, was: Place) -> tuple[bool, int]:
    return place.start == was.start, sum(a == b for a, b in zip(place.crews, was.crews, strict=True))


def _entered(board: MonthTimes, visit: Visit, stays: tuple[Stay, ...], was: Place) -> bool:
    """Enter a visit at its start, else in its best gap; return whether there was one."""
    place = board.place_near(visit, stays, was)
    if place is None:
        found = board.best_place(visit, stays)
        place = found[1] if found else None
    if place is not None:
        board.put(visit, stays, place)
    return place is not None


def _entered_for_others(
    board: MonthTimes, visit: Visit, stays: tuple[Stay, ...], was: Place, short: Sequence[int]
) -> bool:
    """Enter a visit where others of the units `short` make room and find gaps themselves; return whether that is."""
    others = [found for found in board.on_day(visit.day, short) if not board.lacking((found[0].site, visit.day))]
    ways = chain.from_iterable(permutations(others, n) for n in range(1, OTHERS + 1))
    for chosen in islice(ways, TRIES):
        before = [board.place_of((other.site, other.day)) for other, _ in chosen]
        for housed in chosen:
            board.take_out(*housed)
        done: list[Housed] = []
        for (one, its_stays), place in zip(((visit, stays), *chosen), (was, *before), strict=True):
            if not _entered(board, one, its_stays, place):
                break
            done.append((one, its_stays))
        else:
            return True
        for housed in done:
            board.take_out(*housed)
        for (one, its_stays), place in zip(chosen, before, strict=True):
            board.put(one, its_stays, place)
    return False

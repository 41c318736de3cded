"""The levels of a plan, each with its bound, its gap and what proves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from planner.checks.certificate import worst_site_bound
from planner.domain.case import IntArray
from planner.domain.errors import MismatchError
from planner.domain.plan import Objective, Plan
from planner.domain.result import DECISIVE_LEVELS, DISTURBANCE, LEVELS, Level, PriceList, Status
from planner.solve.exact.cpsat import Cancel
from planner.solve.prices.bound import certify, gentlest_costs, level_values, start_of
from planner.solve.site.arrays import SiteArrays


def levels_with_proof(
    arrays: SiteArrays,
    objective: Objective,
    plan: Plan,
    rounds: int,
    solver_bound: Mapping[str, int],
    known: Iterable[PriceList] = (),
    cancel: Cancel = lambda: False,
    prices: IntArray | None = None,
) -> tuple[tuple[Level, ...], tuple[PriceList, ...]]:
    """Return the levels of `plan` with their bounds, and the certificates, each from at most `rounds` of generation.

    `solver_bound` is CP-SAT's word by level; `known` are certificates to be kept where they speak of this plan;
    `prices` [R, D] are those of a program over all levels, in 1/SCALE of an entry. All bounds hold whichever waiting
    tasks the month takes (`Case.released`).
    """
    values = level_values(objective)
    given: dict[str, PriceList] = {}
    for certificate in known:
        fits = certificate.achieved == values[: len(certificate.achieved)]
        if fits and (certificate.level not in given or certificate.bound > given[certificate.level].bound):
            given[certificate.level] = certificate
    whole = arrays.proof
    if whole is not arrays:
        solver_bound = {}  # it speaks of plans that take the same waiting tasks
    certificates: list[PriceList] = []
    for n, name in enumerate(LEVELS):
        found = given.get(name)
        if found is None:
            asked = 0 if values[n] == 0 else rounds
            most = min(asked, 8) if n == DISTURBANCE else asked
            found = certify(whole, objective, name, plan.day, most, start=start_of(prices, n), cancel=cancel)
        certificates.append(found)
    levels = [
        level_of(name, values[n], certificates[n].bound, solver_bound.get(name), certificates[n].stopped)
        for n, name in enumerate(LEVELS)
    ]
    worst = worst_site_bound(gentlest_costs(whole).tolist(), values)
    levels.append(level_of("worst_site", objective.worst_site, worst, None))
    return tuple(levels), tuple(certificates)


def status_of(levels: Iterable[Level]) -> Status:
    """Return OPTIMAL where left-out tasks and entries are proven least."""
    return Status.OPTIMAL if all(lv.gap == 0 for lv in levels if lv.name in DECISIVE_LEVELS) else Status.FEASIBLE


def level_of(name: str, value: int, certified: int | None, solver: int | None, stopped: str = "") -> Level:
    """Return a level with its gap; `stopped` as in `PriceList`. Raises MismatchError if a bound is above the value."""
    bounds = [b for b in (certified, solver) if b is not None]
    best = max(bounds, default=None)
    if best is not None and best > value:
        raise MismatchError(f"{name}: a plan of value {value} is below the proven bound {best}")
    gap = None if best is None else (value - best) / value if value else 0.0
    proven = "certificate" if certified == value else "solver" if solver == value else ""
    return Level(name, value, certified, solver, gap, proven, stopped if gap else "")

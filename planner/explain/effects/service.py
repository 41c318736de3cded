"""Fewest entries that serve given requirements: a certified bound and a lawful plan, in a case of them alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.checks import is_lawful
from planner.checks.effects import Held
from planner.checks.objective import objective_of
from planner.checks.same_service import case_of_service
from planner.domain.case import BoolArray, Case, IntArray
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import ENTRIES, PriceList
from planner.solve.prices.bound import level_values
from planner.solve.repair.bounds import prove_level
from planner.solve.repair.carry import carried_lists
from planner.solve.site.arrays import SiteArrays, site_arrays
from planner.solve.site.sweeps import Sweeper, chase, free_sites, plan_weights

ROUNDS = 6
"""Rounds of column generation where the bound is open."""
CHAINS = 40


@dataclass(frozen=True, eq=False)
class Served:
    """A case of some requirements alone, its best known plan, and the certificate that holds it from below."""

    case: Case
    day: IntArray
    certificate: PriceList
    arrays: SiteArrays

    @property
    def held(self) -> Held:
        """Return where the fewest entries lie, month and later together."""
        return Held(self.certificate.bound, objective_of(self.case, Plan(self.day)).all_entries)


def serve(
    case: Case, chosen: BoolArray, days: Iterable[IntArray], lists: Sequence[tuple[Case, Sequence[PriceList]]]
) -> Served | None:
    """Return the case of the `chosen` tasks [T] of `case`, which has no half-day rows, bounded; None without a plan.

    `days` [T] are plans of `case` to try, `lists` price lists with the cases that they speak of.
    """
    part = case_of_service(case, chosen)
    plans = [day[chosen] for day in days]
    lawful = [day for day in plans if (day != LEFT_OUT).all() and is_lawful(part, Plan(day))]
    if not lawful:
        return None
    best = min(lawful, key=lambda day: objective_of(part, Plan(day)).key())
    known = [one for of, some in lists for one in carried_lists(plain_lists(some), of, part) if one.level == "entries"]
    arrays = site_arrays(part)
    found = _bounded(arrays, best, known, 0)
    if found.held.proven:
        return found
    sweeper = Sweeper(arrays, plan_weights(part))
    _, wanted = sweeper.quote()
    board = chase(
        sweeper, sweeper.board_of(best), free_sites(arrays), sweeper.measure(wanted), np.random.default_rng(0), CHAINS,
        look_up=True, sideways=False,
    )  # fmt: skip
    if (board.day != LEFT_OUT).all() and is_lawful(part, Plan(board.day)):
        best = board.day
    return _bounded(arrays, best, [found.certificate, *known], ROUNDS)


def _bounded(arrays: SiteArrays, day: IntArray, known: Sequence[PriceList], rounds: int) -> Served:
    case = arrays.case
    values = level_values(objective_of(case, Plan(day)))
    return Served(case, day, prove_level(arrays.proof, ENTRIES, values, day, known, rounds), arrays)


def plain_lists(lists: Sequence[PriceList]) -> list[PriceList]:
    """Return the lists without their rows of half-days, which the case of a part does not have."""
    return [
        replace(one, prices=one.prices[: len(one.prices) - len(one.half_rows)], half_rows=()) if one.half_rows else one
        for one in lists
    ]

"""What old prices prove of a changed case: one pass of the kernel for each list, column generation only where asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from planner.domain.case import Case, IntArray
from planner.domain.errors import CertificateError
from planner.domain.result import ENTRIES, LEVELS, PriceList
from planner.solve.prices.bound import Generation
from planner.solve.prices.master import SCALE, level_weights
from planner.solve.site.arrays import SiteArrays

MOST = 1 << 62
"""Sums of 64-bit numbers that may come to so much are refused."""
MOST_OF_A_VISIT = 1 << 54
"""What a lawful visit may cost at most: the kernel takes dearer ones for unlawful."""


def prove_level(
    arrays: SiteArrays,
    level: int,
    values: tuple[int, ...],
    day: IntArray,
    known: Sequence[PriceList],
    rounds: int = 0,
    cancel: Callable[[], bool] = lambda: False,
) -> PriceList:
    """Return the best certificate of a level that `known` lists, zeros, and `rounds` of column generation give.

    `day` [T] is a plan with `values` on LEVELS; `known` are lists in the shape of the case, of this level or others.
    Lists whose sums might not fit into 64 bits are left out.
    """
    generation = Generation(arrays, LEVELS[level], values, day)
    for prices, factors in _candidates(arrays.case, level, known, generation.factors):
        if generation.bound >= values[level]:
            break
        try:
            require_whole_numbers(arrays.case, level, prices, factors, values[:level])
        except CertificateError:
            continue
        generation.try_prices(prices, factors)
    if rounds and generation.bound < values[level]:
        generation.run(rounds, cancel=cancel)
    return generation.price_list()


def _candidates(
    case: Case, level: int, known: Sequence[PriceList], own: IntArray
) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield prices and multipliers to try. Cells that are too full hold prices of left-out tasks in a list of entries;
    clipped at one entry a stay they may prove more.
    """
    for one in known:
        if one.level != LEVELS[level] or one.scale != SCALE or len(one.multipliers) != level:
            continue
        factors = np.array(one.multipliers, dtype=np.int64)
        yield one.prices, factors
        yield one.prices, own
        if level == ENTRIES:
            yield np.minimum(one.prices, SCALE // _least_stays(case)[:, None]), own


def _least_stays(case: Case) -> IntArray:
    """Return [R] the least that a stay takes of each row, 1 where nobody asks for it."""
    least = np.full(len(case.capacity), 1, dtype=np.int64)
    stays = case.quarters + case.setup[case.unit_of]
    for row_of in case.row_of.T:
        for r in np.unique(row_of[row_of >= 0]).tolist():
            taken = min(case.loaded(r, int(stay)) for stay in np.unique(stays[row_of == r]).tolist())
            least[r] = max(1, taken)
    return least


def require_whole_numbers(
    case: Case, level: int, prices: IntArray, factors: IntArray, achieved: tuple[int, ...]
) -> None:
    """Raise CertificateError where prices and multipliers might overflow 64-bit sums. The test is in exact numbers."""
    weights, most = level_weights(case, level, factors, pinned=0), int(prices.max(initial=0))
    paid = sum(int(p) * int(c) for p, c in zip(prices.ravel(), case.capacity.ravel(), strict=True) if p)
    kept = sum(int(m) * a for m, a in zip(factors, achieved, strict=True))
    dropped = sum(map(int, weights.drop.tolist()))
    widest = max([24, *(max(row.weights) for row in case.half_rows)])
    if paid + kept + dropped + case.n_tasks * weights.entry >= MOST:
        raise CertificateError("the price list's sums do not fit into 64 bits")
    if most * widest * case.row_of.shape[1] + dropped // max(1, len(case.sites)) >= MOST_OF_A_VISIT:
        raise CertificateError("a price is too high for whole numbers of 64 bits")

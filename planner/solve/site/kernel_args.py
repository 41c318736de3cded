"""Arguments of the compiled kernels: arrays that belong together, in a few named tuples.

T tasks, S sites, D days, R capacity rows, B = sum of 2**k over sites of k tasks, as in `SiteArrays`. Loads of tasks are
`planner.solve.site.visits.Loads`, groups with several dates are `planner.solve.site.gaps.Gaps`.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb

from planner.domain.case import BoolArray, IntArray


class Shape(NamedTuple):
    """Where each site's tasks and subsets are: its tasks from start[s] on, its subset m at offset[s] + m."""

    start: IntArray
    """[S+1] in the order of the tasks."""
    size: IntArray
    """[S] tasks that the kernel sees, the first of the site."""
    offset: IntArray
    """[S+1] in the order of the subsets."""


class Lawful(NamedTuple):
    """Which visits are lawful, as in `SiteArrays`."""

    allowed: BoolArray
    """[T, D]"""
    may_share: BoolArray
    """[B]"""
    closes: IntArray
    """[B] a bit for each task of the site."""
    last_wait: IntArray
    """[T] index of a day."""


class Turn(NamedTuple):
    """Who chooses again in a sweep, and what happens to the loads meanwhile."""

    order: IntArray
    """The sites, one after the other."""
    only_overbooked: bool
    """A site chooses again only if one of its cells is above its limit."""
    placed: int
    """1: the plan's load is in `Market.use` and each site's leaves it while it chooses; 2: a first plan, loads are only
    added; 0: the sites only quote their cheapest pattern, loads stay as they are."""


class Site(NamedTuple):
    """One site: its number and where what is its own stands. Of whole numbers alone, which cost no counting
    of references where kernels hand it on to each other."""

    number: int
    first: int
    """Its first task."""
    k: int
    """Tasks that the kernel sees."""
    base: int
    """Its first subset."""
    dim_from: int
    """Its first group of `Gaps`."""
    dim_to: int
    """The group after its last."""
    whole: bool
    """The kernel sees all of its tasks."""


@nb.njit(cache=True)
def site_at(s, shape, gaps):  # type: ignore[no-untyped-def]
    """Return site s."""
    whole = shape.start[s + 1] - shape.start[s] == shape.size[s]
    return Site(s, shape.start[s], shape.size[s], shape.offset[s], gaps.start[s], gaps.start[s + 1], whole)


class Costs(NamedTuple):
    """What is minimised, in kernel units."""

    entry: int
    """Per entry."""
    fire_alone: int
    """Per visit of fire without another body, and per site at which fire waits."""
    disturbance: int
    """Per quarter-hour, preparation included."""
    drop: IntArray
    """[T] per left-out task."""
    prep: int
    """Quarter-hours that a site prepares for a visit."""
    sensitivity: IntArray
    """[S, D] factor of the disturbance."""
    fire: BoolArray
    """[T] of the fire service."""
    company: IntArray
    """[T] its agency as company for fire, NONE for a task that only follows fire."""
    tail_cost: IntArray
    """[B + more] the cheapest end of a pattern with a left-over subset (see `Tails`)."""
    tail_wait: IntArray
    """[B + more] the part of it that waits, a bit for each task."""


class Market(NamedTuple):
    """What sites choose at: the capacity rows, how full they are, and what a quarter-hour of them costs."""

    prices: IntArray
    """[R, D] kernel units per quarter-hour."""
    use: IntArray
    """[R, D] quarter-hours taken."""
    limit: IntArray
    """[R, D] quarter-hours there are."""
    n_units: int
    """The first rows are the units' own: a visit lasts as long as its longest stay there."""
    over_price: int
    """Where above 0, each quarter-hour above `limit` − `use` costs so much more."""
    hard: bool
    """A quarter-hour above `limit` − `use` is forbidden."""

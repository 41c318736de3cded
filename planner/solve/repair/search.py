"""Repair: only sites that a change touches choose again, at the prices that stand; neighbours make room by chains.

What the change leaves lawful stays on its day. The bound comes from the old price lists in one pass of the kernel a
level; where that meets the plan on every level the work is done. Else column generation looks for better prices, and
all sites that cost more than they should may move.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import process_time

import numpy as np

from planner.checks import check_plan
from planner.checks.objective import objective_of
from planner.domain.case import BoolArray, Case, IntArray
from planner.domain.plan import LATER, LEFT_OUT, Objective, Plan
from planner.domain.result import DECISIVE_LEVELS, LEVELS, Level, PriceList, Status
from planner.solve.exact.cpsat import combined_model, plan_of, run_combined
from planner.solve.levels import levels_with_proof, status_of
from planner.solve.prices.bound import level_values
from planner.solve.prices.master import SCALE
from planner.solve.repair.bounds import prove_level
from planner.solve.search.least_gives_way import pins_missing
from planner.solve.site.arrays import SiteArrays, site_arrays
from planner.solve.site.sweeps import ENTRY, Board, Sweeper, chase, free_sites, improve, legalise, plan_weights

Cancel = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class RepairWork:
    """How much a repair does at most; never seconds, so that it can be repeated."""

    pressing: int = 60
    """Sweeps in which sites on overbooked crew-days give way."""
    chains: int = 60
    """Rounds of chains for sites that the change left worse off."""
    wide_chains: int = 120
    """Rounds of chains for all sites, where the first bound stays open."""
    bound_rounds: int = 8
    """Rounds of column generation on each open level."""
    exact: float = 0.5
    """CP-SAT deterministic time for sites that the kernel does not plan, and for tasks to stay on their days."""
    near_sites: int = 40
    """So many sites at most are asked whether their tasks could stay on their days at no cost."""


@dataclass(frozen=True, eq=False)
class Repaired:
    """A lawful plan of the changed case, with its bounds. `plan` is None where only a whole match can tell.

    `touched` are the sites [N] that the change concerns: what stood there is not lawful any more, something there has
    no day yet, or it stands on a crew-day that is overbooked now. `moved` are the tasks [M] that had a day and have
    another, or none, now. `widened` says that other sites were let move too. `seconds` is processor time by step.
    """

    plan: Plan | None
    objective: Objective | None
    status: Status
    levels: tuple[Level, ...]
    certificates: tuple[PriceList, ...]
    touched: IntArray
    moved: IntArray
    widened: bool = False
    seconds: dict[str, float] = field(default_factory=dict)


def repair(
    case: Case,
    day: IntArray,
    known: Sequence[PriceList] = (),
    new: BoolArray | None = None,
    seed: int = 0,
    work: RepairWork | None = None,
    cancel: Cancel = lambda: False,
    slack: Sequence[int] = (0,) * len(DECISIVE_LEVELS),
) -> Repaired:
    """Return a plan of `case` near `day` [T], a plan of it that the change may have made unlawful.

    `new` [T] are tasks that have no day because nothing stood for them before, None for none.

    `known` are price lists in the shape of the case (`planner.solve.repair.carry`); with their bounds unknown they may
    come from any other case. `slack` are the gaps, by level down to entries, that stood before the change: no more
    is asked for, so that a repair does not go on with work that the plan's own run had left. Deterministic
    unless cancelled.
    """
    limits, seconds, mark = work or RepairWork(), dict[str, float](), process_time()
    arrays, rng = site_arrays(case), np.random.default_rng(seed)
    sweeper = Sweeper(arrays, plan_weights(case))
    seconds["arrays"] = process_time() - mark
    mark = process_time()
    touched = touched_sites(arrays, day, new)
    board = sweeper.board_of(np.where(np.isin(case.site_of, touched), LEFT_OUT, day))
    concerned = np.union1d(touched, sweeper.overbooked(board)).astype(np.int64)
    prices = _kernel_prices(case, known)
    _seat(arrays, sweeper, board, touched, prices, limits, seed, rng)
    if pins_missing(case, board.day) or check_plan(case, Plan(board.day)):
        return Repaired(None, None, Status.OUT_OF_TIME, (), (), concerned, touched[:0], seconds=seconds)
    board = _regain(sweeper, board, day, limits, rng, cancel)
    seconds["repair"] = process_time() - mark
    mark = process_time()
    lists = _proofs(arrays, board.day, known, 0, cancel)
    seconds["certificate"] = process_time() - mark
    widened = not _met(case, board.day, lists, slack) and not cancel()
    if widened:
        mark = process_time()
        board, lists = _widen(arrays, sweeper, board, known, lists, limits, rng, cancel, slack)
        seconds["widened"] = process_time() - mark
    mark = process_time()
    proven_for, board = board.day, _stay(arrays, sweeper, board, day, limits, seed)
    seconds["stay"] = process_time() - mark
    mark = process_time()
    plan = Plan(board.day)
    objective = objective_of(case, plan)
    if not np.array_equal(proven_for, plan.day):
        lists = _proofs(arrays, plan.day, (*lists, *known), 0, cancel)
    lists += _proofs(arrays, plan.day, known, 0, cancel, LEVELS[len(DECISIVE_LEVELS) :])
    levels, certificates = levels_with_proof(arrays, objective, plan, 0, {}, lists, cancel)
    seconds["levels"] = process_time() - mark
    had = (day >= 0) | (day == LATER)
    moved = np.flatnonzero(had & (board.day != day)).astype(np.int64)
    return Repaired(plan, objective, status_of(levels), levels, certificates, concerned, moved, widened, seconds)


def touched_sites(arrays: SiteArrays, day: IntArray, new: BoolArray | None = None) -> IntArray:
    """Return the sites at which `day` [T] cannot stay: it breaks a rule there, or a task there is `new` [T].

    Crews that are too few concern whoever stands there; they are the search's matter, and no site is named for them.
    """
    case = arrays.case
    placed = day >= 0
    bad = placed & ~arrays.allowed[np.arange(case.n_tasks), np.maximum(day, 0)]
    found = set(case.site_of[bad if new is None else bad | new].tolist())
    site, task = {s.id: n for n, s in enumerate(case.sites)}, {t.id: n for n, t in enumerate(case.tasks)}
    units = {u.id for u in case.units}
    for broken in check_plan(case, Plan(day)):
        if broken.subjects and broken.subjects[0] in units:
            continue
        found |= {site[name] for name in broken.subjects if name in site}
        found |= {int(case.site_of[task[name]]) for name in broken.subjects if name in task}
    return np.array(sorted(found), dtype=np.int64)


def _kernel_prices(case: Case, known: Sequence[PriceList]) -> IntArray:
    """Return [R, D] what the list of entries asks for a quarter-hour, in the kernel's units."""
    of_entries = next((one.prices for one in known if one.level == "entries"), None)
    if of_entries is None:
        return np.zeros(case.capacity.shape, dtype=np.int64)
    return np.minimum(of_entries, SCALE) * ENTRY // SCALE


def _seat(
    arrays: SiteArrays, sweeper: Sweeper, board: Board, touched: IntArray, prices: IntArray, work: RepairWork,
    seed: int, rng: np.random.Generator,
) -> None:  # fmt: skip
    """Give the touched sites days, and let whoever stands on an overbooked crew-day make room."""
    case, free = arrays.case, free_sites(arrays)
    for s in touched[arrays.outside[touched]].tolist():
        one = np.array([s], dtype=np.int64)
        limit = np.maximum(case.plan_capacity - board.use, 0)
        found = run_combined(arrays, one, limit, board.day, work.exact, seed, None).day
        if found is not None:
            board.day[:] = found
            board.use += sweeper.load_of(one, board.day)
    sweeper.run(board, touched[~arrays.outside[touched]], prices=prices, over_price=ENTRY // 40)
    memory, over_price = prices.copy(), ENTRY // 40
    for _ in range(work.pressing):
        over = np.maximum(board.use - case.plan_capacity, 0)
        if not over.any():
            return
        memory += np.minimum(over, 24) * (ENTRY // 200)
        over_price = min(over_price * 23 // 20, ENTRY)
        asked = sweeper.overbooked(board)
        asked = rng.permutation(asked[~arrays.outside[asked]])
        sweeper.run(board, asked, prices=memory, over_price=over_price, only_overbooked=True)
    legalise(sweeper, board, rng, free)


def _regain(
    sweeper: Sweeper, board: Board, day: IntArray, work: RepairWork, rng: np.random.Generator, cancel: Cancel
) -> Board:
    """Return a better board: sites that have other days than in `day` [T] look for what they could have at best."""
    case, value = sweeper.case, sweeper.measure(board.day)
    _, wanted = sweeper.quote()
    floor = sweeper.measure(wanted)
    changed = np.zeros(len(case.sites), dtype=np.bool_)
    changed[case.site_of[board.day != day]] = True
    sites = free_sites(sweeper.arrays)
    own = sites[changed[sites]]
    improve(sweeper, board, own, rng, 2)
    floor = np.where(changed, floor, np.maximum(floor, value))
    return chase(sweeper, board, sites, floor, rng, work.chains, cancel, look_up=True, sideways=False)


def _proofs(
    arrays: SiteArrays, day: IntArray, known: Sequence[PriceList], rounds: int, cancel: Cancel,
    names: Sequence[str] = DECISIVE_LEVELS,
) -> tuple[PriceList, ...]:  # fmt: skip
    """Return the best list for each of the levels; rounds of column generation are spent on those that stay open."""
    whole, values = arrays.proof, level_values(objective_of(arrays.case, Plan(day)))
    fits = tuple(one for one in known if one.prices.shape == whole.case.capacity.shape)
    return tuple(prove_level(whole, LEVELS.index(name), values, day, fits, rounds, cancel) for name in names)


def _met(case: Case, day: IntArray, lists: Sequence[PriceList], slack: Sequence[int]) -> bool:
    """Return whether each level down to entries is as near to its bound as `slack` says."""
    values = level_values(objective_of(case, Plan(day)))
    return all(one.bound + slack[n] >= values[n] for n, one in enumerate(lists[: len(DECISIVE_LEVELS)]))


def _widen(
    arrays: SiteArrays, sweeper: Sweeper, board: Board, known: Sequence[PriceList], lists: tuple[PriceList, ...],
    work: RepairWork, rng: np.random.Generator, cancel: Cancel, slack: Sequence[int],
) -> tuple[Board, tuple[PriceList, ...]]:  # fmt: skip
    """Return a board no worse and better lists: prices are looked for first, then all sites may make room."""
    lists = _proofs(arrays, board.day, (*lists, *known), work.bound_rounds, cancel)
    if _met(arrays.case, board.day, lists, slack):
        return board, lists
    _, wanted = sweeper.quote()
    sites, floor = free_sites(arrays), sweeper.measure(wanted)
    better = chase(sweeper, board, sites, floor, rng, work.wide_chains, cancel, look_up=True, sideways=False)
    return better, _proofs(arrays, better.day, (*lists, *known), work.bound_rounds, cancel)


def _stay(arrays: SiteArrays, sweeper: Sweeper, board: Board, day: IntArray, work: RepairWork, seed: int) -> Board:
    """Return a board worth the same in which as many tasks as possible of the sites that moved are on their old days.

    An exact model of these sites in what all others leave; what it finds is taken only where it costs no level more.
    """
    case = arrays.case
    moved = np.unique(case.site_of[(board.day != day) & (day != LEFT_OUT)])
    if not 0 < len(moved) <= work.near_sites:
        return board
    limit = np.maximum(case.plan_capacity - board.use + sweeper.load_of(moved, board.day), 0)
    hint = np.where(np.isin(case.site_of, moved), day, board.day)
    model, _ = combined_model(arrays, moved, limit, hint, near=True)
    found = plan_of(model, board.day, work.exact, seed, None, True).day
    if found is None or check_plan(case, Plan(found)):
        return board
    now, then = (objective_of(case, Plan(d)) for d in (board.day, found))
    fewer = np.count_nonzero(found != day) < np.count_nonzero(board.day != day)
    if fewer and then.key()[: len(DECISIVE_LEVELS)] <= now.key()[: len(DECISIVE_LEVELS)]:
        return sweeper.board_of(found)
    return board

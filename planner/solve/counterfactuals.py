"""What the month would be without coordination: *alone* and *first-come*, under the same law and crews as our plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.checks import check_plan
from planner.checks.objective import entry_counts, objective_of
from planner.domain.case import BoolArray, Case, IntArray
from planner.domain.errors import MismatchError
from planner.domain.plan import LEFT_OUT, Plan, visits_of
from planner.domain.result import Counterfactual
from planner.solve.arrays import site_arrays
from planner.solve.bound import certify
from planner.solve.first_come import first_come
from planner.solve.neighbourhood import solve_outside
from planner.solve.subcase import by_agency
from planner.solve.sweeps import Sweeper, chase, free_sites, improve, legalise, negotiate, plan_weights

NEGOTIATION_SWEEPS = 60
DESCENT_SWEEPS = 5
CHASE_ROUNDS = 40
BOUND_ROUNDS = 5


def alone(case: Case, seed: int = 0) -> tuple[IntArray, int, int, int]:
    """Return what agencies do when each plans for itself, as well as it can: days [T], entries, bound, left out.

    Entries are distinct (parent agency, site, date) in the month and the fewest that each agency's waiting tasks still
    need; the bound is a certified lower bound of them among plans that leave out no more. Left-out tasks that follow
    fire's visit are not counted: alone they are recognised. Raises MismatchError where engine and checks disagree.
    """
    split, order = by_agency(case)
    arrays = site_arrays(split)
    sweeper = Sweeper(arrays, plan_weights(split))
    rng = np.random.default_rng(seed)
    _, wanted = sweeper.quote()
    sites = free_sites(arrays)
    board = sweeper.empty_board()
    solve_outside(arrays, sweeper, board)
    negotiate(sweeper, board, sites, rng, NEGOTIATION_SWEEPS)
    legalise(sweeper, board, rng, sites)
    improve(sweeper, board, sites, rng, DESCENT_SWEEPS)
    board = chase(sweeper, board, sites, sweeper.measure(wanted), rng, CHASE_ROUNDS)
    improve(sweeper, board, sites, rng, DESCENT_SWEEPS)
    plan = Plan(board.day)
    found = check_plan(split, plan)
    if found:
        raise MismatchError(f"agencies alone: an engine made an unlawful plan: {found[0].rule} {found[0].subjects}")
    objective = objective_of(split, plan)
    certificate = certify(arrays, objective, "entries", plan.day, BOUND_ROUNDS)
    day = np.empty(case.n_tasks, dtype=np.int64)
    day[order] = plan.day
    return day, objective.all_entries, certificate.bound, left_out_count(case, day)


def left_out_count(case: Case, day: IntArray) -> int:
    """Return how many tasks are left out; one that follows fire's visit is recognised, not left out."""
    return sum(d == LEFT_OUT and not t.follows_fire for t, d in zip(case.tasks, day.tolist(), strict=True))


def dates_met(case: Case, day: IntArray, counted: BoolArray, by_agency: bool) -> int:
    """Return the distinct (site, date) of the `counted` tasks [T] that have one, `by_agency` per parent agency."""
    index = np.flatnonzero(counted & (day >= 0))
    agency = case.parent_of[index] if by_agency else np.zeros(len(index), dtype=np.int64)
    return len(np.unique(np.stack([agency, case.site_of[index], day[index]]), axis=1).T)


def counterfactuals(
    case: Case, plan: Plan, seed: int = 0, acceptances: Sequence[int] = (100, 70, 40)
) -> tuple[Counterfactual, ...]:
    """Return *alone*, then *first-come* at each rate of acceptance (percent; 100 is the rival's best, always there).

    `entries_common` and `ours_common` count month entries over the tasks that *alone*, *first-come* at 100, `plan` and
    the counterfactual itself do in the month.
    """
    own, own_entries, bound, own_left = alone(case, seed)
    days = {rate: first_come(case, own, rate, seed) for rate in dict.fromkeys((100, *acceptances))}
    served = (plan.day >= 0) & (own >= 0) & (days[100] >= 0)
    rows = [
        Counterfactual(
            name="alone",
            day=own,
            entries=own_entries,
            left_out=own_left,
            joint_visits=0,
            entries_common=dates_met(case, own, served, True),
            ours_common=dates_met(case, plan.day, served, False),
            bound=bound,
        )
    ]
    for rate, day in days.items():
        common = served & (day >= 0)
        rows.append(
            Counterfactual(
                name="first_come",
                day=day,
                entries=sum(entry_counts(case, Plan(day))),
                left_out=left_out_count(case, day),
                joint_visits=sum(visit.joint for visit in visits_of(case, Plan(day))),
                entries_common=dates_met(case, day, common, False),
                ours_common=dates_met(case, plan.day, common, False),
                acceptance_percent=rate,
            )
        )
    return tuple(rows)


def recounted(case: Case, plan: Plan, others: Sequence[Counterfactual]) -> tuple[Counterfactual, ...]:
    """Return the counterfactuals of another plan of the case with what is counted in common with `plan`."""
    rivals = [one.day for one in others if one.acceptance_percent == 100]
    served = np.logical_and.reduce([plan.day >= 0, *(day >= 0 for day in rivals)])
    return tuple(
        replace(
            one,
            entries_common=dates_met(case, one.day, served & (one.day >= 0), one.name == "alone"),
            ours_common=dates_met(case, plan.day, served & (one.day >= 0), False),
        )
        for one in others
    )

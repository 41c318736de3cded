"""What the month would be without coordination, under the same law and crews as our plan.

*alone*: each agency plans for itself. *filed*: the same, but joint filings and themes that must be joint come together.
*first-come*: codes are matched one by one as a code system does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from planner.checks import check_plan
from planner.checks.common import case_of_common, common_tasks, entries_met, joint_visits_met
from planner.checks.objective import entry_counts, objective_of
from planner.domain.case import BoolArray, Case, IntArray
from planner.domain.errors import MismatchError
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import Counterfactual, PriceList
from planner.explain.first_come import first_come
from planner.solve.exact.sites_together import solve_outside
from planner.solve.exact.subcase import by_agency
from planner.solve.prices.bound import certify
from planner.solve.site.arrays import site_arrays
from planner.solve.site.sweeps import Sweeper, chase, free_sites, improve, legalise, negotiate, plan_weights

NEGOTIATION_SWEEPS = 60
DESCENT_SWEEPS = 5
CHASE_ROUNDS = 40
BOUND_ROUNDS = 5
LIMIT_ROUNDS = 5


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


def counterfactuals(
    case: Case, plan: Plan, seed: int = 0, acceptances: Sequence[int] = (100, 70, 40)
) -> tuple[Counterfactual, ...]:
    """Return *alone*, *filed*, then *first-come* at each rate of acceptance (percent; 100 is the rival's best, always
    there).

    *filed* is first-come with nobody accepting: only what joint filings and the law demand is brought together.
    `entries_common` and `ours_common` count month entries over the tasks that all schemes at 100, `plan` and the
    counterfactual itself do in the month.
    """
    own, own_entries, bound, own_left = alone(case, seed)
    schemes = [("filed", 100, first_come(case, own, 0, seed))]
    schemes += [("first_come", rate, first_come(case, own, rate, seed)) for rate in dict.fromkeys((100, *acceptances))]
    rows = [
        Counterfactual(
            "alone", own, own_entries, own_left, joint_visits=0, entries_common=0, ours_common=0, bound=bound
        )
    ]
    rows += [
        Counterfactual(
            name=name,
            day=day,
            entries=sum(entry_counts(case, Plan(day))),
            left_out=left_out_count(case, day),
            joint_visits=joint_visits_met(case, day, day >= 0, name == "filed"),
            entries_common=0,
            ours_common=0,
            acceptance_percent=rate,
        )
        for name, rate, day in schemes
    ]
    return recounted(case, plan, rows)


def compared_tasks(case: Case, plan: Plan, others: Sequence[Counterfactual]) -> BoolArray:
    """Return [T] the tasks on which `plan` is compared with `others`: those that all schemes at full acceptance do."""
    return common_tasks(case, [plan.day, *(one.day for one in others if one.acceptance_percent == 100)])


def recounted(case: Case, plan: Plan, others: Sequence[Counterfactual]) -> tuple[Counterfactual, ...]:
    """Return the counterfactuals of another plan of the case with what is counted in common with `plan`."""
    served = compared_tasks(case, plan, others)
    return tuple(
        replace(
            one,
            entries_common=entries_met(case, one.day, served & (one.day >= 0), one.name == "alone"),
            ours_common=entries_met(case, plan.day, served & (one.day >= 0), False),
        )
        for one in others
    )


def common_limit(
    case: Case, plan: Plan, others: Sequence[Counterfactual], known: Iterable[PriceList] = ()
) -> PriceList | None:
    """Return the certificate that no lawful plan does the compared tasks in the month with fewer entries.

    It is one of `case_of_common`. `known` are certificates of the whole case, whose prices are tried first. None where
    there is nothing to compare.
    """
    served = compared_tasks(case, plan, others)
    if not others or not served.any():
        return None
    part, day = case_of_common(case, served), plan.day[served]
    # Rows of half-days, which the case of a part does not have, stand behind those of units and skills.
    start = next((one.prices[: len(part.capacity)] for one in known if one.level == "entries"), None)
    return certify(site_arrays(part), objective_of(part, Plan(day)), "entries", day, LIMIT_ROUNDS, start=start)

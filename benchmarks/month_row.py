"""One measured month: planned through all three stages by the product's own engine, checked, its proof recomputed, set
beside its rivals.

`python -m benchmarks.month_row CASE --data FOLDER` prints the row as JSON. Each row has a process of its own, so that
its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

from benchmarks.machine import machine, peak_mib
from benchmarks.month_cases import CASES, Month, MonthCase, tiny_month
from planner.checks import check_plan
from planner.checks.certificate import verify_certificate
from planner.checks.duty import check_duty
from planner.checks.duty_objective import duty_objective
from planner.checks.objective import objective_of
from planner.domain.case import Case
from planner.domain.duty import NO_START, stays_of
from planner.domain.errors import MismatchError
from planner.domain.plan import Objective, Plan, loads_of, visits_of
from planner.domain.result import Counterfactual, Level
from planner.domain.roster import Roster
from planner.explain.counterfactuals import counterfactuals, left_out_count
from planner.solve.day.crew_names import CrewSeeds
from planner.solve.matched import Match
from planner.solve.month import Solved, solve_month
from planner.solve.prices.bound import level_values
from scenarios.measure import due_tasks, use_of

SOLVER_SEED = 0


def verify(case: Case, match: Match, roster: Roster | None = None) -> tuple[Plan, Objective, Level]:
    """Return plan, objective and the level of entries, all recomputed.

    Raises MismatchError where the plan is unlawful or its objective another, CertificateError where a bound does not
    recompute.
    """
    if match.plan is None:
        raise MismatchError(f"no plan: {match.status}")
    found = check_plan(case, match.plan)
    if found:
        raise MismatchError(f"{len(found)} violations, the first: {found[0].rule} {found[0].subjects}")
    objective = objective_of(case, match.plan)
    if objective != match.objective:
        raise MismatchError(f"the plan comes to {objective}, the engine says {match.objective}")
    for certificate in match.certificates:
        # A level that CP-SAT bettered after its price list was made keeps a list about other values and claims nothing.
        n = len(certificate.achieved)
        level = next(level for level in match.levels if level.name == certificate.level)
        if level.bound_certified is not None:
            verify_certificate(case, certificate, level_values(objective), roster)
        elif certificate.achieved == level_values(objective)[:n]:
            raise MismatchError(f"{certificate.level}: a price list that fits proves nothing")
    return match.plan, objective, next(level for level in match.levels if level.name == "entries")


def _solve(month: Month) -> Solved:
    return solve_month(
        month.case, month.roster, CrewSeeds(SOLVER_SEED), lambda plan: plan.hash(month.case), SOLVER_SEED
    )


def verify_days(month: Month, plan: Plan, solved: Solved) -> None:
    """Raise MismatchError where starts and teams are not lawful for `plan`, or not worth what their levels say."""
    case, roster, visits = month.case, month.roster, visits_of(month.case, plan)
    if solved.duty is None:
        raise MismatchError("the month was not timed")
    found = check_duty(case, roster, visits, solved.duty)
    if found:
        raise MismatchError(f"{len(found)} violations of the days, the first: {found[0].rule} {found[0].subjects}")
    worth = duty_objective(case, roster, visits, solved.duty).key()
    if worth != tuple(each.value for each in solved.day_levels):
        raise MismatchError(f"the days come to {worth}, the engine says {solved.day_levels}")


def gate(chosen: MonthCase, objective: Objective, level: Level) -> str:
    """Return how the plan falls short of what `chosen` asks for: more left out, or a wider gap on entries; "" if not.

    A row that falls short is still a measurement; who runs the benchmark must fail.
    """
    if objective.left_out > chosen.most_left_out:
        return f"left out {objective.left_out}, at most {chosen.most_left_out} is allowed"
    if level.gap is None or level.gap > chosen.most_gap:
        return f"gap {level.gap} on entries, at most {chosen.most_gap} is allowed"
    return ""


def measure(name: str, chosen: MonthCase, data: Path) -> dict[str, object]:
    """Return the row of `chosen`. Raises InputError where its records are absent, else as `verify` does."""
    start = perf_counter()
    _solve(tiny_month())
    warm = perf_counter() - start
    start = perf_counter()
    month = chosen.build(data)
    case, made = month.case, perf_counter() - start
    start = perf_counter()
    solved = _solve(month)
    match, total = solved.match, perf_counter() - start
    start = perf_counter()
    plan, objective, level = verify(case, match, month.roster)
    verify_days(month, plan, solved)
    checked = perf_counter() - start
    start = perf_counter()
    rivals = counterfactuals(case, plan, SOLVER_SEED)
    seconds = {
        "compile": warm,
        "case": made,
        **{key: match.seconds.get(key, 0.0) for key in ("first", "search", "certificates", "proof")},
        "match": total - sum(solved.seconds.values()),
        **solved.seconds,
        "total": total,
        "verify": checked,
        "rivals": perf_counter() - start,
    }
    return {
        "case": name,
        "label": chosen.label,
        "provenance": chosen.provenance,
        **_figures(case, plan, objective, level),
        **_days(case, solved),
        "status": match.status.value,
        "levels": [asdict(each) for each in match.levels],
        "certificates_verified": sum(each.bound_certified is not None for each in match.levels[:-1]),
        "alone": _rival(rivals[0]),
        "filed": next(_rival(rival) for rival in rivals if rival.name == "filed"),
        "first_come": [_rival(rival) for rival in rivals if rival.name == "first_come"],
        "known": _known(month),
        "gate": {
            "gap": chosen.most_gap,
            "left_out": chosen.most_left_out,
            "short": gate(chosen, objective, level),
        },
        "plan_hash": plan.hash(case),
        "repeatable": match.repeatable,
        "seconds": {key: round(value, 3) for key, value in seconds.items()},
        "peak_mib": peak_mib(),
        "seed": {"case": chosen.seed, "solver": SOLVER_SEED},
        **machine(),
    }


def _figures(case: Case, plan: Plan, objective: Objective, level: Level) -> dict[str, object]:
    due = due_tasks(case)
    visits = visits_of(case, plan)
    uses = [use_of(case, row) for row in range(len(case.rows))]
    units = [use for use in uses if not use.skill]
    return {
        "due": len(due),
        "waiting": case.n_tasks - len(due),
        "sites": len({int(site) for site in case.site_of}),
        "entries": {"month": objective.entries, "later": objective.later_entries, "all": objective.all_entries},
        "limit": level.bound_certified,
        "bound_solver": level.bound_solver,
        "gap": level.gap,
        "left_out": objective.left_out,
        "left_out_tasks": left_out_count(case, plan.day),
        "joint_share": round(sum(visit.joint for visit in visits) / max(len(visits), 1), 4),
        "disturbance": objective.disturbance,
        "violations": 0,
        "use": {
            "due": round(sum(use.load for use in units) / max(sum(use.capacity for use in units), 1), 3),
            "planned": round(float(loads_of(case, plan).sum() / max(case.plan_capacity.sum(), 1)), 3),
            "scarce": {use.unit + (f"/{use.skill}" if use.skill else ""): round(use.tightest, 3)
                       for use in uses if use.tightest >= 0.9},
        },
    }  # fmt: skip


def _days(case: Case, solved: Solved) -> dict[str, object]:
    """Return what timetable and crews came to, and how often a day had to be given back to the match."""
    assert solved.duty is not None
    worked = {(stay.unit, stay.day) for stay in stays_of(case, solved.visits)}
    unit_of = {unit.id: n for n, unit in enumerate(case.units)}
    failed = {stage: {(unit_of[case.rows[c.row].unit], c.day) for c in solved.cuts if c.stage == stage}
              for stage in ("timetable", "crew")}  # fmt: skip
    teams = zip(stays_of(case, solved.visits), solved.duty.team, strict=True)
    return {
        "visits": len(solved.visits),
        "timed": int((solved.duty.start != NO_START).sum()),
        "crewed": len(solved.visits) - len({stay.visit for stay, team in teams if not team}),
        "draws": len(solved.draws),
        "cuts": len(solved.cuts),
        "unit_days": len(worked),
        "unit_days_failed": {stage: len(days) for stage, days in failed.items()},
        "day_levels": [asdict(each) for each in solved.day_levels],
    }


def _rival(rival: Counterfactual) -> dict[str, object]:
    return {
        "acceptance_percent": rival.acceptance_percent,
        "entries": rival.entries,
        "bound": rival.bound,
        "left_out_tasks": rival.left_out,
        "joint_visits": rival.joint_visits,
        "entries_common": rival.entries_common,
        "ours_common": rival.ours_common,
    }


def _known(month: Month) -> dict[str, object] | None:
    """Return what the plan comes to that the case was made around; None where there is none."""
    if month.known is None:
        return None
    found = check_plan(month.case, month.known)
    if found:
        raise MismatchError(f"the planted plan is unlawful: {found[0].rule} {found[0].subjects}")
    value = objective_of(month.case, month.known)
    return {"left_out": value.left_out, "entries": value.all_entries}


def main() -> None:
    """Print the row of one case as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.month_row", description=__doc__)
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--data", type=Path, required=True)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.case, CASES[chosen.case], chosen.data), ensure_ascii=False))


if __name__ == "__main__":
    main()

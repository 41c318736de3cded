"""One measured run of one engine on one made-up case; prints its row as JSON.

`python -m benchmarks.bench_row --family tight --horizon month --tasks 500 --seconds 10 [--peer NAME]`. Each row has a
process of its own, so that its peak memory is its own. Who solves gets the finished case and the same seconds; making
the case, compiling kernels and verifying are outside. What comes back is checked, measured and, for our engine, proven
again by the same code for everybody.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from benchmarks.families import plant
from benchmarks.knobs import FAMILIES, HORIZONS
from benchmarks.machine import machine, peak_mib
from benchmarks.month_cases import tiny_month
from benchmarks.peers import LEFT_OUT_COST, PEERS
from benchmarks.peers.repair import repair
from benchmarks.planted_case import PlantedCase
from planner.checks import check_plan
from planner.checks.certificate import verify_certificate
from planner.checks.objective import objective_of
from planner.domain.case import Case, IntArray
from planner.domain.errors import CertificateError
from planner.domain.plan import Objective, Plan
from planner.explain.counterfactuals import left_out_count
from planner.solve.match import solve_match
from planner.solve.matched import Match
from planner.solve.prices.bound import level_values

OURS = "ours"
CERTIFICATE_TASKS = 13_000
"""Price lists of larger cases are not recomputed in the row: without compiled code that takes many minutes."""
Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What an engine handed in, before it is checked."""

    day: IntArray | None
    seconds: float
    first: float | None
    repeatable: bool
    own_entries: int | None = None
    cost_bound: float | None = None
    """A peer's lower bound of its weighted cost."""
    match: Match | None = None
    """Our engine's own account."""
    notes: list[str] = field(default_factory=list)


def _ours(case: Case, seconds: float, seed: int) -> Outcome:
    solve_match(tiny_month().case)  # compiles the kernels, or loads them
    start = perf_counter()
    match = solve_match(case, seed, cancel=lambda: perf_counter() - start > seconds)
    taken = perf_counter() - start
    day = match.plan.day if match.plan else None
    return Outcome(day, taken, match.seconds.get("first"), match.repeatable, match=match, notes=[match.status.value])


def _peer(name: str, case: Case, seconds: float, seed: int) -> Outcome:
    PEERS[name].solve(tiny_month().case, 2.0, seed)  # loads or compiles what it needs
    start = perf_counter()
    answer = PEERS[name].solve(case, seconds, seed)
    taken = perf_counter() - start
    notes = [answer.note] if answer.note else []
    stopped = answer.note != "optimal" and answer.own_entries is None and name != "first-come"
    return Outcome(answer.day, taken, answer.first, not stopped, answer.own_entries, answer.bound, notes=notes)


def measure(family: str, horizon: str, tasks: int, seconds: float, seed: int, peer: str = OURS) -> Row:
    """Return the row of one run. Raises ValueError for a name that does not exist."""
    if peer != OURS and peer not in PEERS:
        raise ValueError(f"no such peer: {peer}; there are {', '.join((OURS, *PEERS))}")
    row: Row = {"family": family, "horizon": horizon, "wanted_tasks": tasks, "limit_seconds": seconds, "seed": seed}
    row |= {"peer": peer, **machine()}
    why = PEERS[peer].why_missing() if peer != OURS else ""
    if why:
        return row | {"missing": why}
    start = perf_counter()
    planted = plant(family, horizon, tasks, seed)
    made = perf_counter() - start
    outcome = _ours(planted.case, seconds, seed) if peer == OURS else _peer(peer, planted.case, seconds, seed)
    memory = peak_mib(children=True)
    return row | _about(planted, made) | {"peak_mib": memory} | _judged(planted.case, outcome)


def _about(planted: PlantedCase, made: float) -> Row:
    case = planted.case
    known = objective_of(case, planted.plan)
    city = [unit.level == "city" for unit in case.units]
    return {
        "tasks": case.n_tasks,
        "sites": len(case.sites),
        "days": case.n_days,
        "units": len(case.units),
        "coupling": round(sum(city[u] for u in case.unit_of.tolist()) / case.n_tasks, 4),
        "use": planted.use,
        "demand": {unit: share for unit, share in planted.demand.items() if share != planted.use[unit]},
        "scarce": list(planted.scarce),
        "known": {"left_out": list(known.left_out), "entries": known.all_entries},
        "seconds_case": round(made, 3),
    }


def _judged(case: Case, outcome: Outcome) -> Row:
    """Return what the same checker says of every engine's plan."""
    row: Row = {
        "seconds": round(outcome.seconds, 3),
        "seconds_to_first": None if outcome.first is None else round(outcome.first, 3),
        "repeatable": outcome.repeatable,
        "notes": outcome.notes,
        "entries": None,
        "bound_certified": None,
        "bound_solver": None,
        "gap": None,
        "left_out": None,
        "left_out_tasks": None,
        "left_out_bound": None,
        "violations": None,
        "repaired": 0,
        "certificate_ok": None,
    }
    if outcome.day is None:
        return row
    row["violations"] = len(check_plan(case, Plan(outcome.day)))
    day = outcome.day
    if outcome.own_entries is None and row["violations"]:
        day, row["repaired"] = repair(case, outcome.day)
    objective = objective_of(case, Plan(day))
    entries = objective.all_entries if outcome.own_entries is None else outcome.own_entries
    row |= {"entries": entries, "left_out": list(objective.left_out), "left_out_tasks": left_out_count(case, day)}
    if outcome.match is not None:
        row |= _proof(case, outcome.match, objective)
    elif outcome.cost_bound is not None and not row["repaired"]:
        left = sum(cost * weight for cost, weight in zip(LEFT_OUT_COST, objective.left_out, strict=True))
        row["bound_solver"] = max(0, math.ceil(outcome.cost_bound - left - 1e-6))
    bounds = [row[key] for key in ("bound_certified", "bound_solver") if row[key] is not None]
    if bounds:
        row["gap"] = round((entries - max(bounds)) / entries, 6) if entries else 0.0
    return row


def _proof(case: Case, match: Match, objective: Objective) -> Row:
    """Return the bounds that our engine states, and whether every price list proves its own without a solver."""
    levels = {level.name: level for level in match.levels}
    row: Row = {
        "bound_certified": levels["entries"].bound_certified,
        "bound_solver": levels["entries"].bound_solver,
        "left_out_bound": [level.bound_certified for name, level in levels.items() if name.startswith("left_out.")],
        "objective_ok": objective == match.objective,
    }
    if case.n_tasks > CERTIFICATE_TASKS:
        return row
    start = perf_counter()
    claimed = [c for c in match.certificates if levels[c.level].bound_certified]  # 0 claims nothing
    try:
        for certificate in claimed:
            verify_certificate(case, certificate, level_values(objective))
    except CertificateError as error:
        return row | {"certificate_ok": False, "certificate_error": str(error)}
    return row | {"certificate_ok": bool(match.certificates), "seconds_verify": round(perf_counter() - start, 3)}


def options_parser(prog: str, description: str | None) -> argparse.ArgumentParser:
    """Return the options that name one run."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--family", choices=FAMILIES, required=True)
    parser.add_argument("--horizon", choices=HORIZONS, default="month")
    parser.add_argument("--tasks", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peer", choices=[OURS, *PEERS], default=OURS)
    return parser


def main() -> None:
    """Print the row of one run as JSON."""
    chosen = options_parser("python -m benchmarks.bench_row", __doc__).parse_args()
    row = measure(chosen.family, chosen.horizon, chosen.tasks, chosen.seconds, chosen.seed, chosen.peer)
    print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()

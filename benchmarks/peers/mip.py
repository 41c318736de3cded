"""Peer: the textbook model as a mixed-integer program, by HiGHS."""

from __future__ import annotations

import os
from time import perf_counter
from typing import Any

import highspy
import numpy as np

from benchmarks.peers import Answer
from benchmarks.peers.linear import LinearModel, textbook
from planner.domain.case import Case

NEVER_MORE = highspy.kHighsInf


def _program(m: LinearModel) -> Any:
    """Return the model in HiGHS's form, rows one after the other."""
    rows: list[tuple[list[int], list[int], float, float]] = []
    rows += [(vs, [1] * len(vs), 1, 1) for vs in m.exactly_one]
    rows += [(vs, [1] * len(vs), -NEVER_MORE, 1) for vs in m.at_most_one]
    rows += [([a, b], [1, -1], -NEVER_MORE, 0) for a, b in m.implications]
    rows += [([a, *some], [1, *([-1] * len(some))], -NEVER_MORE, 0) for a, some in m.covers]
    rows += [(vs, ws, -NEVER_MORE, limit) for vs, ws, limit in m.at_most]
    rows += [(vs, [1] * len(vs), least, NEVER_MORE) for vs, least in m.at_least]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(m.cost), len(rows)
    lp.col_cost_ = np.array(m.cost, dtype=float)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(m.cost)), np.ones(len(m.cost))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(m.cost)
    lp.row_lower_ = np.array([row[2] for row in rows], dtype=float)
    lp.row_upper_ = np.array([row[3] for row in rows], dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(row[0]) for row in rows])]).astype(np.int32)
    lp.a_matrix_.index_ = np.fromiter((v for row in rows for v in row[0]), dtype=np.int32)
    lp.a_matrix_.value_ = np.fromiter((w for row in rows for w in row[1]), dtype=float)
    return lp


def solve_mip(case: Case, seconds: float, seed: int) -> Answer:
    """Solve with HiGHS's own threads; its answer is rounded to whole variables."""
    start = perf_counter()
    m = textbook(case, cuts=False)
    # One scheduler serves the whole process, and refuses to run with other threads than it was made for.
    highspy.Highs.resetGlobalScheduler(True)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("random_seed", seed)
    solver.setOptionValue("threads", os.cpu_count() or 1)
    solver.setOptionValue("mip_rel_gap", 0.0)  # one entry is a tiny part of a cost in which left-out tasks weigh most
    solver.setOptionValue("mip_abs_gap", 0.99)
    solver.passModel(_program(m))
    left = seconds - (perf_counter() - start)
    if left <= 0:
        return Answer(None, note="building the model took all of its time")
    solver.setOptionValue("time_limit", left)
    first: list[float] = []
    solver.cbMipImprovingSolution += lambda _: first.append(perf_counter() - start)
    solver.run()
    highspy.Highs.resetGlobalScheduler(True)
    info, status = solver.getInfo(), solver.modelStatusToString(solver.getModelStatus())
    bound = info.mip_dual_bound if np.isfinite(info.mip_dual_bound) else None
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Answer(None, bound, note=f"no plan: {status}")
    chosen = np.flatnonzero(np.array(solver.getSolution().col_value) > 0.5).tolist()
    return Answer(m.days(case.n_tasks, chosen), bound, first[0] if first else None, note=status.lower())

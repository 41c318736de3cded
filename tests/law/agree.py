"""What everybody who knows the rules says of every plan of a tiny case: checks, model, kernel, certificate, gate.

A plan is a tuple of answers, one per task: the index of its day, LATER or LEFT_OUT.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
from ortools.sat.python import cp_model

from planner.checks import is_lawful
from planner.checks.certificate import PINNED_COST, recompute_bound
from planner.domain.case import Case
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.domain.result import LEVELS, PriceList
from planner.law.models import Literal
from planner.model import MatchModel, build_model
from planner.operations.book import Book
from planner.operations.gate import new_violations
from planner.operations.site.kernel import SiteQuestion
from planner.solve.prices.bound import lagrange_value
from planner.solve.prices.master import SCALE
from planner.solve.site.arrays import site_arrays
from planner.solve.site.sweeps import Sweeper, plan_weights

Answers = tuple[int, ...]


def every_answer(case: Case) -> Iterator[Answers]:
    """Yield every plan of a case, lawful or not."""
    return product(range(LATER, case.n_days), repeat=case.n_tasks)


def plan_of(answers: Answers) -> Plan:
    """Return the plan of these answers."""
    return Plan(np.array(answers, dtype=np.int64))


def accepted_by_checks(case: Case, without: str = "") -> set[Answers]:
    """Return the plans in which no rule but `without` finds a violation."""
    return {a for a in every_answer(case) if is_lawful(case, plan_of(a), without=without)}


MANY = 5_000
"""Solutions after which plans are asked for one by one: what waits may have that many later dates in one plan."""


class _Collect(cp_model.CpSolverSolutionCallback):
    def __init__(self, model: MatchModel) -> None:
        super().__init__()
        self._model, self.found, self._left = model, set[Answers](), MANY

    def on_solution_callback(self) -> None:
        self.found.add(_answers(self._model, self.boolean_value))
        self._left -= 1
        if not self._left:
            self.stop_search()


def _answers(m: MatchModel, holds: Callable[[Literal], bool]) -> Answers:
    day = {t: LATER if holds(m.later[t]) else LEFT_OUT for t in m.tasks}
    day |= {t: d for (t, d), literal in m.on.items() if holds(literal)}
    return tuple(day[t] for t in m.tasks)


def accepted_by_model(case: Case, without: str = "") -> set[Answers]:
    """Return the solutions of the model with every rule's constraint but that of `without`."""
    model = build_model(case, without=without)
    solver = cp_model.CpSolver()
    solver.parameters.enumerate_all_solutions = True
    solver.parameters.num_workers = 1
    collect = _Collect(model)
    status = solver.solve(model.cp, collect)
    found, barred = collect.found, set[Answers]()
    solver.parameters.enumerate_all_solutions = False
    while status == cp_model.FEASIBLE:  # not all were seen: each plan that is known is barred, and another asked for
        for answers in found - barred:
            _bar(model, answers)
        barred = set(found)
        status = solver.solve(model.cp)
        if status != cp_model.INFEASIBLE:
            found.add(_answers(model, solver.boolean_value))
            status = cp_model.FEASIBLE
    return found


def _bar(m: MatchModel, answers: Answers) -> None:
    literal = {LATER: m.later, LEFT_OUT: m.out}
    own = [literal[a][t] if a in literal else m.on[t, a] for t, a in zip(m.tasks, answers, strict=True)]
    m.cp.add_bool_or([~one for one in own])


def accepted_by_kernel(case: Case) -> set[Answers]:
    """Return the patterns of a case of one site that the kernel finds lawful, each asked for with no way round."""
    book = Book(case, plan_of((LEFT_OUT,) * case.n_tasks))
    return {answers for answers in every_answer(case) if _kernel_accepts(book, answers)}


def _kernel_accepts(book: Book, answers: Answers) -> bool:
    question = SiteQuestion(book, 0)
    out = sum(1 << t for t, answer in enumerate(answers) if answer == LEFT_OUT)
    for t, answer in enumerate(answers):
        if answer >= 0:
            question.require([t], (answer, answer))
            continue
        question._allowed[t] = False
        if answer == LATER:
            question._drop[t] = PINNED_COST  # it waits, or nothing is lawful
    question._bar_waiting(out)
    # Whoever waits does so beside all who wait, so a subset of them alone is no answer.
    best = question.best()
    return best is not None and tuple(best.day.tolist()) == answers


def accepted_by_gate(case: Case) -> set[Answers]:
    """Return the plans whose last visit the gate lets stand, of those that are lawful without it.

    Plans without a visit, and those that are not lawful before, are no question to the gate: they are left out.
    """
    lawful = accepted_by_checks(case)
    found = set()
    for answers in every_answer(case):
        if (before := without_last_visit(case, answers)) in lawful:
            tasks = [t for t, answer in enumerate(answers) if answer != before[t]]  # type: ignore[index]
            book = Book(case, plan_of(before))  # type: ignore[arg-type]
            if not new_violations(book, tasks, answers[tasks[0]]):
                found.add(answers)
    return found


def without_last_visit(case: Case, answers: Answers) -> Answers | None:
    """Return the plan without its last visit, None where it has none."""
    visits = [(int(case.site_of[t]), answer) for t, answer in enumerate(answers) if answer >= 0]
    if not visits:
        return None
    return tuple(
        LEFT_OUT if (int(case.site_of[t]), answer) == max(visits) else answer for t, answer in enumerate(answers)
    )


def bounds_at_random_prices(case: Case, seed: int) -> Iterator[tuple[int, int]]:
    """Yield what the kernel and the certificate, each on its own, prove of every level at random prices."""
    rng, arrays = np.random.default_rng(seed), site_arrays(case.released)
    for n, level in enumerate(LEVELS):
        prices = rng.integers(0, SCALE // 2, size=case.capacity.shape)
        factors = tuple(int(f) for f in rng.integers(0, 3 * SCALE, size=n))
        sweeper = Sweeper(arrays, plan_weights(case.released))
        proven, _, _ = lagrange_value(sweeper, n, prices, np.array(factors, dtype=np.int64), (0,) * n)
        listed = PriceList(level, SCALE, prices, factors, (0,) * n, 0)
        yield max(0, -(-proven // SCALE)), recompute_bound(case, listed)

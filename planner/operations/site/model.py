"""One site with more tasks than the kernel holds, optimised by CP-SAT: the answers are those of `site.kernel`.

The model is the month's own, of this site alone in the crew time that all others leave. It takes milliseconds where the
kernel takes microseconds, which few sites need. An answer is a proven optimum here too: what the work allowed does not
settle is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from ortools.sat.python import cp_model

from planner.domain.case import IntArray
from planner.domain.errors import InputError
from planner.model import MatchModel, build_model
from planner.model.objective import level_expression
from planner.operations.book import Book
from planner.operations.gate import new_violations
from planner.operations.site.kernel import SiteAnswer, SiteQuestion

WORK = 20.0
"""CP-SAT deterministic time of all questions about one site. Twelve tasks need a hundredth of it."""


class NotSettledError(InputError):
    """The work allowed did not settle what is best at a site with very many tasks."""


class LargeSiteQuestion:
    """One site of a book as it stands, for questions: the same as `SiteQuestion`, with any number of tasks."""

    def __init__(self, book: Book, site: int, hidden: frozenset[int] = frozenset()) -> None:
        case = book.case
        self.book, self.site, self.first = book, site, int(case.start[site])
        self._tasks, self._hidden = list(case.tasks_at(site)), hidden
        self._held = [t for t in self._tasks if book.published[t] and t not in hidden]
        self._must = set(self._held)
        self._days = np.zeros_like(book.arrays.allowed)
        free = [t for t in self._tasks if not book.published[t] and t not in hidden]
        self._days[free, book.first_day :] = book.arrays.allowed[free, book.first_day :]
        self._days[self._held, book.day[self._held]] = True
        use = book.use.copy()
        book.add_load(site, -1, use)
        self._limit = np.maximum(case.plan_capacity - use, 0)
        self._left = WORK

    def mask_of(self, tasks: Iterable[int]) -> int:
        """Return the bits of tasks (indexes in the book)."""
        return sum(1 << (t - self.first) for t in set(tasks))

    def _of_mask(self, mask: int) -> list[int]:
        return [t for t in self._tasks if mask >> (t - self.first) & 1]

    def require(self, tasks: Sequence[int], window: tuple[int, int]) -> None:
        """From now on each of `tasks` is done on a day with an index in `window` (both ends), or nothing is lawful."""
        self._days[list(tasks), : window[0]] = False
        self._days[list(tasks), window[1] + 1 :] = False
        self._must |= set(tasks)

    def best(
        self, *, apart: tuple[int, int] | None = None, together: tuple[int, int] | None = None
    ) -> SiteAnswer | None:
        """Return the best pattern, None where nothing lawful does what is required; masks as in `SiteQuestion.best`.

        Raises NotSettledError.
        """
        m = build_model(self.book.case, [self.site], self._limit, self._days)
        must = set(self._must)
        if apart is not None:
            for i, r in product(*map(self._of_mask, apart)):
                for d in np.flatnonzero(self._days[i] & self._days[r]).tolist():
                    m.cp.add_at_most_one(m.on[i, d], m.on[r, d])
        if together is not None:
            own, riders = map(self._of_mask, together)
            must |= set(riders)
            for r in riders:
                for d in np.flatnonzero(self._days[r]).tolist():
                    m.cp.add_bool_or([~m.on[r, d], *(m.on[i, d] for i in own if (i, d) in m.on)])
        for t in self._tasks:
            if t in self._hidden:
                m.cp.add(m.out[t] == 1)
            elif t in must:
                m.cp.add(m.out[t] == 0)
                m.cp.add(m.later[t] == 0)
        return self._solved(m)

    def _solved(self, m: MatchModel) -> SiteAnswer | None:
        """Minimise what is left out, then entries now and later, then disturbance."""
        book, counted = self.book, [t for t in self._tasks if t not in self._hidden]
        left_out = cp_model.LinearExpr.weighted_sum([m.out[t] for t in counted], book.drop[counted].tolist())
        values, day = list[int](), book.day
        for goal in (left_out, level_expression(m, "entries"), level_expression(m, "disturbance")):
            m.cp.minimize(goal)
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.max_deterministic_time = max(self._left, 0.0)
            solver.parameters.catch_sigint_signal = False
            status = solver.solve(m.cp)
            self._left -= solver.response_proto.deterministic_time
            if status == cp_model.INFEASIBLE:
                return None
            if status != cp_model.OPTIMAL:
                raise NotSettledError(self._too_many())
            values.append(round(solver.objective_value))
            day = m.plan_days(solver, book.day)
            m.cp.add(goal <= values[-1])
            m.cp.clear_hints()  # type: ignore[no-untyped-call]
            m.hint(day)
        now, then, fixed = book.day[self._tasks], day[self._tasks], book.published[self._tasks]
        return SiteAnswer(values[0], values[1], values[2], then, int(((now >= 0) & (now != then) & ~fixed).sum()))

    def _too_many(self) -> str:
        site = self.book.case.sites[self.site]
        return (
            f"对象“{site.name}”本期有 {len(self._tasks)} 项任务，在限定的计算量内未能测算完：请缩小日期范围再查，"
            f"或交统筹办公室重新编排 / site {site.id} has {len(self._tasks)} tasks: the work allowed did not settle it"
        )

    def lawful_days(self, tasks: Sequence[int], window: tuple[int, int]) -> list[int]:
        """Return the days of `window` on which all of `tasks` can be done at once, published visits staying.

        Other open tasks are taken for movable: they stand against nothing. The checker is asked of each day.
        """
        absent = [t for t in self._tasks if t in self._hidden or not self.book.published[t]]
        days: IntArray = np.flatnonzero(self._days[list(tasks)].all(axis=0))
        return [
            d
            for d in days.tolist()
            if window[0] <= d <= window[1] and not new_violations(self.book, tasks, d, without=absent)
        ]


Question = SiteQuestion | LargeSiteQuestion


def question_of(book: Book, site: int, hidden: frozenset[int] = frozenset()) -> Question:
    """Return a site of `book` for questions, by the kernel where it holds all of the site's tasks."""
    return (LargeSiteQuestion if book.arrays.outside[site] else SiteQuestion)(book, site, hidden)

"""One site's questions on long horizons, where most days are alike and gaps tie dates to each other."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.case import CapacityRow, Case, GroupInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.plan import LEFT_OUT, Plan
from planner.operations.book import Book
from planner.operations.gate import new_violations
from planner.operations.site.kernel import SiteQuestion
from planner.solve.match import solve_match
from tests.operations.books import QUICK
from tests.operations.test_suggest_model import least
from tests.tiny import agency, random_case, site, task

SEASON = date(2026, 3, 2), date(2026, 6, 28)
DAYS = tuple(SEASON[0] + timedelta(days=n) for n in range(119) if n % 7 < 5)


def season_book(seed: int) -> Book:
    """Return a book of one site on 85 days, on most of which its tasks find the same crews; some visits published."""
    case = random_case(seed, DAYS, n_sites=1, n_tasks=4 + seed % 2, period=SEASON, domains=1 + seed % 3)
    plan = solve_match(case, 0, QUICK).plan
    if plan is None:
        return Book(case, Plan(np.full(case.n_tasks, LEFT_OUT)))
    rng = np.random.default_rng(seed)
    kept = {d for d in sorted(set(plan.day.tolist())) if rng.random() < 0.3}
    return Book(case, plan, np.array([d in kept for d in plan.day.tolist()], dtype=bool))


def test_the_best_of_a_season_is_the_models() -> None:
    """Days with the same visits at the same costs are asked once, and gaps tie dates: nothing is lost by it."""
    with_gaps = asked = several = 0
    for seed in range(60):
        book = season_book(seed)
        free = [t for t in range(book.case.n_tasks) if not book.published[t]]
        if len(free) < 2:
            continue
        question, (one, other, *_) = SiteQuestion(book, 0), free
        question.require([one], (0, book.case.n_days - 1))
        masks = question.mask_of([one]), question.mask_of([other])
        for found, riders, kept_apart in (
            (question.best(), [], []),
            (question.best(together=masks), [other], []),
            (question.best(apart=masks), [], [other]),
        ):
            assert (found and found.cost) == least(book, 0, frozenset(), [one], riders, kept_apart)
            asked += found is not None
            several += found is not None and len({d for d in found.day.tolist() if d >= 0}) > 1
        with_gaps += len(book.arrays.gaps.mask) > 0
    assert asked > 50
    assert several > 10
    assert with_gaps > 20


@pytest.mark.parametrize("seed", range(40))
def test_lawful_days_are_those_that_the_checker_passes(seed: int) -> None:
    book = season_book(seed)
    case: Case = book.case
    others = [t for t in range(case.n_tasks) if not book.published[t]]
    for t in others:
        # What rides with it by law is asked together with it, everything else that is open stays away.
        together = [u for u in others if u == t or (case.joint_of[t] >= 0 and case.joint_of[u] == case.joint_of[t])]
        free = Book(case, Plan(np.where(book.published, book.day, LEFT_OUT)), book.published)
        days = SiteQuestion(free, 0).lawful_days(together, (0, case.n_days - 1))
        passed = [d for d in range(case.n_days) if _passes(free, together, d)]
        assert days == passed


def _passes(book: Book, tasks: list[int], day: int) -> bool:
    inside = all(book.arrays.allowed[t, day] for t in tasks)
    return inside and not new_violations(book, tasks, day)


def test_dates_a_gap_apart_are_found_among_alike_days() -> None:
    """Crews do one task a day and the domain may come once a month: four months have room for four, not for five."""
    for n in (4, 5):
        case = build_case(
            CaseParts(
                name="season",
                period=SEASON,
                days=DAYS,
                tasks=[task(f"t{i}", "s0", "a", window=SEASON) for i in range(n)],
                sites=[site("s0")],
                units=[agency("a")],
                capacity={CapacityRow("a"): [5] * len(DAYS)},
                setup_minutes={"a": 15},
                groups=[GroupInfo("s0", "A01", 1, 9, ())],
            )
        )
        best = SiteQuestion(Book(case, Plan(np.full(n, LEFT_OUT))), 0).best()
        assert best is not None
        assert sorted(best.day.tolist()).count(LEFT_OUT) == n - 4
        assert not check_plan(case, Plan(best.day))


def test_the_books_are_lawful() -> None:
    assert all(not check_plan(book.case, book.plan) for book in map(season_book, range(10)) if book.published.any())

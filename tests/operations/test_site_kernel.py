"""One site's questions on long horizons: days that are alike are asked once, and nothing is lost by it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.case import CapacityRow, Case, GroupInfo
from planner.domain.case_builder import build_case
from planner.domain.plan import LEFT_OUT, Plan
from planner.operations.book import Book
from planner.operations.gate import new_violations
from planner.operations.site_kernel import SiteAnswer, SiteQuestion
from planner.solve.match import solve_match
from tests.operations.books import QUICK
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


def answers(book: Book, alike: bool) -> list[SiteAnswer | None]:
    """Return the best of all, and the best with each two open tasks together and apart."""
    question = SiteQuestion(book, 0)
    if not alike:
        question.__dict__["_kind"] = np.full(book.case.n_days, -1, dtype=np.int64)
    one, *others = (1 << t for t in range(book.case.n_tasks) if not book.published[t])
    found = [question.best()]
    for other in others:
        found += [question.best(together=(one, other)), question.best(apart=(one, other))]
    return found


def test_alike_days_change_no_answer() -> None:
    with_gaps = asked = 0
    for seed in range(150):
        book = season_book(seed)
        if book.published.all():
            continue
        told, plain = answers(book, True), answers(book, False)
        assert [a and (a.cost, a.day.tolist()) for a in told] == [a and (a.cost, a.day.tolist()) for a in plain]
        asked += sum(a is not None for a in told)
        with_gaps += len(book.arrays.gaps.mask) > 0
    assert asked > 300
    assert with_gaps > 40


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
        best = SiteQuestion(Book(case, Plan(np.full(n, LEFT_OUT))), 0).best()
        assert best is not None
        assert sorted(best.day.tolist()).count(LEFT_OUT) == n - 4
        assert not check_plan(case, Plan(best.day))


def test_the_books_are_lawful() -> None:
    assert all(not check_plan(book.case, book.plan) for book in map(season_book, range(10)) if book.published.any())

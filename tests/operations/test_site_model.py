"""A site with more tasks than the kernel holds is answered by the model, as the kernel answers smaller ones."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.plan import LEFT_OUT, Plan
from planner.operations.book import Book
from planner.operations.gate import new_violations
from planner.operations.site import model as site_model
from planner.operations.site.kernel import SiteQuestion
from planner.operations.site.model import LargeSiteQuestion, NotSettledError
from planner.operations.suggest import suggest, suggest_all
from planner.rulebook.book import load_rulebook
from planner.solve.site.arrays import KERNEL_TASKS
from tests.operations.test_gate import DAYS, plan_of, small
from tests.operations.test_suggest import joined_book
from tests.tiny import task

LAW = load_rulebook().at(date(2026, 6, 1))


def test_small_sites_have_the_kernels_answers() -> None:
    """The best pattern, with a rider, without it, and the lawful days, of whoever asks, hidden checks among them."""
    asked = dear = hidden_ones = 0
    for book in map(joined_book, range(8)):
        window = (0, book.case.n_days - 1)
        for unit in book.case.units:
            mine = book.tasks_of(unit.id, 0)
            own = [t for t in mine if not book.published[t]]
            hidden = book.hidden_from(book.parent_of(unit.id), 0)
            others = [t for t in book.case.tasks_at(0) if t not in (*mine, *hidden) and not book.published[t]]
            if not own:
                continue
            both = SiteQuestion(book, 0, hidden), LargeSiteQuestion(book, 0, hidden)
            for question in both:
                question.require(own, window)
            masks = both[0].mask_of(mine), both[0].mask_of(others[:1])
            assert masks == (both[1].mask_of(mine), both[1].mask_of(others[:1]))
            for wanted in ({}, {"together": masks}, {"apart": masks}) if others else ({},):
                kernel, model = (question.best(**wanted) for question in both)
                assert (kernel and kernel.cost) == (model and model.cost)
                asked, dear = asked + 1, dear + (kernel is not None and bool(wanted))
            days = [question.lawful_days([*own, *others[:1]], window) for question in both]
            assert days[0] == days[1]
            hidden_ones += bool(hidden)
    assert asked > 20
    assert dear > 10
    assert hidden_ones > 0


def large(n: int) -> Book:
    """Return a book of a site at which one agency has `n` open tasks, another one has one on three days, and fire."""
    own = [task(f"t{i}", "s0", "a", minutes=15) for i in range(n)]
    other = task("rider", "s0", "b", domain="A02", window=(DAYS[1], DAYS[3]))
    case = small(*own, other, task("told", "s0", "f", domain="A03", fire=True))
    return Book(case, plan_of(case, told=2))


def test_more_tasks_than_the_kernel_holds_are_answered() -> None:
    book = large(KERNEL_TASKS + 2)
    assert book.arrays.outside[0]
    answer = suggest(book, LAW, "s0", "a")
    assert len(answer.tasks) == KERNEL_TASKS + 2
    # Fire is published on the third day: the best of all is that both come along then, and who declines enters alone.
    assert answer.day == DAYS[2]
    (one,) = answer.suggestions
    assert (one.tasks, one.days, one.entries_saved) == (("rider",), DAYS[1:4], 1)
    together = [t for t, info in enumerate(book.case.tasks) if info.id != "told"]
    assert [d for d in range(book.case.n_days) if not new_violations(book, together, d)] == [1, 2, 3]
    then = np.where(book.published, book.day, LEFT_OUT)
    then[together] = 2
    assert not check_plan(book.case, Plan(then))
    assert suggest_all(book, LAW, "a") == (answer,)


def test_what_the_work_does_not_settle_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_model, "WORK", 0.0)
    book = large(KERNEL_TASKS + 2)
    with pytest.raises(NotSettledError, match="未能测算完：请"):
        suggest(book, LAW, "s0", "a")
    (one,) = suggest_all(book, LAW, "a")
    assert one.suggestions == ()
    assert "未能测算完" in one.not_settled_zh

"""Replanning: the number of changed visits is the least there is, by enumeration and by a model of the whole month."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest
from ortools.sat.python import cp_model

from planner.checks import check_plan, is_lawful
from planner.checks.objective import objective_of
from planner.domain.case import CapacityRow, GroupInfo
from planner.domain.errors import InputError
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.model import build_model
from planner.model.objective import level_expression
from planner.operations.book import Book
from planner.operations.events import Absence, Changed, Event, Missed, NewTask, Stopped, apply_event
from planner.operations.replan import changed_visits, replan
from tests.operations.books import book_of
from tests.operations.test_gate import DAYS, plan_of, small
from tests.tiny import task


def random_event(book: Book, r: random.Random) -> Event:
    """Return an event that hits the plan of `book` somewhere."""
    case = book.case
    placed = np.flatnonzero(book.day >= 0).tolist()
    t = r.choice(placed)
    unit, place, day = case.tasks[t].unit, case.tasks[t].site, case.days[int(book.day[t])]
    match r.randrange(4):
        case 0:
            return Absence(unit, tuple({day, r.choice(case.days)}), r.choice([0, 0, 5]))
        case 1:
            return Stopped(place, (day,), r.choice(["cancelled", "closed", "emergency"]))
        case 2:
            return Missed(unit, place, day, r.choice(["no_show", "refused", "partly_done"]))
        case _:
            window = (case.days[0], case.days[-1])
            new = replace(
                case.tasks[t],
                id="new",
                window=window,
                pinned=None,
                joint_group="",
                follows_fire=False,
                waits_until=None,
            )
            return NewTask((new,))


def allowed_answers(changed: Changed) -> list[list[int]]:
    """Return each task's answers: its own day where it is fixed, else any; the law is the checks' matter."""
    case = changed.case
    answers = []
    for t in range(case.n_tasks):
        if case.tasks[t].pinned is not None:
            answers.append([int(changed.day[t])])
        else:
            answers.append([LATER, LEFT_OUT, *range(case.n_days)])
    return answers


def least_by_enumeration(changed: Changed) -> tuple[tuple[int, int, int], int] | None:
    """Return the least (left out, changes) of every lawful plan, None where there is none."""
    found = []
    for days in product(*allowed_answers(changed)):
        plan = Plan(np.array(days, dtype=np.int64))
        if not is_lawful(changed.case, plan):
            continue
        found.append((objective_of(changed.case, plan).left_out, len(changed_visits(changed, plan.day))))
    return min(found, default=None)


def least_by_model(changed: Changed) -> tuple[tuple[int, int, int], int] | None:
    """Return the least (left out, changes) from a CP-SAT model of the whole case; None where pins leave nothing."""
    m = build_model(changed.case)
    visits: dict[tuple[int, int], list[int]] = {}
    for t in np.flatnonzero(changed.published).tolist():
        visits.setdefault((int(changed.case.site_of[t]), int(changed.day[t])), []).append(t)
    gone = {key: m.cp.new_bool_var("gone") for key in visits}
    for key, tasks in visits.items():
        for t in tasks:
            m.cp.add_implication(~m.on[t, key[1]], gone[key])
    values = []
    levels = [level_expression(m, f"left_out.{name}") for name in ("mandatory", "accepted", "optional")]
    for level in (*levels, sum(gone.values())):
        m.cp.minimize(level)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        status = solver.solve(m.cp)
        if status == cp_model.INFEASIBLE:
            return None
        assert status == cp_model.OPTIMAL
        values.append(round(solver.objective_value))
        m.cp.add(level <= values[-1])
    return (values[0], values[1], values[2]), values[3]


def judged(book: Book, event: Event, by_enumeration: bool) -> int:
    """Hold the replanned plan against the least there is; return how many visits it changes, -1 where pins forbid."""
    changed = apply_event(book, event)
    expected = least_by_enumeration(changed) if by_enumeration else least_by_model(changed)
    if expected is None:
        with pytest.raises(InputError, match="解除"):
            replan(book, event)
        return -1
    done = replan(book, event)
    assert done.proven
    assert not check_plan(done.case, Plan(done.after))
    assert (done.objective.left_out, len(done.changed)) == expected
    return len(done.changed)


@pytest.mark.slow
def test_two_hundred_events_change_as_few_visits_as_a_model_of_the_whole() -> None:
    changes = []
    for seed in range(200):
        book = book_of(seed, n_tasks=10, n_sites=4, share=0.8)
        if (book.day >= 0).any():
            if seed % 2:  # the way there is quicker where the least left out of the month is known
                before = Changed(book.case, book.day, book.published, np.zeros(book.case.n_tasks, dtype=bool))
                known = least_by_model(before)
                book.least_left_out = None if known is None else known[0]
            changes.append(judged(book, random_event(book, random.Random(seed)), by_enumeration=False))
    assert sum(n >= 0 for n in changes) > 175
    assert sum(n > 1 for n in changes) > 5


@pytest.mark.slow
def test_fifty_events_change_as_few_visits_as_any_plan_of_all() -> None:
    changes = []
    for seed in range(1000, 1080):
        book = book_of(seed, n_tasks=3, n_sites=2, share=0.8)
        if (book.day >= 0).any():
            changes.append(judged(book, random_event(book, random.Random(seed)), by_enumeration=True))
    assert sum(n >= 0 for n in changes) > 40


def test_a_displaced_visit_goes_to_the_next_lawful_day_and_nothing_else_moves() -> None:
    case = small(task("t0", "s0", "a"), task("t1", "s1", "a"))
    done = replan(Book(case, plan_of(case, t0=0, t1=1)), Stopped("s0", (DAYS[0],)))
    assert done.changed == ((0, 0),)
    assert done.after[0] not in (0, LEFT_OUT)
    assert done.after[1] == 1
    assert done.proven
    assert done.entries_proven
    assert done.parent_hash != done.plan_hash


def test_another_visit_moves_only_where_nothing_less_will_do() -> None:
    # s0 may come on days 0 and 1 only; its day 0 is stopped, and day 1 is full with s1, which may go anywhere.
    crews = {CapacityRow("a"): [4] * len(DAYS)}
    case = small(task("t0", "s0", "a", window=(DAYS[0], DAYS[1])), task("t1", "s1", "a"), capacity=crews)
    done = replan(Book(case, plan_of(case, t0=0, t1=1)), Stopped("s0", (DAYS[0],)))
    assert done.changed == ((0, 0), (1, 1))
    assert (int(done.after[0]), done.objective.left_out) == (1, (0, 0, 0))
    frozen = replan(Book(case, plan_of(case, t0=0, t1=1), first_day=2), Stopped("s0", (DAYS[0],)))
    assert frozen.changed == ((0, 0),)
    assert frozen.after.tolist() == [LEFT_OUT, 1]


def test_where_the_work_is_used_up_others_stay_and_nothing_is_called_proven() -> None:
    crews = {CapacityRow("a"): [4] * len(DAYS)}
    case = small(task("t0", "s0", "a", window=(DAYS[0], DAYS[1])), task("t1", "s1", "a"), capacity=crews)
    done = replan(Book(case, plan_of(case, t0=0, t1=1)), Stopped("s0", (DAYS[0],)), work=0.0)
    assert not done.proven
    assert done.after.tolist() == [LEFT_OUT, 1]


def test_pins_stay_and_an_event_lifts_only_its_own() -> None:
    case = small(task("t0", "s0", "a", pinned=DAYS[0]), task("t1", "s1", "a", pinned=DAYS[1]))
    done = replan(Book(case, plan_of(case, t0=0, t1=1)), Missed("a", "s0", DAYS[0]))
    assert done.after[0] > 0
    assert done.after[1] == 1


def test_a_new_task_joins_a_visit_that_stays() -> None:
    case = small(task("t0", "s0", "a"), task("t1", "s1", "b", domain="A02"))
    done = replan(Book(case, plan_of(case, t0=2, t1=1)), NewTask((task("t2", "s0", "b", domain="A02"),)))
    assert done.changed == ()
    assert done.after.tolist() == [2, 2, 1]
    assert done.objective.entries == 2


def test_gaps_hold_for_what_is_moved() -> None:
    group = [GroupInfo("s0", "A01", 1, 9, (date(2026, 5, 3),))]
    case = small(task("t0", "s0", "a"), groups=group)
    done = replan(Book(case, plan_of(case, t0=2)), Stopped("s0", (DAYS[2], DAYS[3])))
    assert done.after.tolist() == [4]


@pytest.mark.parametrize(
    "event",
    [Absence("x", DAYS[:1]), Absence("a", DAYS[:1], -1), Stopped("x", DAYS[:1]), Missed("a", "s0", DAYS[3])],
)
def test_events_about_nothing_are_errors(event: Event) -> None:
    case = small(task("t0", "s0", "a"))
    with pytest.raises(InputError, match="请"):
        replan(Book(case, plan_of(case, t0=0)), event)

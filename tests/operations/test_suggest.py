"""The top suggestion, and what declining costs, equal the exact re-optimisation of the site by enumeration."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest

from planner.checks import is_lawful
from planner.checks.objective import objective_of
from planner.domain.case import CapacityRow, Case, GroupInfo, Levers, Strength
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.errors import InputError
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.operations.book import Book
from planner.operations.gate import new_violations
from planner.operations.ledger import NO_OTHER_DAY
from planner.operations.site.kernel import SiteQuestion
from planner.operations.suggest import Suggestion, Suggestions, suggest, suggest_all
from planner.rulebook.book import load_rulebook
from planner.solve.match import solve_match
from planner.solve.site.sweeps import DROP
from tests.operations.books import QUICK
from tests.operations.test_gate import DAYS, plan_of, small
from tests.tiny import PERIOD, agency, site, task

LAW = load_rulebook().at(date(2026, 6, 1))
Cost = tuple[int, int, int]
Patterns = dict[tuple[int, ...], Cost]


def lawful_patterns(book: Book, where: int, hidden: frozenset[int]) -> Patterns:
    """Return every lawful pattern of a site with what is published staying, and its cost, by the checks alone."""
    case, now = book.alone(where)
    first = int(book.case.start[where])
    answers = []
    for i in range(case.n_tasks):
        t = first + i
        if t in hidden:
            answers.append([LEFT_OUT])
        elif book.published[t]:
            answers.append([int(now[i])])
        else:
            window = range(int(case.window_lo[i]), int(case.window_hi[i]) + 1)
            answers.append([LEFT_OUT, *([LATER] if case.later_to[i] else []), *window])
    found = {}
    for days in product(*answers):
        plan = Plan(np.array(days, dtype=np.int64))
        if not is_lawful(case, plan):
            continue
        out = [i for i in range(case.n_tasks) if days[i] == LEFT_OUT and first + i not in hidden]
        out = [i for i in out if not case.tasks[i].follows_fire]
        left = sum(DROP[case.tasks[i].strength] * case.tasks[i].priority for i in out)
        objective = objective_of(case, plan)
        found[days] = (left, objective.all_entries, objective.disturbance)
    return found


def least(patterns: Patterns, which: Callable[[tuple[int, ...]], bool]) -> Cost | None:
    return min((cost for days, cost in patterns.items() if which(days)), default=None)


def joined_case(seed: int) -> Case:
    """Return a case of one site with a few tasks that mostly can be joined, and a few where a rule or crew forbids."""
    r = random.Random(f"joined {seed}")
    days = tuple(date(2026, 6, d) for d in sorted(r.sample(range(1, 30), 3)))
    units = [agency("a"), agency("b", domain="A02"), agency("c", "b", "A02"), agency("f", domain="A03")]
    tasks = []
    for n in range(r.choice([3, 3, 4])):
        unit = r.choice(units)
        waits = r.random() < 0.3
        first, last = sorted((r.choice(days), r.choice(days))) if r.random() < 0.5 else (days[0], days[-1])
        until = PERIOD[1] + timedelta(days=r.choice([5, 40]))
        tasks.append(
            task(
                f"t{n}",
                "s0",
                unit.id,
                domain=unit.domain,
                window=(first, until if waits else last),
                waits_until=until if waits else None,
                minutes=r.choice([30, 60, 120]),
                strength=r.choice(list(Strength)),
                priority=r.randint(1, 3),
                unannounced=r.random() < 0.08,
                fire=unit.id == "f",
                follows_fire=unit.id != "f" and r.random() < 0.1,
                joint_group="theme" if r.random() < 0.15 else "",
                opted_in=r.random() < 0.5,
            )
        )
    gap = [GroupInfo("s0", "A02", 1, r.choice([1, 2, 9]), ())] if r.random() < 0.5 else []
    used = {t.unit for t in tasks}
    crews = {CapacityRow(u.id): [r.choice([4, 12, 24]) for _ in days] for u in units}
    return build_case(
        CaseParts(
            name=f"joined {seed}",
            period=PERIOD,
            days=days,
            tasks=tasks,
            sites=[site("s0")],
            units=[u for u in units if u.id in used],
            capacity=crews,
            setup_minutes={u.id: 15 for u in units},
            groups=gap,
            listed=["s0"] if r.random() < 0.15 else [],
            sensitivity={"s0": {days[0]: 2}},
            levers=Levers(max_agencies_per_visit=r.choice([0, 0, 0, 2])),
        )
    )


def joined_book(seed: int) -> Book:
    """Return a book of `joined_case`: now and then a whole visit is published, the others are open or drafts."""
    case, r = joined_case(seed), random.Random(f"book {seed}")
    plan = solve_match(case, 0, QUICK).plan
    assert plan is not None
    kept = {d for d in sorted(set(plan.day.tolist())) if r.random() < 0.2}
    published = np.array([d in kept for d in plan.day.tolist()])
    draft = np.array([r.random() < 0.5 for _ in case.tasks])
    return Book(case, Plan(np.where(published | draft, plan.day, LEFT_OUT)), published)


@pytest.mark.slow
def test_three_hundred_answers_equal_enumeration() -> None:
    asked = offered = dear = 0
    for seed in range(250):
        book = joined_book(seed)
        cache: dict[int, Patterns] = {}
        for unit in book.case.units:
            mine, parent = book.tasks_of(unit.id, 0), book.parent_of(unit.id)
            if all(book.published[t] for t in mine) or asked >= 300:
                continue
            if parent not in cache:
                cache[parent] = lawful_patterns(book, 0, book.hidden_from(parent, 0))
            answer = judged(book, 0, unit.id, mine, cache[parent])
            offered, dear = offered + len(answer), dear + sum(one.entries_saved > 0 for one in answer)
            asked += 1
    assert asked == 300
    assert offered > 100
    assert dear > 50


def judged(book: Book, place_of: int, who: str, mine: list[int], patterns: Patterns) -> tuple[Suggestion, ...]:
    """Hold an answer against the enumerated `patterns`; return its suggestions."""
    first, place = int(book.case.start[place_of]), {task.id: n for n, task in enumerate(book.case.tasks)}
    answer = suggest(book, LAW, book.case.sites[place_of].id, who)
    own = [t - first for t in mine]

    def done(days: tuple[int, ...]) -> bool:
        return all(days[i] >= 0 for i in own)

    best = least(patterns, done)
    question = SiteQuestion(book, place_of, book.hidden_from(book.parent_of(who), place_of))
    question.require([t for t in mine if not book.published[t]], (0, book.case.n_days - 1))
    found = question.best()
    assert (None if found is None else found.cost) == best
    if best is None:
        assert not answer.suggestions
        return ()
    assert answer.day is not None
    top: Cost | None = None
    for one in answer.suggestions:
        riders = [place[name] - first for name in one.tasks]

        def rides(days: tuple[int, ...], riders: list[int] = riders) -> bool:
            return done(days) and all(any(days[i] == days[r] for i in own) for r in riders)

        def stays_apart(days: tuple[int, ...], riders: list[int] = riders) -> bool:
            return done(days) and not any(days[i] == days[r] for i in own for r in riders)

        riding, apart = least(patterns, rides), least(patterns, stays_apart)
        assert riding is not None
        if apart is None:
            assert (one.left_out_saved, one.entries_saved, one.disturbance_saved) == (0, 0, 0)
        else:
            saved = tuple(a - b for a, b in zip(apart, riding, strict=True))
            assert (one.left_out_saved, one.entries_saved, one.disturbance_saved) == saved
            assert saved >= (0, 0, 0)
        top = riding if top is None else min(top, riding)
    ride_at_best = any(
        cost == best and done(days) and any(days[i] == days[r] for i in own for r in offerable(book, first, days, own))
        for days, cost in patterns.items()
    )
    if top is not None and ride_at_best:
        assert top == best
    return answer.suggestions


def offerable(book: Book, first: int, days: tuple[int, ...], own: list[int]) -> list[int]:
    """Return the tasks of a pattern that may be offered."""
    return [
        r
        for r in range(len(days))
        if r not in own
        and not book.published[first + r]
        and not book.case.tasks[first + r].unannounced
        and days[r] >= 0
    ]


def answer_to(book: Book, who: str = "a", **more: object) -> Suggestions:
    return suggest(book, LAW, "s0", who, **more)  # type: ignore[arg-type]


def test_an_open_task_of_another_agency_saves_an_entry_with_clauses_and_days() -> None:
    case = small(task("t0", "s0", "a"), task("t1", "s0", "b", domain="A02", window=(DAYS[1], DAYS[3])))
    answer = answer_to(Book(case, plan_of(case)))
    (one,) = answer.suggestions
    assert (one.tasks, one.entries_saved, one.days) == (("t1",), 1, DAYS[1:4])
    assert answer.company == ("t1",)
    assert "多入企 1 次" in one.text_zh
    assert one.clauses == ("D-2.8b", "A02-3.2.3.2a", *case.tasks[1].clauses)


def test_own_sections_are_offered_and_said_to_be_own() -> None:
    case = small(task("t0", "s0", "b", domain="A02"), task("t1", "s0", "c", domain="A02"))
    (one,) = answer_to(Book(case, plan_of(case)), "b").suggestions[:1] or (None,)
    assert one is None  # asked for as a parent, its sections are the asker
    (one,) = answer_to(Book(case, plan_of(case)), "c").suggestions
    assert one.own


def test_never_offered_unannounced_not_to_join_published_or_undue() -> None:
    secret = small(task("t0", "s0", "a"), task("t1", "s0", "b", domain="A02", unannounced=True))
    assert answer_to(Book(secret, plan_of(secret))).suggestions == ()
    listed = small(task("t0", "s0", "a"), task("t1", "s0", "b", domain="A02"), listed=["s0"])
    assert answer_to(Book(listed, plan_of(listed))).suggestions == ()
    both = small(task("t0", "s0", "a"), task("t1", "s0", "b", domain="A02"))
    assert answer_to(Book(both, plan_of(both, t1=2))).suggestions == ()
    assert answer_to(Book(both, plan_of(both, t1=2))).company == ("t1",)
    with pytest.raises(InputError, match=r"D-2\.6a"):
        answer_to(Book(both, plan_of(both)), items=["nothing"])


def test_what_does_not_fit_the_crews_or_the_gap_is_not_offered() -> None:
    long = task("t1", "s0", "b", domain="A02", minutes=25 * 15)
    case = small(task("t0", "s0", "a"), long)
    assert answer_to(Book(case, plan_of(case))).suggestions == ()
    held = [GroupInfo("s0", "A02", 1, 9, (date(2026, 5, 30),))]
    case = small(task("t0", "s0", "a"), task("t1", "s0", "b", domain="A02"), groups=held)
    assert answer_to(Book(case, plan_of(case))).suggestions == ()


def test_all_that_can_ride_are_named_though_the_asker_has_a_joint_partner() -> None:
    joint = {"joint_group": "J"}
    partners = task("t0", "s0", "a", **joint), task("t1", "s0", "b", domain="A02", window=(DAYS[1], DAYS[2]), **joint)
    case = small(*partners, task("t2", "s0", "f", domain="A03", window=(DAYS[0], DAYS[1])))
    answer = answer_to(Book(case, plan_of(case)))
    assert answer.days == DAYS[1:3]
    assert {one.tasks: (one.with_tasks, one.days) for one in answer.suggestions} == {
        ("t1",): ((), DAYS[1:3]),
        ("t2",): (("t1",), DAYS[1:2]),
    }
    told = next(one for one in answer.suggestions if one.tasks == ("t2",))
    assert case.units[1].name in told.text_zh
    assert told.entries_saved == 1
    assert new_violations(Book(case, plan_of(case)), [0, 1, 2], 1) == ()


def test_whoever_follows_fire_is_offered_with_fires_visit() -> None:
    tasks = task("t0", "s0", "b", domain="A02"), task("t1", "s0", "f", domain="A03", fire=True)
    case = small(*tasks, task("t2", "s0", "a", follows_fire=True))
    found = {one.tasks: one.with_tasks for one in answer_to(Book(case, plan_of(case)), "b").suggestions}
    assert found == {("t1",): (), ("t2",): ("t1",)}


def test_a_window_narrows_the_days() -> None:
    case = small(task("t0", "s0", "a"), task("t1", "s0", "b", domain="A02"))
    (one,) = answer_to(Book(case, plan_of(case)), window=(DAYS[1], DAYS[2])).suggestions
    assert one.days == DAYS[1:3]
    (one,) = answer_to(Book(case, plan_of(case), first_day=2), window=(DAYS[0], DAYS[2])).suggestions
    assert one.days == DAYS[2:3]
    with pytest.raises(InputError, match="请"):
        answer_to(Book(case, plan_of(case)), window=(DAYS[2], DAYS[1]))


def test_where_the_asker_has_no_day_another_is_named_or_that_none_is_left() -> None:
    late = small(task("t0", "s0", "a", window=(DAYS[2], DAYS[3])), task("t1", "s0", "b", domain="A02"))
    assert answer_to(Book(late, plan_of(late))).otherwise is None
    none = answer_to(Book(late, plan_of(late)), window=(DAYS[0], DAYS[1]))
    assert none.days == ()
    assert none.otherwise is not None
    assert (none.otherwise.day, none.otherwise.verdict) == (DAYS[2], "yes")
    held = [GroupInfo("s0", "A01", 1, 9, (date(2026, 5, 30),))]
    barred = small(task("t0", "s0", "a"), task("t1", "s0", "b", domain="A02"), groups=held)
    nothing = answer_to(Book(barred, plan_of(barred))).otherwise
    assert nothing is not None
    assert (nothing.day, nothing.text_zh) == (None, NO_OTHER_DAY)


def test_many_sites_at_once_best_first() -> None:
    case = small(
        task("t0", "s0", "a"),
        task("t1", "s0", "b", domain="A02"),
        task("t2", "s1", "a"),
        task("t3", "s1", "b", domain="A02"),
        task("t4", "s1", "f", domain="A03"),
    )
    answers = suggest_all(Book(case, plan_of(case, t1=0)), LAW, "a")
    assert [answer.site for answer in answers] == ["s1"]
    assert {name for one in answers[0].suggestions for name in one.tasks} == {"t3", "t4"}

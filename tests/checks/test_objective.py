"""What a plan is worth, counted by hand: left out, entries now and later, disturbance and the worst-off site."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import pytest
from ortools.sat.python import cp_model

from planner.checks.objective import crowding, crowding_bound, objective_of
from planner.domain.case import Case, Strength, TaskInfo
from planner.domain.plan import Objective
from planner.domain.result import LEVELS
from planner.law.later import later_entries_of, stabbing_points
from planner.model import build_model
from planner.model.objective import level_expression
from planner.solve.prices.bound import level_values
from planner.solve.site.arrays import site_arrays
from tests.checks.tried import Answer, june, plan_of, small_case
from tests.pairs import lawful, unlawful
from tests.tiny import agency, task


def july(day: int) -> date:
    return date(2026, 7, day)


def worth(case: Case, **answers: Answer) -> Objective:
    """Return the plan's objective, after making sure that the model's levels have the same values."""
    plan = plan_of(case, answers)
    objective = objective_of(case, plan)
    for level, value in zip(LEVELS, level_values(objective), strict=True):
        model = build_model(case)
        model.fix(plan.day)
        model.cp.minimize(level_expression(model, level))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(model.cp) == cp_model.OPTIMAL
        assert round(solver.objective_value) == value, level
    return objective


STRENGTHS = small_case(
    [
        task("m1", "s", "a", strength=Strength.MANDATORY, priority=2),
        task("m2", "s", "a", strength=Strength.MANDATORY, priority=7),
        task("a1", "s", "a", strength=Strength.ACCEPTED, priority=9),
        task("o1", "s", "a", strength=Strength.OPTIONAL, priority=1),
        task("o2", "r", "a", strength=Strength.OPTIONAL, priority=4),
    ]
)


@unlawful("objective.left-out")
def test_left_out_tasks_count_their_priority_by_strength() -> None:
    assert worth(STRENGTHS, m1="out", m2="out", a1=june(1), o1="out", o2="out").left_out == (9, 0, 5)
    assert worth(STRENGTHS, m1=june(1), m2=june(1), a1="out", o1=june(1), o2=june(1)).left_out == (0, 9, 0)


@unlawful("objective.left-out")
def test_the_least_mandatory_task_outweighs_every_weaker_one_and_every_entry() -> None:
    without_mandatory = worth(STRENGTHS, m1="out", m2=june(1), a1=june(1), o1=june(1), o2=june(1))
    without_the_rest = worth(STRENGTHS, m1=june(1), m2=june(2), a1="out", o1="out", o2="out")
    assert without_the_rest.key() < without_mandatory.key()
    assert without_the_rest.all_entries == without_mandatory.all_entries == 2
    without_optional = worth(STRENGTHS, m1=june(1), m2=june(2), a1=june(12), o1="out", o2="out")
    without_accepted = worth(STRENGTHS, m1=june(1), m2=june(1), a1="out", o1=june(1), o2=june(1))
    assert without_optional.key() < without_accepted.key()
    assert without_optional.all_entries > without_accepted.all_entries


@lawful("objective.left-out")
def test_done_waiting_and_recognised_tasks_count_nothing() -> None:
    case = small_case(
        [
            task("d", "s", "a"),
            task("w", "s", "a", window=(june(1), july(31)), waits_until=july(31)),
            task("f", "r", "b", follows_fire=True),
        ]
    )
    assert worth(case, d=june(1), w="later", f="out").left_out == (0, 0, 0)


@lawful("objective.entries")
def test_an_entry_is_a_site_and_a_date_whoever_comes() -> None:
    case = small_case([task("t", "s", "a"), task("u", "s", "b"), task("v", "s", "b"), task("w", "r", "b")])
    assert worth(case, t=june(1), u=june(1), v=june(1), w=june(1)).entries == 2
    assert worth(case, t=june(1), u=june(1), v="out", w="out").entries == 1


@unlawful("objective.entries")
def test_coming_apart_costs_an_entry_each() -> None:
    case = small_case([task("t", "s", "a"), task("u", "s", "b"), task("v", "s", "b"), task("w", "r", "b")])
    apart = worth(case, t=june(1), u=june(2), v=june(12), w=june(1))
    assert (apart.entries, apart.later_entries, apart.all_entries) == (4, 0, 4)


def waits(name: str, unit: str, first: date, last: date, place: str = "s", **more: object) -> TaskInfo:
    return task(name, place, unit, window=(first, last), waits_until=last, **more)


def later_entries(*tasks: TaskInfo, **more: object) -> int:
    objective = worth(small_case(tasks, **more), **dict.fromkeys([t.id for t in tasks], "later"))
    assert objective.entries == 0
    assert objective.disturbance == 0
    return objective.later_entries


@lawful("objective.entries")
def test_waiting_tasks_share_later_entries_where_their_windows_meet() -> None:
    """1-10, 5-20, 10-15 July share 10 July; 16-31 shares nothing with it. Two visits; at another site a third."""
    tasks = (
        waits("t", "a", june(1), july(10)),
        waits("u", "b", july(5), july(20)),
        waits("v", "c", july(10), july(15)),
        waits("w", "d", july(16), july(31)),
    )
    assert later_entries(*tasks[:3]) == 1
    assert later_entries(*tasks) == 2
    assert later_entries(*tasks, waits("x", "a", june(1), july(10), place="r")) == 3


@unlawful("objective.entries")
def test_putting_off_costs_what_it_needs_later() -> None:
    """Windows 1-3, 3-5 and 5-7 July need two visits, 1-3, 4-5, 6-7 need three."""
    chain = [waits("t", "a", june(1), july(3)), waits("u", "a", july(3), july(5)), waits("v", "a", july(5), july(7))]
    assert later_entries(*chain) == 2
    apart = [waits("t", "a", june(1), july(3)), waits("u", "a", july(4), july(5)), waits("v", "a", july(6), july(7))]
    assert later_entries(*apart) == 3


@unlawful("objective.entries")
def test_those_who_may_not_come_together_need_later_entries_of_their_own() -> None:
    both = (waits("t", "a", june(1), july(10)), waits("u", "b", june(1), july(10)))
    assert later_entries(*both) == 1
    assert later_entries(*both, listed=["s"]) == 2
    surprise = waits("t", "a", june(1), july(10), unannounced=True)
    assert later_entries(surprise, both[1]) == 2
    opted = tuple(waits(name, unit, june(1), july(10), opted_in=True) for name, unit in (("t", "a"), ("u", "b")))
    assert later_entries(*opted, listed=["s"]) == 1


@lawful("objective.entries")
def test_sections_of_one_agency_share_a_later_entry_even_where_others_may_not() -> None:
    sections = [agency("a1", "a"), agency("a2", "a")]
    tasks = (waits("t", "a1", june(1), july(10)), waits("u", "a2", june(1), july(10)))
    assert later_entries(*tasks, units=sections, listed=["s"]) == 1


@lawful("objective.entries")
def test_an_agencys_ordinary_task_goes_along_with_its_own_unannounced_one_or_with_others() -> None:
    """One visit for both of a; b comes apart; where b's window ends before a's own begin, a's ordinary task joins b."""
    own = (waits("t", "a", june(1), july(10), unannounced=True), waits("u", "a", june(1), july(10)))
    assert later_entries(*own) == 1
    assert later_entries(*own, waits("v", "b", july(5), july(10))) == 2
    early = waits("u", "a", june(1), july(3))
    assert (
        later_entries(waits("t", "a", july(5), july(10), unannounced=True), early, waits("v", "b", july(2), july(3)))
        == 2
    )


@pytest.mark.parametrize("seed", range(30))
def test_later_entries_are_the_fewest_visits_that_company_and_windows_allow(seed: int) -> None:
    rng = random.Random(f"later entries {seed}")
    tasks = []
    for n in range(6):
        first = rng.randint(1, 20)
        window = july(first), july(first + rng.randint(0, 8))
        tasks.append(waits(f"t{n}", rng.choice("aab"), *window, unannounced=rng.random() < 0.4))
    case = small_case(tasks)
    kernel = site_arrays(case)
    for mask in range(1, 1 << 6):
        waiting = [t for t in range(6) if mask >> t & 1]
        assert later_entries_of(case, waiting) == kernel.later_visits[mask] == fewest_by_trying(case, waiting)
    assert later_entries(*tasks) == kernel.later_visits[63]


def fewest_by_trying(case: Case, waiting: list[int]) -> int:
    """Return the fewest sets of tasks that meet on a date and may come together, trying every number of visits."""

    def may(tasks: list[int]) -> bool:
        alone = any(case.tasks[t].unannounced for t in tasks) and len({case.tasks[t].unit for t in tasks}) > 1
        meets = max(case.tasks[t].window[0] for t in tasks) <= min(case.tasks[t].window[1] for t in tasks)
        return meets and not alone

    def parts(tasks: list[int]) -> Iterator[list[list[int]]]:
        if not tasks:
            yield []
            return
        for rest in parts(tasks[1:]):
            yield [[tasks[0]], *rest]
            for n, part in enumerate(rest):
                yield [*rest[:n], [tasks[0], *part], *rest[n + 1 :]]

    return min(len(found) for found in parts(waiting) if all(map(may, found)))


@pytest.mark.parametrize(
    ("intervals", "points"),
    [
        ([], []),
        ([(1, 4)], [4]),
        ([(1, 4), (4, 9), (2, 6)], [4]),
        ([(1, 9), (2, 3), (5, 6), (8, 9)], [3, 6, 9]),
    ],
)
def test_stabbing_points(intervals: list[tuple[int, int]], points: list[int]) -> None:
    assert stabbing_points(reversed(intervals)) == points


def _with_fire(**more: object) -> Case:
    """Fire and two others at one site; fire's second check can wait."""
    fire = {"domain": "A03", "fire": True}
    return small_case(
        [
            task("f", "s", "b", **fire),
            waits("w", "b", june(1), july(31), **fire),
            task("t", "s", "a"),
            task("u", "s", "c"),
        ],
        **more,
    )


@lawful("objective.fire-alone")
def test_fire_in_company_counts_nothing() -> None:
    assert worth(_with_fire(), f=june(1), w=june(1), t=june(1), u=june(2)).fire_alone == 0
    assert worth(_with_fire(), f="out", w="out", t=june(1), u=june(2)).fire_alone == 0


@unlawful("objective.fire-alone")
def test_fire_alone_counts_each_visit_and_each_wait() -> None:
    assert worth(_with_fire(), f=june(1), w=june(1), t=june(2), u=june(2)).fire_alone == 1
    assert worth(_with_fire(), f=june(1), w=june(12), t=june(2), u=june(2)).fire_alone == 2
    assert worth(_with_fire(), f=june(1), w="later", t=june(1), u=june(2)).fire_alone == 1


@unlawful("objective.fire-alone")
def test_who_only_follows_fire_is_no_company() -> None:
    case = small_case([task("f", "s", "b", domain="A03", fire=True), task("t", "s", "a", follows_fire=True)])
    assert worth(case, f=june(1), t=june(1)).fire_alone == worth(case, f=june(1), t="out").fire_alone == 1


@unlawful("objective.fire-alone")
def test_fire_in_company_is_worth_no_entry_and_any_disturbance() -> None:
    case = _with_fire()
    saved = worth(case, f=june(1), w=june(1), t=june(2), u=june(2))
    joined = worth(case, f=june(1), w=june(1), t=june(1), u=june(2))
    apart = worth(case, f=june(1), w=june(1), t=june(1), u=june(1))
    assert apart.key() < joined.key() < saved.key()


@lawful("objective.disturbance")
def test_units_work_side_by_side_so_the_longest_stay_counts() -> None:
    """Preparation 2, set-up 1: a stays 1 + 4 = 5 or, with both its items, 1 + 4 + 3 = 8; b stays 1 + 6 = 7."""
    case = small_case([task("t", "s", "a"), task("u", "s", "a", minutes=45), task("v", "s", "b", minutes=90)])
    assert worth(case, t=june(1), u="out", v="out").disturbance == 2 + 5
    assert worth(case, t=june(1), u="out", v=june(1)).disturbance == 2 + 7
    assert worth(case, t=june(1), u=june(1), v=june(1)).disturbance == 2 + 8


@unlawful("objective.disturbance")
def test_coming_apart_disturbs_more() -> None:
    """Together 2 + 7; apart (2 + 5) + (2 + 7)."""
    case = small_case([task("t", "s", "a"), task("v", "s", "b", minutes=90)])
    assert worth(case, t=june(1), v=june(1)).disturbance == 9
    assert worth(case, t=june(1), v=june(2)).disturbance == 16


@unlawful("objective.disturbance")
def test_sensitive_days_weigh_more() -> None:
    """2 + 1 + 4 = 7 quarter-hours, three times on 1 June."""
    case = small_case([task("t", "s", "a")], sensitivity={"s": {june(1): 3}})
    assert worth(case, t=june(1)).disturbance == 21
    assert worth(case, t=june(2)).disturbance == 7


@unlawful("objective.disturbance")
def test_a_units_own_set_up_and_the_preparation_are_part_of_it() -> None:
    """Set-up of 40 minutes is three quarter-hours, preparation of 45 another three."""
    case = small_case([task("t", "s", "a")], setup_minutes={"a": 40}, prep_minutes=45)
    assert worth(case, t=june(1)).disturbance == 3 + 3 + 4


@lawful("objective.disturbance")
def test_the_worst_off_site_is_the_one_disturbed_most_in_sum() -> None:
    """s: 7 + 7 = 14 over two visits; r: one of 2 + 1 + 8 = 11."""
    case = small_case([task("t", "s", "a"), task("u", "s", "b"), task("v", "r", "c", minutes=120)])
    objective = worth(case, t=june(1), u=june(2), v=june(1))
    assert (objective.disturbance, objective.worst_site) == (25, 14)
    together = worth(case, t=june(1), u=june(1), v=june(1))
    assert (together.disturbance, together.worst_site) == (18, 11)
    assert worth(case, t="out", u="out", v="out").worst_site == 0


def test_the_order_is_left_out_entries_disturbance_worst_site() -> None:
    objective = Objective((1, 2, 3), entries=4, later_entries=5, fire_alone=8, disturbance=6, worst_site=7)
    assert objective.key() == (1, 2, 3, 9, 8, 6, 7)


LEVEL = [task(f"t{n}", f"s{n}", "a") for n in range(3)]
"""Three sites of five quarter-hours each, on three days of thirty."""


@lawful("objective.level-load")
def test_a_load_spread_over_the_month_is_as_level_as_can_be() -> None:
    """Each day 100 · 5² / 30 = 83, and nothing is lower than 100 · 15² / 90 = 250 less rounding."""
    case = small_case(LEVEL, crews={"a": 30})
    plan = plan_of(case, {"t0": june(1), "t1": june(2), "t2": june(12)})
    assert crowding(case, plan) == 3 * 83
    assert crowding_bound(case, plan) == 250 - 3


@unlawful("objective.level-load")
def test_a_load_on_one_day_costs_its_square() -> None:
    """100 · 15² / 30 = 750; two and one: 333 + 83."""
    case = small_case(LEVEL, crews={"a": 30})
    assert crowding(case, plan_of(case, {"t0": june(1), "t1": june(1), "t2": june(1)})) == 750
    assert crowding(case, plan_of(case, {"t0": june(1), "t1": june(1), "t2": june(2)})) == 333 + 83

"""Distance and number of a domain's checks at one site, with history, and tasks that wait."""

from __future__ import annotations

from datetime import date

import pytest

from planner.domain.calendar import months_after
from planner.domain.case import GroupInfo, Levers
from planner.solve.site.arrays import site_arrays
from tests.checks.tried import broken_rules, june, small_case
from tests.pairs import lawful, unlawful
from tests.tiny import agency, task

FREE = 9
"""A quota that no case here reaches."""


def group(gap: int = 1, quota: int = FREE, *history: date, domain: str = "A01", place: str = "s") -> GroupInfo:
    return GroupInfo(place, domain, gap, quota, history)


def held_on(history: date, planned: date, gap: int = 1) -> set[str]:
    """Return the rules that a check on `planned` breaks where one was held on `history`."""
    first = planned.replace(day=1)
    last = date.fromordinal(months_after(first, 1).toordinal() - 1)
    case = small_case(
        [task("t", "s", "a", window=(planned, planned))],
        days=[planned],
        period=(first, max(last, planned)),
        groups=[group(gap, FREE, history)],
    )
    return broken_rules(case, t=planned)


EARLIEST = [
    # held, months, first lawful day: the same date so many months later, and at least 30 days a month
    (date(2026, 5, 12), 1, date(2026, 6, 12)),
    (date(2026, 4, 30), 1, date(2026, 5, 30)),
    (date(2026, 1, 30), 1, date(2026, 3, 1)),
    (date(2026, 1, 31), 1, date(2026, 3, 2)),
    (date(2026, 2, 15), 1, date(2026, 3, 17)),
    (date(2026, 5, 31), 1, date(2026, 6, 30)),
    (date(2026, 1, 31), 3, date(2026, 5, 1)),
    (date(2028, 1, 31), 1, date(2028, 3, 1)),
    (date(2025, 12, 10), 1, date(2026, 1, 10)),
]
"""30 January + 30 days is 1 March; 31 January + 30 days is 2 March (1 March in a leap year, after 29 February);
15 February + 30 days is 17 March; 31 January + 90 days is 1 May."""


@lawful("gap.domain")
@pytest.mark.parametrize(("held", "months", "first"), EARLIEST)
def test_a_month_later_is_lawful_and_so_is_every_day_after(held: date, months: int, first: date) -> None:
    assert held_on(held, first, months) == set()
    assert held_on(held, date.fromordinal(first.toordinal() + 1), months) == set()


@unlawful("gap.domain")
@pytest.mark.parametrize(("held", "months", "first"), EARLIEST)
def test_one_day_before_that_is_not(held: date, months: int, first: date) -> None:
    assert held_on(held, date.fromordinal(first.toordinal() - 1), months) == {"gap.domain"}


@unlawful("gap.domain")
def test_a_published_later_check_counts_backwards() -> None:
    assert held_on(date(2026, 7, 2), date(2026, 6, 2)) == set()
    assert held_on(date(2026, 7, 2), date(2026, 6, 3)) == {"gap.domain"}


@unlawful("gap.domain")
def test_two_checks_of_one_domain_within_the_month_are_too_near() -> None:
    case = small_case([task("t", "s", "a"), task("u", "s", "b")], groups=[group()])
    assert broken_rules(case, t=june(1), u=june(12)) == {"gap.domain"}


@lawful("gap.domain")
def test_one_visit_of_two_units_is_one_check() -> None:
    case = small_case([task("t", "s", "a"), task("u", "s", "b")], groups=[group()])
    assert broken_rules(case, t=june(12), u=june(12)) == set()


@lawful("gap.domain")
def test_other_domains_other_sites_and_triggered_checks_keep_no_distance() -> None:
    case = small_case(
        [
            task("t", "s", "a"),
            task("u", "s", "b", domain="A02"),
            task("v", "r", "a"),
            task("w", "s", "a", capped=False),
        ],
        groups=[group(), group(domain="A02"), group(place="r")],
    )
    assert broken_rules(case, t=june(1), u=june(2), v=june(2), w=june(12)) == set()


@lawful("gap.domain")
def test_a_domain_without_a_gap_may_come_twice() -> None:
    case = small_case([task("t", "s", "a"), task("u", "s", "a")], groups=[group(gap=0)])
    assert broken_rules(case, t=june(1), u=june(2)) == set()


def waiting(until: date, quota: int = FREE, other: str = "later") -> set[str]:
    """Return the rules broken where one task is done on 12 June while another, open until `until`, waits."""
    case = small_case(
        [task("t", "s", "a"), task("w", "s", "a", window=(june(1), until), waits_until=until)],
        groups=[group(1, quota)],
    )
    return broken_rules(case, t=june(12), w=other)


@lawful("gap.domain")
def test_a_waiting_task_may_use_the_first_day_after_the_gap() -> None:
    assert waiting(date(2026, 7, 12)) == set()


@unlawful("gap.domain")
def test_a_waiting_task_is_not_stranded_by_this_months_check() -> None:
    assert waiting(date(2026, 7, 11)) == {"gap.domain"}


@lawful("gap.domain")
def test_a_task_that_is_left_out_needs_no_date() -> None:
    assert waiting(date(2026, 7, 11), other="out") == set()
    assert waiting(date(2026, 7, 31), quota=1, other="out") == set()


@lawful("cap.domain")
def test_the_last_date_of_the_year_may_be_used() -> None:
    case = small_case([task("t", "s", "a"), task("u", "s", "b")], groups=[group(0, 1)])
    assert broken_rules(case, t=june(1), u=june(1)) == set()


@unlawful("cap.domain")
def test_a_second_date_where_one_remains_is_too_many() -> None:
    case = small_case([task("t", "s", "a"), task("u", "s", "b")], groups=[group(0, 1)])
    assert broken_rules(case, t=june(1), u=june(2)) == {"cap.domain"}


@unlawful("cap.domain")
def test_history_that_used_the_cap_up_leaves_none() -> None:
    """One a year and a check on 9 March: the intake hands on a quota of 0."""
    case = small_case([task("t", "s", "a")], groups=[group(1, 0, date(2026, 3, 9))])
    assert broken_rules(case, t=june(12)) == {"cap.domain"}
    assert broken_rules(case, t="out") == set()


@unlawful("cap.domain")
def test_a_waiting_task_needs_a_date_of_its_own() -> None:
    assert waiting(date(2026, 7, 31), quota=1) == {"cap.domain"}
    assert waiting(date(2026, 7, 31), quota=2) == set()


@unlawful("cap.domain")
def test_two_dates_and_a_waiting_task_need_three() -> None:
    until = date(2026, 7, 31)
    for quota, broken in ((2, {"cap.domain"}), (3, set())):
        case = small_case(
            [
                task("t", "s", "a"),
                task("u", "s", "a"),
                task("w", "s", "a", window=(june(1), until), waits_until=until),
            ],
            groups=[group(0, quota)],
        )
        assert broken_rules(case, t=june(1), u=june(2), w="later") == broken


@lawful("cap.domain")
def test_all_may_wait_where_a_date_of_the_year_is_left_or_needed_later() -> None:
    """Nothing is done this month: whether a later month has room is that month's plan's matter."""
    until = date(2026, 7, 31)
    case = small_case([task("w", "s", "a", window=(june(1), until), waits_until=until)], groups=[group(1, 1)])
    assert broken_rules(case, w="later") == set()


def levers(before: tuple[date, ...] = (), **more: int) -> dict[str, object]:
    return {"levers": Levers(**more), "entries_before": {"s": before}}


@lawful("entry.cap")
def test_a_shared_entry_counts_once() -> None:
    case = small_case([task("t", "s", "a"), task("u", "s", "b", domain="A02")], **levers(entry_cap=1))
    assert broken_rules(case, t=june(2), u=june(2)) == set()


@unlawful("entry.cap")
def test_entries_of_any_agencies_count_together() -> None:
    three = [task("t", "s", "a"), task("u", "s", "b", domain="A02"), task("v", "r", "b", domain="A02")]
    assert broken_rules(small_case(three, **levers(entry_cap=1)), t=june(1), u=june(2), v=june(1)) == {"entry.cap"}
    assert broken_rules(small_case(three, **levers(entry_cap=2)), t=june(1), u=june(2), v=june(1)) == set()
    assert broken_rules(small_case(three, **levers()), t=june(1), u=june(2), v=june(1)) == set()


TWO = (task("t", "s", "a"), task("u", "s", "b", domain="A02"))


@lawful("entry.gap")
def test_entries_just_so_many_days_apart_are_lawful() -> None:
    case = small_case(TWO, **levers(entry_gap_days=10))
    assert broken_rules(case, t=june(2), u=june(12)) == set()
    assert broken_rules(case, t=june(2), u=june(2)) == set()


@unlawful("entry.gap")
def test_entries_one_day_nearer_are_not() -> None:
    case = small_case(TWO, **levers(entry_gap_days=11))
    assert broken_rules(case, t=june(2), u=june(12)) == {"entry.gap"}
    assert broken_rules(case, t=june(1), u=june(12)) == set()


@unlawful("entry.gap")
def test_entries_before_the_month_count() -> None:
    near = levers((date(2026, 5, 29),), entry_gap_days=4)
    assert broken_rules(small_case([TWO[0]], **near), t=june(1)) == {"entry.gap"}
    assert broken_rules(small_case([TWO[0]], **near), t=june(2)) == set()


@lawful("entry.gap")
def test_joining_an_entry_that_is_there_already_is_lawful() -> None:
    """Entries that are known for the same date, published say, are the same entry."""
    assert broken_rules(small_case([TWO[0]], **levers((june(2),), entry_gap_days=4)), t=june(2)) == set()


@lawful("entry.gap")
def test_old_entries_may_lie_nearer_than_the_lever() -> None:
    """Two visits in May, three days apart: past, and no fault of this month's plan."""
    past = levers((date(2026, 5, 4), date(2026, 5, 7)), entry_gap_days=10)
    assert broken_rules(small_case([TWO[0]], **past), t=june(1)) == set()


@unlawful("entry.gap")
def test_sections_of_one_agency_are_no_exception() -> None:
    sections = [agency("a1", "a"), agency("a2", "a")]
    case = small_case([task("t", "s", "a1"), task("u", "s", "a2")], units=sections, **levers(entry_gap_days=5))
    assert broken_rules(case, t=june(1), u=june(2)) == {"entry.gap"}


def two_waiting(quota: int = FREE, following: int = FREE, until: date = date(2026, 7, 20), **more: object) -> set[str]:
    """Return what an unannounced and an ordinary check break where both wait, the ordinary one filed with b's."""
    own = {"window": (june(1), until), "waits_until": until, "domain": "A01"}
    tasks = (
        task("t", "s", "a", unannounced=True, **own),
        task("u", "s", "a", joint_group="j", **own, **more),
        task("v", "s", "b", joint_group="j", **(own | {"domain": "A02"})),
    )
    rule = GroupInfo("s", "A01", 1, quota, (), following)
    case = small_case(tasks, groups=[rule])
    apart = {len(case.tasks): site_arrays(case).later_visits[0b111] < 0}
    broken = broken_rules(case, t="later", u="later", v="later")
    assert apart == {3: bool(broken)}, "the kernel says the same"
    return broken


@unlawful("gap.domain")
def test_two_checks_of_a_domain_do_not_both_wait_where_no_dates_serve_both() -> None:
    """One comes alone and the other with b: two dates a month apart, which July does not hold; the cap wants two."""
    assert two_waiting() == {"gap.domain"}
    assert two_waiting(quota=1, until=date(2026, 9, 30)) == {"gap.domain"}


@lawful("gap.domain")
def test_two_checks_of_a_domain_may_both_wait_where_a_month_lies_between() -> None:
    assert two_waiting(until=date(2026, 8, 3)) == set()
    assert two_waiting(quota=1, needed=True, until=date(2026, 8, 3)) == set()
    assert two_waiting(quota=1, following=1, until=date(2027, 1, 29)) == set()

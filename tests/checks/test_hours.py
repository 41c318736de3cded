"""The working day and people by day alone: stays, business hours, lawful crews. One hour is four quarter-hours."""

from __future__ import annotations

from tests.checks.tried import broken_rules, june, small_case
from tests.pairs import lawful, unlawful
from tests.tiny import agency, task

MORNING = {"minutes": 165}
"""With the set-up a half-day: 1 + 11."""
NIGHT = {"outside_hours": True}


@lawful("visit.hours")
def test_two_half_days_fit_one_day() -> None:
    """1 set-up + 11 + 12 = 24."""
    tasks = [task("t", "s", "a", **MORNING), task("u", "s", "a", minutes=180)]
    assert broken_rules(small_case(tasks), t=june(1), u=june(1)) == set()


@unlawful("visit.hours")
def test_a_stay_longer_than_the_working_day_is_refused() -> None:
    """1 set-up + 12 + 12 = 25; on two days each fits."""
    case = small_case([task("t", "s", "a", minutes=180), task("u", "s", "a", minutes=180)])
    assert broken_rules(case, t=june(1), u=june(1)) == {"visit.hours"}
    assert broken_rules(case, t=june(1), u=june(2)) == set()


@lawful("visit.hours")
def test_units_stay_side_by_side() -> None:
    """Two sections of 20 quarter-hours each share a day: nobody waits for the other."""
    sections = [agency("a1", "a"), agency("a2", "a")]
    case = small_case([task("t", "s", "a1", minutes=300), task("u", "s", "a2", minutes=300)], units=sections)
    assert broken_rules(case, t=june(1), u=june(1)) == set()


@unlawful("visit.hours")
def test_a_published_stay_beyond_the_day_is_a_contradiction() -> None:
    case = small_case([task("t", "s", "a", minutes=361, pinned=june(1))])
    assert broken_rules(case, t=june(1)) == {"visit.hours"}


@unlawful("visit.hours")
def test_a_set_up_beyond_the_day_leaves_no_visit() -> None:
    case = small_case([task("t", "s", "a")], setup_minutes={"a": 375})
    assert broken_rules(case, t=june(1)) == {"visit.hours"}
    assert broken_rules(case, t="out") == set()


@lawful("hours.business")
def test_a_check_fits_between_business_hours() -> None:
    """1 + 4 = 5 quarter-hours where 5 lie together."""
    assert broken_rules(small_case([task("t", "s", "a", **NIGHT)], longest_visit={"s": 5}), t=june(1)) == set()


@unlawful("hours.business")
def test_a_check_too_long_for_the_gap_in_business_hours_is_refused() -> None:
    case = small_case([task("t", "s", "a", **NIGHT)], longest_visit={"s": 4})
    assert broken_rules(case, t=june(1)) == {"hours.business"}
    assert broken_rules(case, t="out") == set()


@unlawful("hours.business")
def test_company_makes_no_visit_too_long() -> None:
    """The other agency may come in business hours, but not beside a check that may not: its hours would count."""
    case = small_case([task("t", "s", "a", **NIGHT), task("u", "s", "b", minutes=90)], longest_visit={"s": 5})
    assert broken_rules(case, t=june(1), u=june(1)) == {"hours.business"}
    assert broken_rules(case, t=june(1), u=june(2)) == set()


@lawful("hours.business")
def test_other_checks_need_not_keep_off_business_hours() -> None:
    assert broken_rules(small_case([task("t", "s", "a")], longest_visit={"s": 0}), t=june(1)) == set()


@unlawful("hours.business")
def test_where_business_fills_the_day_no_set_up_fits() -> None:
    case = small_case([task("t", "s", "a", **NIGHT), task("u", "s", "b")], longest_visit={"s": 0})
    assert broken_rules(case, t=june(1), u="out") == {"hours.business"}
    assert broken_rules(case, t="out", u=june(1)) == set()


@lawful("crew.enough")
def test_a_day_with_a_lawful_crew_serves() -> None:
    assert broken_rules(small_case([task("t", "s", "a")], unstaffed={"t": [june(1)]}), t=june(2)) == set()


@unlawful("crew.enough")
def test_a_day_without_a_lawful_crew_does_not() -> None:
    """Only the task without a crew is kept away: the unit's other task of the same site may be done."""
    case = small_case([task("t", "s", "a"), task("u", "s", "a")], unstaffed={"t": [june(1)]})
    assert broken_rules(case, t=june(1), u="out") == {"crew.enough"}
    assert broken_rules(case, t="out", u=june(1)) == set()


@unlawful("crew.enough")
def test_a_published_date_without_a_lawful_crew_is_a_contradiction() -> None:
    case = small_case([task("t", "s", "a", pinned=june(1))], unstaffed={"t": [june(1)]})
    assert broken_rules(case, t=june(1)) == {"crew.enough"}

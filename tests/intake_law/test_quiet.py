"""Quiet sites and quiet items, with each annex's exceptions, and the off-site way out."""

from __future__ import annotations

import pytest

from planner.domain.case import Strength
from tests.intake_law.build import (
    agency,
    codes,
    date,
    filing,
    grade,
    item,
    june,
    listed,
    past,
    prepare,
    removed_by,
    site,
    tasks,
)
from tests.pairs import lawful, unlawful


@unlawful("quiet.site")
@pytest.mark.parametrize("domain", ["A01", "A04", "A06", "A08", "A13"])
def test_a_listed_site_gets_no_own_check(domain: str) -> None:
    prepared = prepare(agencies=[agency("SCJG", domain)], lists=[listed("quiet_site", domain=domain, site_id="S1")])
    assert not tasks(prepared)
    assert removed_by(prepared) == {"quiet.site"}
    assert "law.sites-removed" in codes(prepared)


@unlawful("quiet.site")
@pytest.mark.parametrize(("domain", "letter"), [("A01", "A"), ("A05", "A"), ("A09", "green"), ("A12", "A")])
def test_a_grade_can_be_quiet_by_itself(domain: str, letter: str) -> None:
    prepared = prepare(agencies=[agency("SCJG", domain)], grades=[grade("S1", domain, letter)])
    assert removed_by(prepared) == {"quiet.site"}


@lawful("quiet.site")
@pytest.mark.parametrize(("domain", "letter"), [("A01", "B"), ("A02", "A"), ("A04", "A"), ("A09", "yellow")])
def test_other_grades_and_domains_are_visited(domain: str, letter: str) -> None:
    assert len(tasks(prepare(agencies=[agency("SCJG", domain)], grades=[grade("S1", domain, letter)]))) == 1


@lawful("quiet.site")
def test_a_list_row_counts_in_its_domain_and_time_only() -> None:
    for cells in (
        {"domain": "A12"},
        {"domain": "A01", "to": date(2026, 5, 31)},
        {"domain": "A01", "from_": date(2026, 7, 1)},
    ):
        assert len(tasks(prepare(lists=[listed("quiet_site", site_id="S1", **cells)]))) == 1
    begins_in_june = listed("quiet_site", site_id="S1", domain="A01", from_=june(20))
    assert not tasks(prepare(lists=[begins_in_june]))


@pytest.mark.parametrize(
    ("domain", "source", "explicit", "visited"),
    [
        ("A01", "above", False, True),
        ("A01", "law", False, False),
        ("A01", "law", True, True),
        ("A01", "own", True, True),
        ("A08", "above", False, True),
        ("A08", "law", False, False),
        ("A08", "own", True, False),
        ("A03", "above", False, False),
        ("A06", "own", True, False),
    ],
)
def test_exceptions_are_the_annexes_own(domain: str, source: str, explicit: bool, visited: bool) -> None:
    prepared = prepare(
        agencies=[agency("SCJG", domain)],
        sites=[site(tags=("消防重点单位",))],
        items=[item(explicit_law=explicit)],
        filings=[filing(source=source, upper_plan_code="U1")],
        lists=[listed("quiet_site", domain=domain, site_id="S1")],
    )
    assert bool(tasks(prepared)) == visited


def test_at_a_quiet_site_only_the_items_that_law_asks_for_stay() -> None:
    prepared = prepare(
        items=[item("I1", explicit_law=True), item("I2")],
        filings=[filing(items=("I1", "I2"))],
        lists=[listed("quiet_site", domain="A01", site_id="S1")],
    )
    assert [task.items for task in tasks(prepared)] == [("I1",)]
    assert [gone.items for gone in prepared.removed] == [("I2",)]


def test_key_sites_of_grade_a_are_sampled_by_environment_all_the_same() -> None:
    rows = {
        "agencies": [agency("SCJG", "A07")],
        "grades": [grade("S1", "A07", "A")],
        "lists": [listed("key_site", domain="A07", site_id="S1")],
    }
    drawn = prepare(**rows, filings=[filing(kind="random", ratio=(("A", 10_000),))])
    assert [task.strength for task in tasks(drawn)] == [Strength.MANDATORY]
    assert not tasks(prepare(**rows))


@pytest.mark.parametrize(
    ("tags", "visited"),
    [
        (("消防重点单位", "消防物联网"), False),
        (("消防重点单位",), True),
        (("消防重点单位", "消防物联网", "人员密集"), True),
    ],
)
def test_fire_is_quiet_at_connected_grade_a_sites_unless_crowded(tags: tuple[str, ...], visited: bool) -> None:
    prepared = prepare(agencies=[agency("SCJG", "A03")], sites=[site(tags=tags)], grades=[grade("S1", "A03", "A")])
    assert bool(tasks(prepared)) == visited


@lawful("quiet.item")
def test_a_quiet_item_deployed_from_above_is_checked() -> None:
    assert len(tasks(prepare(items=[item(list_="quiet")], filings=[filing(source="above")]))) == 1


@lawful("quiet.item")
def test_a_quiet_item_that_law_asks_for_is_checked_where_the_annex_says_so() -> None:
    quiet = [item(list_="quiet", explicit_law=True)]
    assert len(tasks(prepare(items=quiet))) == 1
    assert not tasks(prepare(agencies=[agency("SCJG", "A08")], items=quiet))


@unlawful("quiet.item")
def test_a_quiet_item_is_not_checked_on_site() -> None:
    by_column = prepare(items=[item("I1"), item("I2", list_="quiet")], filings=[filing(items=("I1", "I2"))])
    assert [task.items for task in tasks(by_column)] == [("I1",)]
    assert removed_by(by_column) == {"quiet.item"}
    by_list = prepare(lists=[listed("quiet_item", item_id="I1")])
    assert not tasks(by_list)


@lawful("offsite.first")
def test_what_can_be_done_off_site_makes_no_entry() -> None:
    prepared = prepare(items=[item("I1"), item("I2", off_site_possible=True)], filings=[filing(items=("I1", "I2"))])
    assert [task.items for task in tasks(prepared)] == [("I1",)]
    assert [task.items for task in prepared.off_site] == [("I2",)]


def test_an_annex_that_does_not_say_off_site_first_goes_there() -> None:
    prepared = prepare(agencies=[agency("SCJG", "A12")], items=[item(off_site_possible=True)])
    assert len(tasks(prepared)) == 1
    assert not prepared.off_site


@unlawful("offsite.first")
def test_an_off_site_check_that_found_nothing_leaves_no_visit() -> None:
    clear = past(date(2026, 5, 20), mode="off_site")
    prepared = prepare(agencies=[agency("SCJG", "A12")], history=[clear])
    assert not tasks(prepared)
    assert removed_by(prepared) == {"offsite.first"}
    long_ago = prepare(agencies=[agency("SCJG", "A12")], history=[past(date(2026, 4, 20), mode="off_site")])
    assert len(tasks(long_ago)) == 1


@lawful("offsite.first")
def test_an_off_site_check_that_found_a_problem_is_followed_by_a_visit() -> None:
    problem = past(date(2026, 5, 20), mode="off_site", result="problem")
    prepared = prepare(items=[item(off_site_possible=True)], history=[problem])
    assert len(tasks(prepared)) == 1
    assert not prepared.off_site


def test_a_summons_is_on_its_own_list() -> None:
    prepared = prepare(agencies=[agency("SCJG", "A08")], filings=[filing(mode="summons")])
    assert tasks(prepared) == ()
    assert len(prepared.summons) == 1


TWO_GRADES = {
    "sites": [site("S1"), site("S2")],
    "grades": [grade("S1", "A01", "A"), grade("S2", "A01", "B")],
}


@unlawful("priority.non-quiet")
def test_a_quiet_site_gives_way_in_a_special_from_above() -> None:
    special = filing(kind="special", source="above", sites=("S1", "S2"))
    assert {task.site: task.priority for task in tasks(prepare(**TWO_GRADES, filings=[special]))} == {"S1": 4, "S2": 5}


@lawful("priority.non-quiet")
def test_outside_specials_from_above_quiet_or_not_makes_no_difference() -> None:
    for cells in ({"kind": "daily", "source": "above"}, {"kind": "special", "source": "law"}):
        both = filing(sites=("S1", "S2"), **cells)
        assert {task.priority for task in tasks(prepare(**TWO_GRADES, filings=[both]))} == {5}

"""Who may go where: parents, towns, key fire units, and fire's exclusivity."""

from __future__ import annotations

from tests.intake_law.build import (
    agency,
    codes,
    date,
    filing,
    inspector,
    item,
    june,
    past,
    pin,
    prepare,
    removed_by,
    scoped,
    site,
    tasks,
)
from tests.pairs import lawful, unlawful

STATIONS = [
    agency("JG", "A11"),
    agency("AZ", "", parent_id="JG"),
    agency("AZ-1", "", parent_id="AZ"),
]


@lawful("unit.parent")
def test_a_station_acts_in_its_bodys_name_with_its_own_crew() -> None:
    prepared = prepare(
        agencies=STATIONS,
        items=[item(agency_id="JG")],
        filings=[filing(agency_id="AZ-1")],
        inspectors=[inspector("P1", "AZ-1"), inspector("P2", "AZ-1")],
    )
    assert prepared.case is not None
    (unit,) = prepared.case.units
    assert (unit.id, unit.parent, unit.domain) == ("AZ-1", "JG", "A11")
    assert prepared.case.capacity[0].min() == 24


@unlawful("unit.parent")
def test_parents_in_a_circle_are_told_and_count_as_their_own() -> None:
    circle = [agency("SCJG", parent_id="B"), agency("B", parent_id="SCJG")]
    prepared = prepare(agencies=circle)
    assert "law.parent-loop" in codes(prepared)
    assert prepared.case is not None
    assert prepared.case.units[0].parent == "SCJG"


TOWN = agency("SCJG", "A09", level="town", town="朱泾镇")


@lawful("town.territory")
def test_a_town_team_inspects_in_its_town() -> None:
    assert len(tasks(prepare(agencies=[TOWN]))) == 1


@unlawful("town.territory")
def test_a_town_team_stays_out_of_other_towns() -> None:
    two = [site("S1"), site("S2", town="枫泾镇")]
    prepared = prepare(agencies=[TOWN], sites=two, filings=[filing(**scoped(industry="餐饮"))])
    assert [task.site for task in tasks(prepared)] == ["S1"]
    assert removed_by(prepared) == {"town.territory"}
    nowhere = prepare(agencies=[agency("SCJG", "A09", level="town")])
    assert not tasks(nowhere)
    assert "law.town-missing" in codes(nowhere)


def test_a_town_team_acts_under_the_domain_of_each_item() -> None:
    prepared = prepare(
        agencies=[TOWN], items=[item("I1"), item("I2", domain="A12")], filings=[filing(items=("I1", "I2"))]
    )
    assert {(task.domain, task.items) for task in tasks(prepared)} == {("A09", ("I1",)), ("A12", ("I2",))}


KEY = site(tags=("消防重点单位",))
FIRE = agency("XF", "A03")


@lawful("fire.scope")
def test_fire_inspects_key_units() -> None:
    prepared = prepare(agencies=[FIRE], sites=[KEY], items=[item(agency_id="XF")], filings=[filing(agency_id="XF")])
    assert [(task.fire, task.domain) for task in tasks(prepared)] == [(True, "A03")]


@unlawful("fire.scope")
def test_fire_has_no_planned_check_elsewhere() -> None:
    prepared = prepare(agencies=[FIRE], items=[item(agency_id="XF")], filings=[filing(agency_id="XF")])
    assert not tasks(prepared)
    assert removed_by(prepared) == {"fire.scope"}


BOTH = {
    "agencies": [agency("SCJG"), FIRE],
    "sites": [KEY],
    "items": [item("I1"), item("I2", fire=True), item("X1", "XF")],
}
OWN = filing("F1", items=("I1", "I2"))


def test_while_fires_check_is_open_others_fire_items_ride_on_it() -> None:
    prepared = prepare(**BOTH, filings=[OWN, filing("X", "XF", items=("X1",))])
    assert {task.items: (task.fire, task.follows_fire) for task in tasks(prepared)} == {
        ("I1",): (False, False),
        ("I2",): (False, True),
        ("X1",): (True, False),
    }
    long = filing("F1", items=("I1", "I2"), window_to=date(2026, 8, 31))
    prepared = prepare(**BOTH, filings=[long, filing("X", "XF", items=("X1",))])
    assert {task.items: task.waits_until for task in tasks(prepared)} == {
        ("I1",): date(2026, 8, 31),
        ("I2",): None,
        ("X1",): None,
    }, "a rider does not wait by itself"


@lawful("fire.exclusivity")
def test_where_fire_has_nothing_this_year_others_check_fire_items_themselves() -> None:
    triggered = past(date(2026, 3, 3), "XF", items=("X1",), trigger="triggered")
    for history in ([], [past(date(2025, 11, 3), "XF", items=("X1",))], [triggered]):
        prepared = prepare(**BOTH, filings=[OWN], history=history)
        assert [task.follows_fire for task in tasks(prepared)] == [False, False]


@unlawful("fire.exclusivity")
def test_once_fire_has_checked_or_published_nobody_else_checks_fire_items() -> None:
    checked = prepare(**BOTH, filings=[OWN], history=[past(date(2026, 3, 3), "XF", items=("X1",))])
    next_month = prepare(**BOTH, filings=[OWN], pins=[pin("P1", date(2026, 8, 3), "XF")])
    fires = filing("X", "XF", items=("X1",))
    this_month = prepare(**BOTH, filings=[OWN, fires], pins=[pin("P1", june(9), "XF")])
    later = filing("X", "XF", items=("X1",), window_from=date(2026, 9, 1), window_to=date(2026, 9, 30))
    for prepared in (checked, next_month, this_month, prepare(**BOTH, filings=[OWN, later])):
        assert removed_by(prepared) == {"fire.exclusivity"}
        assert ("I2",) not in {task.items for task in tasks(prepared)}
        assert ("I1",) in {task.items for task in tasks(prepared)}


def test_a_site_where_only_riders_are_due_is_left_for_fires_month() -> None:
    fires = filing("X", "XF", items=("X1",), window_to=date(2026, 9, 30))
    prepared = prepare(**BOTH, filings=[filing("F1", items=("I2",)), fires])
    assert tasks(prepared) == ()
    assert len(prepared.deferred) == 2

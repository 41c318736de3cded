"""Two filings, one task; partners tied to one date; themes that must be joint."""

from __future__ import annotations

from planner.domain.case import Strength
from tests.intake_law.build import agency, codes, filing, item, june, prepare, removed_by, site, tasks
from tests.pairs import lawful, unlawful

TWO_ITEMS = [item("I1"), item("I2")]


@unlawful("merge.same-item")
def test_the_same_item_twice_in_overlapping_windows_is_one_task_with_both_codes() -> None:
    first = filing("F1", items=("I1", "I2"), window_to=june(19), plan_code="C1", priority=3)
    second = filing("F2", window_from=june(10), plan_code="C2", source="above")
    (task,) = tasks(prepare(items=TWO_ITEMS, filings=[first, second]))
    assert task.filings == ("F1", "F2")
    assert task.plan_codes == ("C1", "C2")
    assert task.items == ("I1", "I2")
    assert task.window == (june(10), june(19))
    assert (task.strength, task.priority) == (Strength.MANDATORY, 5)


@lawful("merge.same-item")
def test_other_items_other_windows_or_other_units_stay_apart() -> None:
    apart = [
        [filing("F1"), filing("F2", items=("I2",))],
        [filing("F1", window_to=june(9)), filing("F2", window_from=june(10))],
        [filing("F1"), filing("F2", "SP")],
        [filing("F1"), filing("F2", unannounced=True)],
    ]
    for filings in apart:
        prepared = prepare(agencies=[agency("SCJG"), agency("SP", parent_id="SCJG")], items=TWO_ITEMS, filings=filings)
        assert sorted(task.filings for task in tasks(prepared)) == [("F1",), ("F2",)]


def test_items_of_two_domains_or_two_skills_are_tasks_of_their_own() -> None:
    items = [item("I1", skill="食品"), item("I2", skill="特种设备"), item("I3"), item("I4", domain="A04")]
    prepared = prepare(items=items, filings=[filing(items=("I1", "I2", "I3", "I4"))])
    assert {(task.domain, task.skill, task.items) for task in tasks(prepared)} == {
        ("A01", "特种设备", ("I2", "I3")),
        ("A01", "食品", ("I1",)),
        ("A04", "", ("I4",)),
    }


BODIES = [agency("WL", "A06"), agency("GA", "A02"), agency("XF", "A03")]
THEME = "密室剧本杀"
ROOMS = {
    "agencies": BODIES,
    "items": [item("W1", "WL", theme=THEME), item("G1", "GA", theme=THEME), item("G2", "GA")],
}
LEAD = filing("L", "WL", kind="joint", items=("W1",), partners=("GA",), theme=THEME, necessity="x")


@lawful("joint.partners")
def test_partners_with_their_own_tasks_are_tied() -> None:
    prepared = prepare(**ROOMS, filings=[LEAD, filing("G", "GA", items=("G1",)), filing("H", "GA", items=("G2",))])
    groups = {task.filings[0]: task.joint_group for task in tasks(prepared)}
    assert groups == {"L": "J-G", "G": "J-G", "H": ""}, "the partner's task of the same theme goes along"
    assert "law.partner-missing" not in codes(prepared)


@unlawful("joint.partners")
def test_a_required_theme_without_a_partners_task_is_removed_and_told() -> None:
    prepared = prepare(**ROOMS, filings=[LEAD])
    assert not tasks(prepared)
    assert removed_by(prepared) == {"joint.partners"}
    assert "law.partner-missing" in codes(prepared)


def test_a_joint_filing_of_no_required_theme_goes_alone_where_a_partner_has_nothing() -> None:
    lead = filing("L", "GA", kind="joint", items=("G2",), partners=("WL",))
    prepared = prepare(**ROOMS, filings=[lead])
    assert [task.joint_group for task in tasks(prepared)] == [""]
    assert "law.partner-missing" in codes(prepared)


def test_a_partners_task_outside_the_window_does_not_count() -> None:
    lead = filing("L", "WL", kind="joint", items=("W1",), partners=("GA",), necessity="x", window_to=june(9))
    prepared = prepare(**ROOMS, filings=[lead, filing("G", "GA", items=("G1",), window_from=june(10))])
    assert [task.filings for task in tasks(prepared)] == [("G",)]


def test_a_required_theme_filed_alone_is_told_and_tied_where_it_can_be() -> None:
    alone = filing("L", "WL", items=("W1",), necessity="x")
    prepared = prepare(**ROOMS, filings=[alone, filing("G", "GA", items=("G1",))])
    assert "law.theme-not-joint" in codes(prepared)
    assert {task.joint_group for task in tasks(prepared)} == {"J-G"}


def test_at_a_not_to_join_site_only_required_themes_are_tied_and_opting_in_is_marked() -> None:
    discouraged = [site(join="discouraged", opted_in=("GA",))]
    lead = filing("L", "GA", kind="joint", items=("G2",), partners=("WL",))
    partner = filing("M", "WL", items=("W2",), necessity="x")
    items = [item("G2", "GA"), item("W2", "WL")]
    prepared = prepare(agencies=BODIES, items=items, sites=discouraged, filings=[lead, partner])
    assert {task.unit: (task.joint_group, task.opted_in) for task in tasks(prepared)} == {
        "GA": ("", True),
        "WL": ("", False),
    }
    assert prepared.case is not None
    assert prepared.case.listed.tolist() == [True]


def test_an_unannounced_check_is_never_tied() -> None:
    lead = filing("L", "GA", kind="joint", items=("G2",), partners=("WL",), unannounced=True)
    partner = filing("M", "WL", items=("W2",), necessity="x")
    prepared = prepare(agencies=BODIES, items=[item("G2", "GA"), item("W2", "WL")], filings=[lead, partner])
    assert {task.joint_group for task in tasks(prepared)} == {""}
    assert "law.unannounced-joint" in codes(prepared)

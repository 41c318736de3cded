"""Fire and others at one site: major hazards entered together, and windows that do not meet."""

from __future__ import annotations

from typing import Any

import pytest

from planner.intake.month.outcome import Prepared
from tests.intake_law.build import agency, codes, filing, inspector, item, june, prepare, site, tasks
from tests.pairs import lawful, unlawful

BODIES = {"YJ": "A12", "XF": "A03", "WJ": "A05"}
LATE = {"window_from": june(20)}
EARLY = {"window_to": june(5)}


def month(tags: tuple[str, ...], *filings: Any, items: dict[str, Any] | None = None, **rows: Any) -> Prepared:
    return prepare(
        agencies=[*(agency(body, domain) for body, domain in BODIES.items()), agency("TOWN", "A12", level="town")],
        inspectors=[inspector(f"{body}-{n}", body) for body in BODIES for n in range(2)],
        sites=[site("S1", tags=("消防重点单位", *tags), **rows)],
        items=[item(f"I-{body}", body, **(items or {}).get(body, {})) for body in BODIES],
        filings=filings,
    )


def of(body: str, **cells: Any) -> Any:
    return filing(f"F-{body}", body, items=(f"I-{body}",), **cells)


def groups(prepared: Prepared) -> dict[str, str]:
    return {task.unit: task.joint_group for task in tasks(prepared)}


def test_a_site_with_a_major_hazards_tag_is_entered_by_emergency_and_fire_together() -> None:
    together = groups(month(("重大危险源",), of("YJ"), of("XF"), of("WJ")))
    assert together["YJ"] == together["XF"] != ""
    assert together["WJ"] == ""
    assert set(groups(month((), of("YJ"), of("XF"))).values()) == {""}


def test_a_theme_in_the_item_finds_fires_task_at_the_site_whatever_its_theme() -> None:
    themed = month(("重大危险源",), of("YJ"), of("XF"), items={"YJ": {"theme": "重大危险源"}})
    assert len(set(groups(themed).values()) - {""}) == 1
    assert "law.hazard-apart" not in codes(themed)


@pytest.mark.parametrize("fires", [[of("XF", **LATE)], []], ids=["other days", "no task"])
def test_where_they_cannot_come_together_each_goes_alone_and_it_is_told(fires: list[Any]) -> None:
    prepared = month(("重大危险源",), of("YJ", **EARLY), *fires)
    assert {task.unit for task in tasks(prepared)} == {"YJ", *(f.agency_id for f in fires)}
    assert set(groups(prepared).values()) == {""}
    (told,) = (f for f in prepared.findings if f.code == "law.hazard-apart")
    assert "A12-3.2.6c" in told.clauses
    assert (june(20).isoformat() in told.params["windows_zh"]) == bool(fires)


def test_at_a_not_to_join_site_it_is_told_who_has_not_decided() -> None:
    undecided = month(("重大危险源",), of("YJ"), of("XF"), join="discouraged")
    assert set(groups(undecided).values()) == {""}
    assert "law.joint-undecided" in codes(undecided)
    decided = month(("重大危险源",), of("YJ"), of("XF"), join="discouraged", opted_in=("YJ", "XF"))
    assert len(set(groups(decided).values()) - {""}) == 1


@unlawful("fire.leads")
def test_fires_window_that_meets_nobodys_is_told_with_the_windows() -> None:
    prepared = month((), of("XF", **EARLY), of("WJ", **LATE))
    (told,) = (f for f in prepared.findings if f.code == "law.fire-apart")
    assert told.clauses[0] == "A03-3.1b"
    assert (told.params["filing"], told.params["count"]) == ("F-XF", "1")
    assert june(20).isoformat() in told.params["windows"]
    over_a_weekend = month((), of("XF", window_to=june(7)), of("WJ", window_from=june(6)))
    assert "law.fire-apart" in codes(over_a_weekend)


@lawful("fire.leads")
@pytest.mark.parametrize("others", [[], [of("WJ")], [of("WJ", **LATE), of("YJ")], [of("WJ", unannounced=True, **LATE)]])
def test_where_somebodys_window_meets_or_nobody_has_a_task_nothing_is_said(others: list[Any]) -> None:
    assert "law.fire-apart" not in codes(month((), of("XF", **EARLY), *others))

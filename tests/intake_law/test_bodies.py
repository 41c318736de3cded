"""A town team and the district's bureau of one domain: one body for gap and cap, or two, as the setting says."""

from __future__ import annotations

from datetime import date
from typing import Any

from planner.domain.plan import LEFT_OUT
from planner.service import plan_tables
from planner.service.month.readings import cost_of_together
from tests.intake_law.build import (
    MONTH,
    agency,
    filing,
    inspector,
    june,
    past,
    pin,
    prepare,
    setting,
    site,
    tables,
    tasks,
)

TEAM = agency("ZJ", "A01", level="town", town="朱泾镇")
PEOPLE = tuple(inspector(f"{body}{n}", body) for body in ("SCJG", "ZJ") for n in range(2))
OTHER = filing("F3", sites=("S2",))
"""Something to plan."""
APART = (setting("bodies_together", "否"),)


def rows(**more: Any) -> dict[str, Any]:
    """Bureau and town team each have a check of the same item at the same site."""
    team = filing("F2", "ZJ", needed=True, necessity="街镇专项")
    bureau = filing("F1", needed=True, necessity="年度安排")
    return {"agencies": (agency("SCJG"), TEAM), "inspectors": PEOPLE, "filings": (bureau, team)} | more


def test_together_they_share_gap_and_cap() -> None:
    case = prepare(**rows(history=(past(date(2026, 5, 25), "ZJ"),))).case
    assert case is not None
    (group,) = case.groups
    assert (group.key, group.quota, group.history) == (("S1", "A01", ""), 0, (date(2026, 5, 25),))
    assert case.group_of.tolist() == [0, 0]


def test_apart_each_has_its_own() -> None:
    case = prepare(**rows(history=(past(date(2026, 5, 25), "ZJ"),), settings=APART)).case
    assert case is not None
    assert [(g.key, g.quota, g.history) for g in case.groups] == [
        (("S1", "A01", "SCJG"), 1, ()),
        (("S1", "A01", "ZJ"), 0, (date(2026, 5, 25),)),
    ]
    bodies = [case.units[u].parent for u in case.unit_of.tolist()]
    assert [case.groups[g].body for g in case.group_of.tolist()] == bodies


def test_a_cap_used_by_the_team_closes_the_bureaus_only_together() -> None:
    earlier = {"history": (past(date(2026, 2, 2), "ZJ"),), "filings": (filing("F1"),)}
    assert not tasks(prepare(**rows(**earlier)))
    assert len(tasks(prepare(**rows(**earlier, settings=APART)))) == 1


def test_a_published_visit_of_the_team_bars_the_bureau_only_together() -> None:
    beside = {"pins": (pin("P1", date(2026, 7, 2), "ZJ", filing_id="F9"),), "filings": (filing("F1"),)}
    together, apart = prepare(**rows(**beside)), prepare(**rows(**beside, settings=APART))
    assert not tasks(together)
    assert apart.case is not None
    assert [g.history for g in apart.case.groups] == [()]


def test_what_could_be_done_apart_is_placed_and_checked() -> None:
    """The team was there on 25 May: together the bureau's June check comes too soon, apart it does not."""
    soon = {"window_from": june(1), "window_to": june(12), "needed": True, "necessity": "专项"}
    month = tables(**rows(history=(past(date(2026, 5, 25), "ZJ"),), filings=(filing("F1", **soon),)))
    planned = plan_tables(month, MONTH)
    assert planned.result.plan is not None
    assert planned.result.plan.day.tolist() == [LEFT_OUT]
    (note,) = planned.result.notes
    assert "至少可多完成 1 项未安排的任务" in note
    prepared, roster = planned.prepared, planned.result.roster
    assert roster is not None
    cost = cost_of_together(month, planned.rulebook, prepared, roster, planned.result.plan)
    assert cost is not None
    assert (cost.done, cost.never_made) == ((planned.result.case.tasks[0].id,), 0)


def test_what_crews_cannot_do_is_no_cost_of_the_reading() -> None:
    soon = {"window_from": june(1), "window_to": june(12), "needed": True, "necessity": "专项"}
    month = tables(
        **rows(history=(past(date(2026, 5, 25), "ZJ"),), filings=(filing("F1", **soon),), inspectors=PEOPLE[1:])
    )
    planned = plan_tables(month, MONTH)
    assert planned.result.plan is not None
    (note,) = planned.result.notes
    assert "没有找到可多完成的未安排任务" in note


def test_counted_apart_nothing_is_said() -> None:
    planned = plan_tables(tables(**rows(settings=APART)), MONTH)
    assert planned.result.notes == ()


def test_what_the_others_cap_removes_is_counted_and_not_called_possible() -> None:
    earlier = {"history": (past(date(2026, 2, 2), "ZJ"),), "filings": (filing("F1"), filing("F2", "ZJ"), OTHER)}
    planned = plan_tables(tables(**rows(**earlier, sites=(site("S1"), site("S2")))), MONTH)
    (note,) = planned.result.notes
    assert "没有找到可多完成的未安排任务" in note
    assert "另有 1 处因其他主体今年已查满次数而没有生成任务（能否排下未核验）" in note

"""Reasons for left-out tasks, by hand and against the checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.case import AgencyInfo, Case, GroupInfo, Levers, TaskInfo
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.domain.result import Reason
from planner.explain.reasons import NO_RULE, reasons_for
from planner.law.register import RULES
from planner.rulebook.book import RulebookVersion, load_rulebook
from planner.solve.match import solve_match
from tests.solve.hand import DAYS, UNITS, day_range, days_of, month
from tests.solve.lawful import QUICK, lawful_case
from tests.tiny import agency, task

OUT = LEFT_OUT
SITE_S1 = [GroupInfo("s1", "A01", 1, 99)]


def book() -> RulebookVersion:
    return load_rulebook().at(DAYS[0])


def only(case: Case, days: Mapping[str, int]) -> Reason:
    """Return the one reason there is."""
    plan = Plan(days_of(case, days))
    assert not check_plan(case, plan)
    (reason,) = reasons_for(case, plan, book())
    assert case.tasks[reason.task].id == next(i for i, d in days.items() if d == OUT)
    return reason


def rules_by_day(reason: Reason) -> list[tuple[int, str]]:
    return [(d, rule) for d, rule, _ in reason.blocked]


def test_window_without_an_open_day() -> None:
    case = month([task("t", "s1", "a", window=(date(2026, 6, 13), date(2026, 6, 14)))])
    reason = only(case, {"t": OUT})
    assert (reason.rule, reason.blocked) == ("window", ())
    assert reason.text_zh == "a：办理期限6月13日至6月14日内，本月没有可以检查的工作日。"
    assert reason.text_en == "a: no open day of the month lies in the window 13 June to 14 June."
    assert reason.clauses == book().clauses_for("window", "A01")


def test_blackouts() -> None:
    case = month([task("t", "s1", "a", window=day_range(0, 1))], blackout={"s1": DAYS[:2]})
    reason = only(case, {"t": OUT})
    assert reason.rule == "blackout"
    assert reason.blocked == ((0, "blackout", "t"), (1, "blackout", "t"))
    assert reason.text_zh == "a：6月1日、6月2日：检查对象不接受检查。"
    assert reason.text_en == "a: 1 June, 2 June: the site is closed to inspections."


def test_gap_to_a_check_before_the_month() -> None:
    """A month after 4 May is 4 June, past all three days."""
    groups = [GroupInfo("s1", "A01", 1, 99, (date(2026, 5, 4),))]
    reason = only(month([task("t", "s1", "a")], groups=groups), {"t": OUT})
    assert rules_by_day(reason) == [(d, "gap.domain") for d in range(3)]
    assert reason.text_zh == "a：6月1日至6月3日：与5月4日的同领域检查间隔不足1个月。"
    assert reason.text_en == "a: 1 June to 3 June: less than 1 month from the domain's check on 4 May."
    assert reason.clauses == book().clauses_for("gap.domain", "A01")


def test_gap_to_a_planned_check_and_a_day_that_does_not_suit_both() -> None:
    """Away from the other section's date the gap forbids it; on that date another agency's unannounced check does."""
    case = month(
        [task("t", "s1", "a"), task("u", "s1", "t", window=day_range(1), unannounced=True)],
        groups=SITE_S1,
    )
    reason = only(case, {"t": OUT, "u": 1})
    assert rules_by_day(reason) == [(0, "gap.domain"), (1, "unannounced.alone"), (2, "gap.domain")]
    assert reason.rule == "gap.domain"
    assert reason.text_zh == (
        "a：6月1日、6月3日：与6月2日的同领域检查间隔不足1个月；6月2日：突击检查须单独进行，当日有t到场。"
    )


def test_gap_that_would_strand_a_deferred_task() -> None:
    """u waits till 2 July; after a check on 3 June its next lawful date would be 3 July."""
    late = {"window": (DAYS[0], date(2026, 7, 2)), "waits_until": date(2026, 7, 2)}
    case = month([task("t", "s1", "a", window=day_range(2)), task("u", "s1", "t", **late)], groups=SITE_S1)
    reason = only(case, {"t": OUT, "u": LATER})
    assert reason.blocked == ((2, "gap.domain", "u"),)
    assert reason.text_zh == "a：6月3日：会使t顺延的任务没有可用日期。"


def test_yearly_cap() -> None:
    used_up = month([task("t", "s1", "a", window=day_range(1))], groups=[GroupInfo("s1", "A01", 0, 0)])
    reason = only(used_up, {"t": OUT})
    assert reason.blocked == ((1, "cap.domain", "s1"),)
    assert reason.text_zh == "a：6月2日：本年度该领域计划检查次数已用完。"
    one_left = month(
        [task("t", "s1", "a", window=day_range(1)), task("u", "s1", "t", window=day_range(0))],
        groups=[GroupInfo("s1", "A01", 0, 1)],
    )
    assert only(one_left, {"t": OUT, "u": 0}).text_zh == "a：6月2日：该领域本年度只剩1次计划检查，需要2次。"


def test_crews_that_are_taken_elsewhere() -> None:
    """A visit takes 5 quarters. On 1 June s2 uses 5 of 8, which leaves 3: 2 short. On 2 June there are 4: 1 short."""
    case = month(
        [task("t", "s1", "a", window=day_range(0, 1)), task("u", "s2", "a", window=day_range(0))],
        crews={"a": [8, 4, 24]},
    )
    reason = only(case, {"t": OUT, "u": 0})
    assert reason.blocked == ((0, "capacity.crew", "a"), (1, "capacity.crew", "a"))
    assert reason.text_zh == "a：6月1日、6月2日：a人员不足，还差1至2个刻钟（每刻钟15分钟）。"
    assert reason.text_en == "a: 1 June, 2 June: a lacks crews, 1 to 2 crew quarter-hours short."


def test_set_up_is_paid_once_where_the_unit_comes_anyway() -> None:
    """The unit is at s1 already: t costs its 4 quarters only, and 3 of 8 are left: 1 short."""
    case = month(
        [task("t", "s1", "a", window=day_range(0)), task("u", "s1", "a", window=day_range(0))],
        crews={"a": [8, 0, 0]},
    )
    assert "还差1个刻钟" in only(case, {"t": OUT, "u": 0}).text_zh


def test_skill_that_is_short_goes_before_crews() -> None:
    """Both rows lack 5 quarters; the skill is named."""
    case = month(
        [task("t", "s1", "a", window=day_range(0), skill="高空")],
        crews={"a": [0, 0, 0]},
        skills={("a", "高空"): [0, 0, 0]},
    )
    reason = only(case, {"t": OUT})
    assert reason.blocked == ((0, "capacity.skill", "a"),)
    assert reason.text_zh == "a：6月1日：a具备“高空”技能的人员不足，还差5个刻钟（每刻钟15分钟）。"


def test_site_that_is_not_to_be_joined() -> None:
    case = month(
        [
            task("t", "s1", "a", window=day_range(0)),
            task("b", "s1", "b", domain="A02", window=day_range(0)),
            task("b2", "s1", "b", domain="A02", window=day_range(0)),
        ],
        listed=["s1"],
    )
    reason = only(case, {"t": OUT, "b": 0, "b2": 0})
    assert reason.blocked == ((0, "join.not", "s1"),)
    assert reason.text_zh == "a：6月1日：检查对象在不联合名单上，当日有b到场。"
    assert reason.text_en == "a: 1 June: the site is not to be joined and b come that day."


@pytest.mark.parametrize(
    ("levers", "rule", "zh"),
    [
        (Levers(max_agencies_per_visit=1), "visit.max-agencies", "同去主体将有2个，超过上限1个"),
        (Levers(entry_cap=1), "entry.cap", "将达到2次到场，超过当月上限1次"),
        (Levers(entry_gap_days=3), "entry.gap", "与其他到场相隔1天，少于3天"),
    ],
)
def test_levers_of_the_bureau(levers: Levers, rule: str, zh: str) -> None:
    day = 0 if rule == "visit.max-agencies" else 1
    case = month(
        [task("t", "s1", "a", window=day_range(day)), task("b", "s1", "b", domain="A02", window=day_range(0))],
        levers=levers,
    )
    reason = only(case, {"t": OUT, "b": 0})
    assert rules_by_day(reason) == [(day, rule)]
    assert reason.text_zh == f"a：{DAYS[day].month}月{DAYS[day].day}日：{zh}。"


def test_theme_moves_as_one() -> None:
    """Partner b can come on 2 June only, where its crews are 5 short: a's other days fail by b's window."""
    theme = {"joint_group": "theme"}
    case = month(
        [task("t", "s1", "a", **theme), task("p", "s1", "b", domain="A02", window=day_range(1), **theme)],
        crews={"b": [24, 0, 24]},
    )
    mine, partner = reasons_for(case, Plan(days_of(case, {"t": OUT, "p": OUT})), book())
    if case.tasks[mine.task].id != "t":
        mine, partner = partner, mine
    assert rules_by_day(mine) == [(0, "window"), (1, "capacity.crew"), (2, "window")]
    assert mine.rule == "window"
    assert mine.text_zh == (
        "a：6月1日、6月3日：须与b（计划filing）同日，不在其6月2日至6月2日的办理期限内；"
        "6月2日：b人员不足，还差5个刻钟（每刻钟15分钟）。"
    )
    assert partner.blocked == ((1, "capacity.crew", "b"),)


def fire_units() -> tuple[AgencyInfo, ...]:
    return (*UNITS, agency("f", domain="A03"))


def fire_tasks(**theme: str) -> list[TaskInfo]:
    return [
        task("t", "s1", "a", follows_fire=True, window=day_range(0), **theme),
        task("f", "s1", "f", domain="A03", fire=True, window=day_range(1)),
    ]


def test_tasks_that_follow_fire_are_recognised_and_need_no_reason() -> None:
    case = month(fire_tasks(), units=fire_units())
    assert reasons_for(case, Plan(days_of(case, {"t": OUT, "f": 1})), book()) == ()


def test_theme_whose_partner_waits_for_fire() -> None:
    theme = {"joint_group": "theme"}
    case = month(
        [*fire_tasks(**theme), task("b", "s1", "b", domain="A02", window=day_range(0), **theme)], units=fire_units()
    )
    reason = reasons_for(case, Plan(days_of(case, {"t": OUT, "f": 1, "b": OUT})), book())
    assert [(case.tasks[r.task].id, rules_by_day(r)) for r in reason] == [("b", [(0, "fire.exclusivity")])]


def test_theme_whose_partner_is_published_elsewhere() -> None:
    """No lawful plan has this, but the reason still says what stands in the way."""
    theme = {"joint_group": "theme"}
    case = month(
        [
            task("t", "s1", "a", window=day_range(0), **theme),
            task("p", "s1", "b", domain="A02", pinned=DAYS[1], **theme),
        ]
    )
    reasons = reasons_for(case, Plan(days_of(case, {"t": OUT, "p": 1})), book())
    assert [r.blocked for r in reasons] == [((0, "pin.fixed", "p"),)]
    assert reasons[0].text_zh == "a：6月1日：联合检查另一方的日期已经公布。"


def test_day_that_no_rule_blocks_is_said_to_be_free() -> None:
    """A plan that simply forgot the task: 2 and 3 June are free."""
    case = month([task("t", "s1", "a")], blackout={"s1": DAYS[:1]})
    reason = only(case, {"t": OUT})
    assert reason.rule == NO_RULE
    assert rules_by_day(reason) == [(0, "blackout")]
    assert reason.text_zh == (
        "a：6月2日、6月3日：没有规则阻止，未排入是编制取舍的结果，可由人工安排；6月1日：检查对象不接受检查。"
    )


def test_only_left_out_tasks_get_a_reason() -> None:
    case = month([task("t", "s1", "a"), task("u", "s2", "a")], blackout={"s2": DAYS})
    plan = Plan(days_of(case, {"t": 0, "u": OUT}))
    assert [case.tasks[r.task].id for r in reasons_for(case, plan, book())] == ["u"]


@pytest.mark.parametrize("seed", range(60))
def test_every_blocked_day_truly_breaks_the_rule_that_is_named(seed: int) -> None:
    """The whole plan with the task (and its theme) on that day breaks that rule and none before it; on a day of the
    window that is not named, it breaks nothing.
    """
    case = lawful_case(seed, n_tasks=7)
    plan = solve_match(case, 0, QUICK).plan
    assert plan is not None
    reasons = {r.task: r for r in reasons_for(case, plan, book())}
    left_out = [t for t, d in enumerate(plan.day.tolist()) if d == OUT and not case.tasks[t].follows_fire]
    assert sorted(reasons) == left_out
    for t, reason in reasons.items():
        named = {d: rule for d, rule, _ in reason.blocked}
        moving = [
            u for u in range(case.n_tasks) if u == t or (case.joint_of[t] >= 0 and case.joint_of[u] == case.joint_of[t])
        ]
        for d in range(int(case.window_lo[t]), int(case.window_hi[t]) + 1):
            day = plan.day.copy()
            day[np.array(moving)] = d
            broken = {v.rule for v in check_plan(case, Plan(day))}
            assert named.get(d) == min(broken, key=lambda rule: RULES[rule].order, default=None)
        assert reason.text_zh.startswith(case.units[int(case.unit_of[t])].name)
        assert reason.text_en.endswith(".")
        assert reason.clauses

"""Why tasks of a site do not come on a day, or two agencies not together, in words: Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.case import Case
from planner.domain.plan import LATER, Plan
from planner.explain.reason_texts import days_text
from planner.explain.visit_words import told_cost
from planner.explain.whynot.conflict import Conflict, Verdict
from planner.explain.whynot.walking import Possibility
from planner.law.words import Both, date_en, date_zh


def told_on_day(case: Case, plan: Plan, found: Possibility, day: int, n: int) -> Both:
    """Return why the tasks of a question about one day do not come on it; `n` facts against it are told."""
    who, on = named(case, plan, found.conflict.moving), case.days[day]
    zh, en = f"{who.zh}，{date_zh(on)}不到此", f"{who.en}, not on {date_en(on)}"
    if found.conflict.verdict is Verdict.BLOCKED:
        return Both(
            f"{zh}：其他安排不动，下面{n}条中任何一条都足以排除这一天（已证明）。",
            f"{en}: all else staying, each of these {n} facts bars the day by itself (proven).",
        )
    if found.more is None:
        return Both(
            f"{zh}：没有规则阻止，时刻和人员能否排开没有判明。",
            f"{en}: no rule stands against it; whether starts and crews can be found was not settled.",
        )
    cost = told_cost(found.more)
    return Both(
        f"{zh}：没有规则阻止，可以改来，{cost.zh}；方案没有选这一天。",
        f"{en}: nothing stands against it, {cost.en}; the plan chose otherwise.",
    )


def told_pair(case: Case, plan: Plan, found: Possibility) -> Both:
    """Return why the tasks of two agencies at a site do not come on one day."""
    who = named(case, plan, found.conflict.moving)
    if found.conflict.verdict is Verdict.BLOCKED:
        n = len(found.conflict.members)
        return Both(
            f"{who.zh}：其他安排不动，本月没有一天能同去（已证明）。下面{n}条合起来已足以排除每一天，去掉任何一条就不足以。",
            f"{who.en}: all else staying, they can come together on no day of the month (proven). These {n} facts bar "
            "every day together, and without any one of them they do not.",
        )
    if found.more is None:
        return Both(
            f"{who.zh}：没有定论，{_open(case, found.conflict).zh}",
            f"{who.en}: not settled, {_open(case, found.conflict).en}",
        )
    day, cost = case.days[found.day], told_cost(found.more)
    return Both(
        f"{who.zh}：没有规则阻止同去。代价最小的是{date_zh(day)}，{cost.zh}；方案没有这样选。",
        f"{who.en}: nothing stands against coming together. The day that costs least is {date_en(day)}, {cost.en}; the "
        "plan chose otherwise.",
    )


def _open(case: Case, conflict: Conflict) -> Both:
    days = conflict.unknown or conflict.free
    return Both(
        f"{days_text(case, days, date_zh, '至', '、')}能否排出时刻和人员，未能判明。",
        f"whether starts and crews can be found on {days_text(case, days, date_en, ' to ', ', ')} stayed open.",
    )


def named(case: Case, plan: Plan, tasks: Sequence[int]) -> Both:
    """Return the units of tasks, each with where the plan has it."""
    where: dict[str, set[int]] = {}
    for t in tasks:
        where.setdefault(case.units[int(case.unit_of[t])].name, set()).add(int(plan.day[t]))
    zh = (f"{unit}（{'、'.join(_place(case, d).zh for d in sorted(days))}）" for unit, days in where.items())
    en = (f"{unit} ({', '.join(_place(case, d).en for d in sorted(days))})" for unit, days in where.items())
    return Both("、".join(zh), " and ".join(en))


def _place(case: Case, d: int) -> Both:
    if d >= 0:
        return Both(f"排在{date_zh(case.days[d])}", f"planned on {date_en(case.days[d])}")
    return Both("留待以后月份", "waits for a later month") if d == LATER else Both("未安排", "left out")

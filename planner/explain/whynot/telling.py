"""A conflict in words: one sentence a member in Chinese and English, with the clauses of those whom it binds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.domain.case import Case, IntArray, Strength
from planner.domain.plan import Plan, loads_of
from planner.domain.result import LEFT_OUT_LEVELS, Level
from planner.explain.reason_texts import days_text
from planner.explain.whynot.conflict import Conflict, Member, Verdict
from planner.law.register import RULES
from planner.law.words import Blocked, date_en, date_zh, together
from planner.rulebook.citing import opened_all
from planner.rulebook.nouns import RulebookVersion
from planner.solve.exact.subcase import site_within

STRENGTHS = {
    Strength.MANDATORY: ("必须", "mandatory"),
    Strength.ACCEPTED: ("应当", "accepted"),
    Strength.OPTIONAL: ("可选", "optional"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One member in words. `numbers` are (used, there is) of crews, day by day, () for other rules."""

    rule: str
    subjects: tuple[str, ...]
    days: tuple[int, ...]
    numbers: tuple[tuple[int, ...], ...]
    clauses: tuple[str, ...]
    zh: str
    en: str


def told_members(
    case: Case, plan: Plan, conflict: Conflict, law: RulebookVersion, members: Sequence[Member] | None = None
) -> tuple[Told, ...]:
    """Return the members of a conflict in words, those of its smallest set unless others are named."""
    site = int(case.site_of[conflict.task])
    alone, day = site_within(case, plan, site, loads_of(case, plan))
    first = int(case.start[site])
    here = conflict.task - first, *(t - first for t in conflict.moving)
    return tuple(_told(alone, day, here, one, law) for one in (conflict.members if members is None else members))


def _told(case: Case, day: IntArray, tasks: Sequence[int], member: Member, law: RulebookVersion) -> Told:
    """Return a member told to the first of `tasks`, or to whose it is of those that do not have to come with it."""
    with_it, (_, of, subjects) = together(case, tasks[0]), member.key
    others = [t for t in tasks if t not in with_it]
    foreign = of != case.tasks[tasks[0]].domain
    named = (t for t in others if case.tasks[t].id in subjects or (foreign and case.tasks[t].domain == of))
    task = next(named, tasks[0])
    rule, domain = RULES[member.rule], member.key[1] or case.tasks[task].domain
    whose = case.units[int(case.unit_of[task])].name if task != tasks[0] else ""
    by_words: dict[tuple[str, str], list[int]] = {}
    for d, violation in zip(member.days, member.violations, strict=True):
        then = day.copy()
        then[list(tasks)] = d
        words = rule.words(Blocked(case, task, then, d, violation))
        if whose and whose not in words[0]:
            words = f"{whose}{words[0]}", f"{whose} {words[1]}"
        if rule.overload:
            used, most = violation.numbers
            words = f"{words[0]}，需{used}个刻钟，只有{most}个", f"{words[1]}: {used} quarter-hours of {most}"
        by_words.setdefault(words, []).append(d)
    zh = "；".join(f"{days_text(case, days, date_zh, '至', '、')}：{words[0]}" for words, days in by_words.items())
    en = "; ".join(f"{days_text(case, days, date_en, ' to ', ', ')}: {words[1]}" for words, days in by_words.items())
    clauses = law.clauses_for(member.rule, domain)
    return Told(
        member.rule,
        member.key[2],
        member.days,
        tuple(v.numbers for v in member.violations) if rule.overload else (),
        clauses,
        f"{zh}。依据：{opened_all(law, clauses)}。" if clauses else f"{zh}。",
        f"{en}. By {opened_all(law, clauses, 'en')}." if clauses else f"{en}.",
    )


def headline(case: Case, conflict: Conflict, n: int) -> tuple[str, str]:
    """Return the answer, of which `n` facts are told, in one sentence, Chinese and English."""
    unit = case.units[int(case.unit_of[conflict.task])].name
    if conflict.verdict is Verdict.FREE:
        days = conflict.free
        return (
            f"{unit}：其他安排不动，{days_text(case, days, date_zh, '至', '、')}没有规则阻止，可由人工安排"
            "（以后的日子未逐日核对）。",
            f"{unit}: all else staying, nothing stands against {days_text(case, days, date_en, ' to ', ', ')}; "
            "it can be placed by hand (later days were not asked).",
        )
    if conflict.verdict is Verdict.UNKNOWN:
        days = conflict.unknown
        return (
            f"{unit}：没有定论。{days_text(case, days, date_zh, '至', '、')}能否排出时刻和人员，未能判明。",
            f"{unit}: not settled. Whether starts and crews can be found on "
            f"{days_text(case, days, date_en, ' to ', ', ')} stayed open.",
        )
    return (
        f"{unit}：其他安排不动，本月没有一天排得进（已证明）。下面{n}条合起来已足以排除每一天，去掉任何一条就不足以。",
        f"{unit}: all else staying, no day of the month can take it (proven). These {n} facts bar every day together, "
        "and without any one of them they do not.",
    )


def rank_answer(case: Case, task: int, levels: Sequence[Level]) -> tuple[str, str, str]:
    """Return whether others could be moved for the task so that nothing of its strength or above falls out.

    That is "no" where what is left out is proven least down to its strength: the task would come in on top, and the
    plan would be better than any is. Otherwise it is "unknown". With it, Chinese and English.
    """
    strength = case.tasks[task].strength
    zh, en = STRENGTHS[strength]
    found = {level.name: level for level in levels}
    asked = [found.get(name) for name in LEFT_OUT_LEVELS[: int(strength) + 1]]
    counted = not case.tasks[task].follows_fire and case.tasks[task].priority > 0
    if counted and all(one and one.value in (one.bound_certified, one.bound_solver) for one in asked):
        return (
            "no",
            f"移动其他安排也不行：未安排的权重到“{zh}”一级已证明最少，排进它就必有同级或更高一级的另一项排不上。",
            f"Nor by moving others: what is left out is proven least down to “{en}”, so another of the same or a "
            "higher strength would fall out for it.",
        )
    return (
        "unknown",
        "移动其他安排、又不挤掉同级或更高一级的检查，是否可行：没有证明，不能断定。",
        "Whether others could be moved without one of the same or a higher strength falling out is not proven "
        "either way.",
    )

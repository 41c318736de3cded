"""Why a visit is where it is, in words: one sentence a day or an absent agency, and how firm the choice is."""

from __future__ import annotations

from collections.abc import Iterable

from planner.domain.case import Case
from planner.domain.plan import LATER, LEFT_OUT
from planner.explain.why_visit import Absent, Against, Could, OtherDay, VisitReasons, Worth
from planner.law.words import Both, date_en, date_zh
from planner.rulebook.citing import opened_all
from planner.rulebook.nouns import RulebookVersion

LEVELS = (Both("必须", "mandatory"), Both("应当", "accepted"), Both("可选", "optional"))


def told_day(case: Case, one: OtherDay, law: RulebookVersion) -> Both:
    """Return why the visit is not on another day."""
    day = case.days[one.day]
    said = _told(one.could, one.more, one.against, law)
    return Both(f"{date_zh(day)}：{said.zh}。", f"{date_en(day)}: {said.en}.")


def told_absent(case: Case, one: Absent, law: RulebookVersion) -> Both:
    """Return why tasks of the site are not at the visit."""
    units = sorted({case.units[int(case.unit_of[t])].name for t in one.tasks})
    if one.day >= 0:
        where = Both(f"排在{date_zh(case.days[one.day])}", f"comes on {date_en(case.days[one.day])}")
    else:
        kinds = {LATER: Both("留待以后月份", "waits for a later month"), LEFT_OUT: Both("未安排", "is left out")}
        where = kinds[one.day]
    said = _told(one.could, one.more, one.against, law)
    return Both(
        f"{'、'.join(units)}（{where.zh}）未同来：{said.zh}。",
        f"{' and '.join(units)} ({where.en}) does not come along: {said.en}.",
    )


def told_margin(case: Case, reasons: VisitReasons) -> Both:
    """Return how firm the choice of the day is: the least change under which another day would be as good."""
    one = reasons.margin
    open_zh = "" if reasons.settled else "（有的日子能否排开没有判明，未计入）"
    open_en = "" if reasons.settled else " (days on which starts and crews were not settled are not counted)"
    if one is None or one.more is None:
        return Both(
            f"确定程度：只移动这一次入企，没有别的日子可行，费用怎么变都不会改选{open_zh}。",
            f"How firm: moving this visit alone, no other day is possible, so no price would change the "
            f"choice{open_en}.",
        )
    day, more = case.days[one.day], one.more
    if not any(more.key[:-1]):
        even = told_cost(more)
        return Both(
            f"确定程度：低。只移动这一次入企，{date_zh(day)}在未安排、入企、打扰各级上与所选日子一样好，{even.zh}{open_zh}。",
            f"How firm: barely. Moving this visit alone, {date_en(day)} is as good by what is left out, entries and "
            f"disturbance: {even.en}{open_en}.",
        )
    cost = told_cost(more)
    return Both(
        f"确定程度：只移动这一次入企，最接近的是{date_zh(day)}，{cost.zh}；这些代价少于此数才会改选{open_zh}。",
        f"How firm: moving this visit alone, the nearest is {date_en(day)}, {cost.en}; only if that cost fell away "
        f"would the choice change{open_en}.",
    )


def _told(could: Could, more: Worth | None, against: Iterable[Against], law: RulebookVersion) -> Both:
    if could is Could.NO:
        said = [_barred(one, law) for one in against]
        return Both("；".join(s.zh for s in said), "; ".join(s.en for s in said))
    if could is Could.UNWALKED:
        return Both(
            "工时虽够，时刻、路程或人员排不开（已证明）",
            "hours would do, but no starts and crews can be found (proven)",
        )
    cost = told_cost(more) if more is not None else Both("", "")
    if could is Could.UNSETTLED:
        return Both(
            f"没有规则阻止，{cost.zh}；时刻和人员能否排开没有判明",
            f"no rule stands against it, {cost.en}; whether starts and crews can be found was not settled",
        )
    return Both(f"可以，{cost.zh}", f"possible, {cost.en}")


def _barred(one: Against, law: RulebookVersion) -> Both:
    clauses = law.clauses_for(one.rule, one.domain)
    zh = f"（依据：{opened_all(law, clauses)}）" if clauses else ""
    en = f" (by {opened_all(law, clauses, 'en')})" if clauses else ""
    return Both(one.words.zh + zh, one.words.en + en)


def told_cost(more: Worth) -> Both:
    """Return what the plan would have more, level by level; levels that stay as they are are left out."""
    parts = [
        Both(f"未安排（{level.zh}）{n:+d}分", f"left out ({level.en}) {n:+d} points")
        for level, n in zip(LEVELS, more.left_out, strict=True)
        if n
    ]
    if more.entries:
        parts.append(Both(f"入企{more.entries:+d}次", f"entries {more.entries:+d}"))
    if more.disturbance:
        parts.append(
            Both(f"打扰{more.disturbance:+d}（刻钟×敏感度）", f"disturbance {more.disturbance:+d} quarter-hours")
        )
    if more.crowding:
        zh, en = ("更不均", "less even") if more.crowding > 0 else ("更均", "more even")
        amount = f"{abs(more.crowding) / 100:g}"
        parts.append(Both(f"各日忙闲{zh}（{amount}）", f"the units' days {en} by {amount}"))
    if not parts:
        return Both("各级代价都相同", "at the same cost on every level")
    return Both("、".join(p.zh for p in parts), ", ".join(p.en for p in parts))

"""Reasons in words, Chinese and English: which days are blocked by what, with dates, agencies and amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from planner.domain.case import QUARTER_MINUTES, Case, IntArray
from planner.law.register import RULES
from planner.law.violation import Violation
from planner.law.words import Blocked, date_en, date_zh


@dataclass(frozen=True, slots=True)
class Block:
    """What stands against one day of the month: the violation that the task would cause there."""

    day: int
    violation: Violation


@dataclass(frozen=True, slots=True)
class _Group:
    """Days that the same thing blocks, and that thing in both languages; `short` are crew quarter-hours missing."""

    key: tuple[str, ...]
    zh: str
    en: str
    days: list[int]
    short: list[int]


def reason_texts(
    case: Case,
    task: int,
    day: IntArray,
    rule: str,
    blocks: Sequence[Block],
    free: Sequence[int],
    unknown: Sequence[int] = (),
) -> tuple[str, str]:
    """Return why `task` of the one-site case `case` is left out, its site's tasks being on `day` [T].

    `blocks` are the blocked days of its window, `free` those that nothing blocks, `unknown` those of which it was not
    settled whether they can be walked; `rule` is what the reason comes down to.
    """
    info, unit = case.tasks[task], case.units[int(case.unit_of[task])].name
    if not (blocks or free or unknown):
        first, last = info.window
        return (
            f"{unit}：办理期限{date_zh(first)}至{date_zh(last)}内，本月没有可以检查的工作日。",
            f"{unit}: no open day of the month lies in the window {date_en(first)} to {date_en(last)}.",
        )
    groups = _grouped(case, task, day, blocks)
    groups.sort(key=lambda g: (g.key[0] != rule, -len(g.days), g.key))
    zh = [f"{days_text(case, g.days, date_zh, '至', '、')}：{g.zh}{_short_zh(g.short)}" for g in groups]
    en = [f"{days_text(case, g.days, date_en, ' to ', ', ')}: {g.en}{_short_en(g.short)}" for g in groups]
    if free:
        zh.insert(
            0,
            f"{days_text(case, free, date_zh, '至', '、')}：没有规则阻止，未排入是编制取舍的结果，可由人工安排",
        )
        en.insert(
            0,
            f"{days_text(case, free, date_en, ' to ', ', ')}: no rule stands against it; the plan chose otherwise, "
            "and it can be placed by hand",
        )
    if unknown:
        zh.append(f"{days_text(case, unknown, date_zh, '至', '、')}：工时尚有余，能否排出时刻和人员没有定论")
        en.append(
            f"{days_text(case, unknown, date_en, ' to ', ', ')}: hours are left, but whether starts and crews can be "
            "found was not settled"
        )
    return f"{unit}：{'；'.join(zh)}。", f"{unit}: {'; '.join(en)}."


def days_text(case: Case, days: Iterable[int], text: Callable[[date], str], to: str, comma: str) -> str:
    """Return dates with runs of open days drawn together."""
    runs: list[list[int]] = []
    for d in sorted(days):
        if runs and d == runs[-1][1] + 1:
            runs[-1][1] = d
        else:
            runs.append([d, d])
    parts = []
    for first, last in runs:
        ends = [text(case.days[first])] if first == last else [text(case.days[first]), text(case.days[last])]
        parts.append((to if last > first + 1 else comma).join(ends))
    return comma.join(parts)


def _grouped(case: Case, task: int, day: IntArray, blocks: Iterable[Block]) -> list[_Group]:
    groups: dict[tuple[str, ...], _Group] = {}
    for block in blocks:
        rule = RULES[block.violation.rule]
        zh, en = rule.words(Blocked(case, task, day, block.day, block.violation))
        group = groups.setdefault((rule.id, zh), _Group((rule.id, zh), zh, en, [], []))
        group.days.append(block.day)
        if rule.overload:
            used, most = block.violation.numbers
            group.short.append(used - most)
    return list(groups.values())


def _short_zh(short: Sequence[int]) -> str:
    if not short:
        return ""
    low, high = min(short), max(short)
    return f"，还差{low if low == high else f'{low}至{high}'}个刻钟（每刻钟{QUARTER_MINUTES}分钟）"


def _short_en(short: Sequence[int]) -> str:
    if not short:
        return ""
    low, high = min(short), max(short)
    return f", {low if low == high else f'{low} to {high}'} crew quarter-hours short"

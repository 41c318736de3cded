"""Reasons in words, Chinese and English: which days are blocked by what, with dates, agencies and amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from planner.checks.violation import Violation
from planner.domain.case import QUARTER_MINUTES, Case, IntArray

MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


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
    zh = [f"{_days(case, g.days, date_zh, '至', '、')}：{g.zh}{_short_zh(g.short)}" for g in groups]
    en = [f"{_days(case, g.days, date_en, ' to ', ', ')}: {g.en}{_short_en(g.short)}" for g in groups]
    if free:
        zh.insert(
            0,
            f"{_days(case, free, date_zh, '至', '、')}：没有规则阻止，未排入是编制取舍的结果，可由人工安排",
        )
        en.insert(
            0,
            f"{_days(case, free, date_en, ' to ', ', ')}: no rule stands against it; the plan chose otherwise, "
            "and it can be placed by hand",
        )
    if unknown:
        zh.append(f"{_days(case, unknown, date_zh, '至', '、')}：工时尚有余，能否排出时刻和人员没有定论")
        en.append(
            f"{_days(case, unknown, date_en, ' to ', ', ')}: hours are left, but whether starts and crews can be found "
            "was not settled"
        )
    return f"{unit}：{'；'.join(zh)}。", f"{unit}: {'; '.join(en)}."


def together(case: Case, task: int) -> frozenset[int]:
    """Return the tasks of the site that come with `task` or not at all: its joint theme."""
    theme, here = int(case.joint_of[task]), case.tasks_at(int(case.site_of[task]))
    return frozenset(t for t in here if t == task or (theme >= 0 and case.joint_of[t] == theme))


def date_zh(day: date) -> str:
    """Return a date such as 6月3日."""
    return f"{day.month}月{day.day}日"


def date_en(day: date) -> str:
    """Return a date such as 3 June."""
    return f"{day.day} {MONTHS_EN[day.month - 1]}"


def _days(case: Case, days: Iterable[int], text: Callable[[date], str], to: str, comma: str) -> str:
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
        zh, en = _words(case, task, day, block)
        group = groups.setdefault((block.violation.rule, zh), _Group((block.violation.rule, zh), zh, en, [], []))
        group.days.append(block.day)
        if block.violation.rule.startswith("capacity."):
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


def _words(case: Case, task: int, day: IntArray, block: Block) -> tuple[str, str]:
    """Return what blocks the day, in Chinese and English."""
    v, info = block.violation, case.tasks[task]
    match v.rule:
        case "window":
            if v.subjects == (info.id,):
                first, last = info.window
                return (
                    f"不在办理期限{date_zh(first)}至{date_zh(last)}内",
                    f"outside the window {date_en(first)} to {date_en(last)}",
                )
            return _partner_window_words(case, v.subjects[0])
        case "blackout":
            return "检查对象不接受检查", "the site is closed to inspections"
        case "gap.domain":
            return _gap_words(case, task, day, block)
        case "cap.domain":
            needed, quota = v.numbers
            if not quota:
                return "本年度该领域计划检查次数已用完", "the domain's planned checks of the year are used up"
            return (
                f"该领域本年度只剩{quota}次计划检查，需要{needed}次",
                f"{needed} dates needed where the domain has {quota} left this year",
            )
        case "entry.cap":
            return f"将达到{v.numbers[0]}次到场，超过当月上限{v.numbers[1]}次", "{} entries, over the cap of {}".format(
                *v.numbers
            )
        case "entry.gap":
            return f"与其他到场相隔{v.numbers[0]}天，少于{v.numbers[1]}天", (
                "{} days from another entry, less than {}".format(*v.numbers)
            )
        case "join.not":
            zh, en = _present(case, task, day, block.day)
            return f"检查对象在不联合名单上，当日有{zh}到场", f"the site is not to be joined and {en} come that day"
        case "unannounced.alone":
            zh, en = _present(case, task, day, block.day)
            return f"突击检查须单独进行，当日有{zh}到场", f"an unannounced check comes alone and {en} come that day"
        case "visit.max-agencies":
            return (
                f"同去主体将有{v.numbers[0]}个，超过上限{v.numbers[1]}个",
                "{} agencies at once, over the cap of {}".format(*v.numbers),
            )
        case "fire.exclusivity":
            return (
                "消防事项只能随消防部门同去，当日消防不到场",
                "fire items ride with the fire service, which is not there",
            )
        case "visit.hours":
            unit, (stay, most) = _unit_name(case, v.subjects[0]), v.numbers
            return (
                f"{unit}一次要停留{stay}个刻钟，超过一个工作日的{most}个刻钟",
                f"{unit} would stay {stay} quarter-hours where a working day has {most}",
            )
        case "hours.business":
            return (
                f"需避开营业时间，一次要{v.numbers[0]}个刻钟，营业时间以外连续只有{v.numbers[1]}个刻钟",
                f"{v.numbers[0]} quarter-hours are needed outside business hours, where {v.numbers[1]} lie together",
            )
        case "crew.enough":
            unit = _unit_name(case, v.subjects[1])
            return (
                f"{unit}当日没有可以承担的检查组（持证、在岗、具备技能、无需回避的人员不足）",
                f"{unit} has no crew that may go: too few certified inspectors on duty, able and not recused",
            )
        case "pin.fixed":
            return "联合检查另一方的日期已经公布", "the date of a task that must come along is published"
        case "crew.free":
            unit = _unit_name(case, v.subjects[0])
            return (
                f"{unit}工时虽有余，当日排不出时刻（半日、午休、路途和同时到场所限）",
                f"{unit} has hours left but no start that day: half-days, the break, travel and joint starts stand in "
                "the way",
            )
        case "capacity.skill":
            unit = _unit_name(case, v.subjects[0])
            return f"{unit}具备“{v.subjects[1]}”技能的人员不足", f"{unit} lacks crews with the skill {v.subjects[1]}"
        case "capacity.crew":
            unit = _unit_name(case, v.subjects[0])
            return f"{unit}人员不足", f"{unit} lacks crews"
        case _:
            return f"违反规则{v.rule}（{info.domain}）", f"breaks rule {v.rule} ({v.message})"


def _partner_window_words(case: Case, task: str) -> tuple[str, str]:
    """Return whose window it is that the day lies outside of, with the filing."""
    n = next(n for n, t in enumerate(case.tasks) if t.id == task)
    unit, (first, last) = case.units[int(case.unit_of[n])].name, case.tasks[n].window
    zh, en = "、".join(case.tasks[n].filings), ", ".join(case.tasks[n].filings)
    return (
        f"须与{unit}（计划{zh}）同日，不在其{date_zh(first)}至{date_zh(last)}的办理期限内",
        f"{unit} ({en}) must come along, whose window is {date_en(first)} to {date_en(last)}",
    )


def _gap_words(case: Case, task: int, day: IntArray, block: Block) -> tuple[str, str]:
    v, here = block.violation, case.days[block.day]
    waiting = [n for n, t in enumerate(case.tasks) if (t.id,) == v.subjects]
    if waiting:
        unit = case.units[int(case.unit_of[waiting[0]])].name
        return (
            f"会使{unit}顺延的任务没有可用日期",
            f"a deferred task of {unit} would have no lawful date left",
        )
    own = together(case, task)
    n = next(n for n, g in enumerate(case.groups) if (g.site, g.domain) == (v.subjects[0], v.domain))
    planned = [case.days[day[t]] for t in range(case.n_tasks) if case.group_of[t] == n and day[t] >= 0 and t not in own]
    other = min((d for d in (*planned, *case.groups[n].history) if d != here), key=lambda d: abs((d - here).days))
    months = case.groups[n].gap_months
    return (
        f"与{date_zh(other)}的同领域检查间隔不足{months}个月",
        f"less than {months} month{'s' if months > 1 else ''} from the domain's check on {date_en(other)}",
    )


def _present(case: Case, task: int, day: IntArray, on: int) -> tuple[str, str]:
    """Return the names of the other agencies' units that would be at the site that day."""
    own, mine = together(case, task), case.parent_of[task]
    there = {int(case.unit_of[t]) for t in range(case.n_tasks) if day[t] == on or t in own}
    names = [case.units[u].name for u in sorted(there) if case.units[u].parent != case.parents[mine]]
    return "、".join(names), " and ".join(names)


def _unit_name(case: Case, unit: str) -> str:
    return next(u.name for u in case.units if u.id == unit)

"""Ways out in words: what would have to be done, by whom, and what it costs, one sentence each in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.domain.case import Case
from planner.explain.whynot.changes import Asked, Change, Kind
from planner.explain.whynot.ways import MOVES, Way, Ways
from planner.law.words import Both, date_en, date_zh
from planner.rulebook.citing import opened_all
from planner.rulebook.nouns import RulebookVersion

KINDS = {
    Kind.DAY: Both("直接排入空闲的一天", "a free day"),
    Kind.VISIT: Both("移动另一次入企", "another visit moved"),
    Kind.WINDOW: Both("变更备案期限", "an amended window"),
    Kind.CONSENT: Both("相关单位同意联合", "agencies that decide to join"),
    Kind.CREW: Both("增派一个半天的检查组", "one crew more for half a day"),
    Kind.WAIVER: Both("签批豁免一条政策类规则", "a signed waiver of one policy rule"),
    Kind.BOTH: Both("移动另一次入企并变更备案期限", "another visit moved and an amended window together"),
}
HALVES = {0: Both("上午", " morning"), 1: Both("下午", " afternoon"), -1: Both("半天", ", half a day")}


def told_way(asked: Asked, way: Way, law: RulebookVersion) -> Both:
    """Return what a way does, who has to do it, and what it costs."""
    day = asked.case.days[way.day]
    does, done = _WORDS[way.change.kind](asked, way.change, law)
    cost_zh, cost_en = f"入企{way.entries:+d}次", f"entries {way.entries:+d}"
    return Both(
        f"{does}，本任务即可排在{date_zh(day)}，{_others(way).zh}（{cost_zh}，已实际代入核验）。",
        f"{done}, the task can come on {date_en(day)}, {_others(way).en} ({cost_en}; checked by doing it).",
    )


def told_ways(ways: Ways) -> Both:
    """Return what is proven of all ways together: which is cheapest, that none exists, or what stayed open."""
    kinds = [KINDS[kind] for kind in ways.unsettled]
    zh, en = "、".join(k.zh for k in kinds), ", ".join(k.en for k in kinds)
    if ways.none_exists:
        family = [k for k in KINDS if k is not Kind.DAY]
        return Both(
            f"依法无解：{'、'.join(KINDS[k].zh for k in family)}，这些办法已逐一试尽，没有一个可行；"
            "此外同时改几处的未试。",
            f"None within the law exists: {', '.join(KINDS[k].en for k in family)} were tried to the last, and none "
            "works. Other changes of several things at once were not tried.",
        )
    if not ways.found:
        return Both(
            f"没有定论：未找到办法，但{zh}未能全部判明。", f"Not settled: none was found, but {en} stayed open."
        )
    if not ways.proven:
        return Both(
            f"所列办法可行；是否还有代价更小的，因{zh}未能全部判明，没有定论。",
            f"What is named works; whether something cheaper does is not settled, since {en} stayed open.",
        )
    if ways.found[0].change.kind is Kind.BOTH:
        return Both(
            "只改一处的办法已逐一试尽，没有一个可行；所列是同时移动一次入企、变更期限的办法中代价最小的（已逐一比较）。",
            "No single change works (all were tried); of a visit moved and a window amended together what is named is "
            "the cheapest (all were compared).",
        )
    return Both(
        "第一个办法是只改一处的办法中代价最小的（已逐一比较）。",
        "The first is the cheapest that changes one thing (all were compared).",
    )


def _others(way: Way) -> Both:
    if way.change.kind in MOVES:
        return Both("其余安排不动，没有任务被挤掉", "all else staying and no task falling out")
    return Both("其他安排不动", "all else staying")


def _unit_names(case: Case, tasks: Sequence[int]) -> Both:
    names = sorted({case.units[int(case.unit_of[t])].name for t in tasks})
    return Both("、".join(names), " and ".join(names))


def _day(asked: Asked, change: Change, law: RulebookVersion) -> Both:
    return Both("不必改动什么", "Nothing has to be changed: placed by hand")


def _visit(asked: Asked, change: Change, law: RulebookVersion) -> Both:
    case = change.case
    site = case.sites[int(case.site_of[change.tasks[0]])].name
    who, source, target = _unit_names(case, change.tasks), case.days[change.source], case.days[change.target]
    return Both(
        f"把{who.zh}{date_zh(source)}对{site}的入企改到{date_zh(target)}",
        f"With the visit of {who.en} to {site} moved from {date_en(source)} to {date_en(target)}",
    )


def _window(asked: Asked, change: Change, law: RulebookVersion) -> Both:
    case = change.case
    filings = sorted({f for t in change.tasks for f in case.tasks[t].filings})
    who, day = _unit_names(case, change.tasks), case.days[change.days[0]]
    return Both(
        f"由{who.zh}变更备案，计划{'、'.join(filings)}的办理期限放宽{change.size}天到{date_zh(day)}",
        f"With the filing of {who.en} ({', '.join(filings)}) amended, its window wider by {change.size} "
        f"day{'s' if change.size != 1 else ''}, to {date_en(day)}",
    )


def _both(asked: Asked, change: Change, law: RulebookVersion) -> Both:
    moved, wider = _visit(asked, change, law), _window(asked, replace(change, tasks=change.late), law)
    return Both(f"{moved.zh}，并{wider.zh}", f"{moved.en}, and {wider.en[:1].lower()}{wider.en[1:]}")


def _consent(asked: Asked, change: Change, law: RulebookVersion) -> Both:
    case, who = change.case, _unit_names(change.case, change.tasks)
    site = case.sites[asked.site].name
    return Both(
        f"经{who.zh}书面同意在{site}联合（登记为已同意联合）",
        f"With {who.en} deciding in writing to join at {site}",
    )


def _crew(asked: Asked, change: Change, law: RulebookVersion) -> Both:
    unit, day, half = change.case.units[change.unit].name, change.case.days[change.days[0]], HALVES[change.half]
    skills = sorted({asked.case.tasks[t].skill for t in asked.moving if asked.case.unit_of[t] == change.unit} - {""})
    able = Both(f"具备“{'、'.join(skills)}”能力的", f" with {', '.join(skills)}") if skills else Both("", "")
    return Both(
        f"{unit}在{date_zh(day)}{half.zh}增派一个{able.zh}检查组",
        f"With one crew more of {unit}{able.en} on {date_en(day)}{half.en}",
    )


def _waiver(asked: Asked, change: Change, law: RulebookVersion) -> Both:
    rule = law.rule(change.rule)
    case, domain = asked.case, asked.case.tasks[asked.conflict.task].domain
    filings = sorted({f for t in change.tasks for f in case.tasks[t].filings})
    clauses = law.clauses_for(change.rule, domain)
    by_zh = f"（依据：{opened_all(law, clauses)}）" if clauses else ""
    by_en = f" (by {opened_all(law, clauses, 'en')})" if clauses else ""
    return Both(
        f"由负责人具名签批豁免：对计划{'、'.join(filings)}不适用政策类规则“{rule.title_zh}”{by_zh}",
        f"With a waiver signed by name, the policy rule “{rule.title_en}” lifted for {', '.join(filings)}{by_en}",
    )


_WORDS = {
    Kind.DAY: _day,
    Kind.VISIT: _visit,
    Kind.WINDOW: _window,
    Kind.CONSENT: _consent,
    Kind.CREW: _crew,
    Kind.WAIVER: _waiver,
    Kind.BOTH: _both,
}

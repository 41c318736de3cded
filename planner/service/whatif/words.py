"""What effects are called, in Chinese and English."""

from __future__ import annotations

from typing import Literal

from planner.checks.effects import Interval, Verdict, Word

WORDS: dict[Word, tuple[str, str]] = {
    Word.LESS: ("已证明减少", "proven: fewer"),
    Word.MORE: ("已证明增加", "proven: more"),
    Word.NONE: ("已证明没有影响", "proven: no effect"),
    Word.NEVER_MORE: ("已证明不会增加", "proven: never more"),
    Word.NEVER_LESS: ("已证明不会减少", "proven: never fewer"),
    Word.OPEN: ("未证实", "not proven"),
}
NOT_COMPARABLE = {
    "empty": ("不可比：两个方案没有共同完成的检查", "not comparable: nothing that both plans do"),
    "pin": ("不可比：有已公布的入企不是两边都有", "not comparable: a published visit is not common to both"),
    "no_plan": ("不可比：共同部分没有合法方案", "not comparable: no lawful plan of what is common"),
    "no_tasks": ("情景下本月没有到期的检查", "nothing is due in the scenario's month"),
    "infeasible": ("情景下已公布的入企排不出合法方案", "published visits leave no lawful plan in the scenario"),
    "no_times": ("情景的方案排不出时间或人员", "the scenario's plan cannot be timed or manned"),
}
VERDICTS = {
    "better": ("情景更好", "the scenario is better"),
    "worse": ("情景更差", "the scenario is worse"),
    "equal": ("直到入企次数，已证明一样好", "proven equal, down to entries"),
    "undecided": ("未能判定", "undecided"),
    "other_weights": ("口径不同：任务的必要程度或优先级有变", "other weights: strength or priority of tasks differs"),
}
LEVEL_NAMES = {
    "left_out.mandatory": ("必须的检查未安排", "mandatory checks left out"),
    "left_out.accepted": ("应当的检查未安排", "accepted checks left out"),
    "left_out.optional": ("可选的检查未安排", "optional checks left out"),
    "entries": ("入企次数", "entries"),
}


def of_effect(interval: Interval) -> str:
    """Return an interval in Chinese, such as "−3 至 0（已证明不会增加）"."""
    ends = f"{interval.low:+d}" if interval.low == interval.high else f"{interval.low:+d} 至 {interval.high:+d}"
    return f"{ends.replace('-', '−').replace('+0', '0')}（{WORDS[interval.word][0]}）"


def of_whole(ends: tuple[int | None, int | None]) -> str:
    """Return in Chinese which ends hold with starts and people."""
    low, high = (None if end is None else f"{end:+d}".replace("-", "−").replace("+0", "0") for end in ends)
    if low is None:
        return "这是撮合层面的区间"
    if high is None:
        return f"这是撮合层面的区间；连同排时派员，至少 {low}，上端要推演到完整深度才知道"
    return f"这是撮合层面的区间；连同排时派员为 {low} 至 {high}"


def of_verdict(verdict: Verdict, lang: Literal["zh", "en"] = "zh") -> str:
    """Return a verdict in words, with the level that decides."""
    n = 0 if lang == "zh" else 1
    level = LEVEL_NAMES.get(verdict.level, ("", ""))[n]
    if not level:
        return VERDICTS[verdict.word][n]
    return f"{VERDICTS[verdict.word][n]}（{level}）" if lang == "zh" else f"{VERDICTS[verdict.word][n]} ({level})"

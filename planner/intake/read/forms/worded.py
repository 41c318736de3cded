"""What words in a cell come to: durations, ends that are none, and the nearest value to what is none."""

from __future__ import annotations

import re
from collections.abc import Callable

from planner.intake.read.grammar import GrammarError, half_width

_ENDLESS = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "无期限", "至今", "无限期"})
_FAR_YEAR = re.compile(r"(?:9999|2[1-9]\d\d|[3-8]\d{3})\s*[-./年].*", re.ASCII)
_DURATION = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s*(?:个)?(?:小时|h|hours?))?\s*(?:(\d+(?:\.\d+)?)\s*(?:分钟?|min|minutes?))?", re.ASCII | re.I
)


def is_endless(text: str) -> bool:
    """Return whether an end is none: 长期, or a year that stands for it."""
    return text in _ENDLESS or _FAR_YEAR.fullmatch(text) is not None


def minutes_of(text: str) -> float | None:
    """Return the minutes of 60分钟, 1.5小时, 1小时30分 or 半小时; None where the text says something else."""
    for words, hours in (("一个半小时", "1.5小时"), ("半个小时", "0.5小时"), ("半小时", "0.5小时")):
        text = text.replace(words, hours)
    found = _DURATION.fullmatch(text)
    if found is None or not (found[1] or found[2]):
        return None
    return float(found[1] or 0) * 60 + float(found[2] or 0)


def parses(parse: Callable[[str], object], text: str) -> bool:
    """Return whether `parse` takes the text."""
    try:
        parse(text)
    except GrammarError:
        return False
    return True


def proposed_ratio(text: str) -> str:
    """Return the ratio that is nearest to a text that is none, as a question."""
    plain = half_width(text).replace("百分之", "")
    by_grade = re.findall(r"([A-D])[级类]?[:=为]?(\d+(?:\.\d+)?%)", plain)
    if by_grade and "(" not in plain:
        return _asked(";".join(f"{grade}={part}" for grade, part in by_grade))
    if plain in {"全覆盖", "全部", "全面", "全查"}:
        return _asked("100%")
    number = re.search(r"(?<![\d./-])(\d+(?:\.\d+)?)\s*%", plain) or re.fullmatch(r"(\d+)(?:\.0+)?", plain)
    return _asked(f"{number[1]}%") if number and 0 < float(number[1]) <= 100 else ""


def proposed_frequency(text: str) -> str:
    """Return the frequency that is nearest to a text that is none, as a question."""
    plain = half_width(text).replace(" ", "")
    if since := re.fullmatch(r"(\d+)(天|日|个?月|周)", plain):
        return _asked(f"每{since[1]}{since[2]}一次")
    if plain in {"0.5", "1/2"}:
        return _asked("1/2")
    by_grade = re.findall(r"([A-D])[级类]?[:=为]?(?:每年)?(\d+)次", plain)
    if by_grade:
        return _asked(";".join(f"{grade}={times}" for grade, times in by_grade))
    number = re.search(r"(?<![\d.])[1-9]\d*(?![\d.])", plain)
    return _asked(f"{number[0]}次/年") if number else ""


def _asked(value: str) -> str:
    return f"，是否为“{value}”？"


def word_of(text: str) -> str:
    """Return a word as choices are compared: half-width, in small letters, without blanks and quotes."""
    return re.sub(r"[\s\"'“”‘’。.]", "", half_width(text)).casefold()

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
    percent = re.search(r"\d+(?:\.\d+)?\s*%", text)
    return f"，是否为“{percent[0]}”？" if percent else ""


def proposed_frequency(text: str) -> str:
    """Return the frequency that is nearest to a text that is none, as a question."""
    number = re.search(r"\d+", text)
    return f"，是否为“{number[0]}次/年”？" if number else ""


def word_of(text: str) -> str:
    """Return a word as choices are compared: half-width, in small letters, without blanks and quotes."""
    return re.sub(r"[\s\"'“”‘’。.]", "", half_width(text)).casefold()

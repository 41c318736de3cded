"""Towns and industries that are written in several ways: 朱泾 for 朱泾镇, 化工 for 化工业, each counts as one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

_OFFICE = re.compile(r"(人民政府|政府|街道办事处|办事处|街道办)$")
_TOWN = re.compile(r"(?<=.)(镇|街道|乡|工业区|开发区)$")
_TRADE = re.compile(r"(?<=.)(行业|业|类)$")
_BEFORE = re.compile(r"^(上海市)?(金山区)?(?=.{2,})")


def _town_stem(value: str) -> str:
    return _TOWN.sub("", _town(value))


def _town(value: str) -> str:
    plain = _BEFORE.sub("", value)
    office = _OFFICE.search(plain)
    base = _OFFICE.sub("", plain)
    return base + "街道" if office and office[0].startswith("街道") and not base.endswith("街道") else base


def _trade_stem(value: str) -> str:
    return _TRADE.sub("", value)


def same_towns(values: Iterable[str]) -> dict[str, str]:
    """Return the name that stands for each town name: the full one (朱泾镇) where only one of that stem is there."""
    return _same(Counter(filter(None, values)), _town, _town_stem, lambda value: bool(_TOWN.search(_town(value))))


def same_trades(values: Iterable[str]) -> dict[str, str]:
    """Return the name that stands for each industry: the one that most sites have."""
    return _same(Counter(filter(None, values)), str, _trade_stem, lambda _: False)


def _same(
    counts: Mapping[str, int], plain: Callable[[str], str], stem: Callable[[str], str], is_full: Callable[[str], bool]
) -> dict[str, str]:
    """Join values of one stem, but not where two different full names have it: 朱泾 may be either of them then."""
    stems: dict[str, list[str]] = defaultdict(list)
    for value in sorted(counts):
        stems[stem(value)].append(value)
    found: dict[str, str] = {}
    for values in stems.values():
        full_names = {plain(value) for value in values if is_full(value)}
        groups = [values]
        if len(full_names) > 1:
            by_name: dict[str, list[str]] = defaultdict(list)
            for value in values:
                by_name[plain(value)].append(value)
            groups = list(by_name.values())
        for group in groups:
            best = max(group, key=lambda value: (is_full(value) and plain(value) == value, counts[value], value))
            found |= dict.fromkeys(group, best)
    return found

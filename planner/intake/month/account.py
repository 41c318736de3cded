"""What became of everything filed: each filing at each of its sites is counted once, and nothing is lost in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from planner.domain.case import TaskInfo
from planner.domain.finding import Finding, Severity

Pair = tuple[str, str]
"""(filing, site)."""

FATES: tuple[tuple[str, str, str], ...] = (
    ("tasks", "安排任务", "tasks"),
    ("deferred", "可顺延", "may wait"),
    ("off_site", "非现场", "off-site"),
    ("summons", "传唤", "summons"),
    ("later", "期限在以后", "windows that open later"),
    ("removed", "不予安排", "removed by a rule"),
    ("undrawn", "未抽中", "not drawn"),
    ("refused", "计划未采用", "filing refused"),
    ("past", "期限已过", "windows that have ended"),
)
"""(key, 中文, English), in the order in which a pair counts: the first that fits."""


@dataclass(frozen=True, slots=True)
class Account:
    """How many pairs of filing and site came in, what became of them, and those of which nothing tells."""

    filed: int
    fates: Mapping[str, int]
    lost: tuple[Pair, ...] = ()
    unread: int = 0
    """Sites named by filings that could not be read: they are not among `filed`."""
    unread_filings: int = 0
    """Filings left out as a whole because a cell could not be read: nor are their sites among `filed`."""

    @property
    def balances(self) -> bool:
        """Return whether as many went out as came in."""
        return self.filed == sum(self.fates.values()) + len(self.lost)

    def text(self, lang: str = "zh") -> str:
        """Return the account in words."""
        parts = [f"{(zh if lang == 'zh' else en)} {self.fates[key]}" for key, zh, en in FATES if self.fates.get(key)]
        if lang == "zh":
            ends = [f"去向不明 {len(self.lost)}"] * bool(self.lost)
            rows = f"；另有 {self.unread_filings} 份计划整行读不出，未列入" if self.unread_filings else ""
            unread = rows + (f"；另有 {self.unread} 个对象编号读不出，未列入" if self.unread else "")
            return f"申报 {self.filed} 项（计划×对象）＝" + "＋".join([*parts, *ends] or ["0"]) + unread
        ends = [f"{len(self.lost)} unaccounted for"] * bool(self.lost)
        rows = f"; {self.unread_filings} filings could not be read at all" if self.unread_filings else ""
        unread = rows + (f"; {self.unread} site ids could not be read" if self.unread else "")
        return f"{self.filed} filed (filing × site) = " + " + ".join([*parts, *ends] or ["0"]) + unread


REFUSED_BY_LAW = frozenset(
    {
        "law.secret",
        "law.out-of-scope",
        "law.special-refused",
        "law.special-not-deployed",
        "law.item-unclaimed",
        "law.item-of-another",
        "law.no-basis",
    }
)
"""Errors on filings by which the law itself refuses what was filed: nothing that is due is lost."""
DUTIES_IN = frozenset({"filings", "sites", "items", "agencies"})


def lost_duties(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the errors by which something filed may lead to no task although the law does not refuse it."""
    return tuple(
        one
        for one in findings
        if one.severity is Severity.ERROR and one.table in DUTIES_IN and one.code not in REFUSED_BY_LAW
    )


NO_ACCOUNT = Account(0, {})


@dataclass(slots=True)
class Ledger:
    """Collects the pairs by fate while the month is unfolded."""

    filed: set[Pair] = field(default_factory=set)
    found: dict[str, set[Pair]] = field(default_factory=lambda: {key: set() for key, _, _ in FATES})

    def add(self, fate: str, pairs: Iterable[Pair]) -> None:
        """Count the pairs as filed, and write down their fate."""
        pairs = set(pairs)
        self.filed |= pairs
        self.found[fate] |= pairs

    def tasks(self, fate: str, tasks: Iterable[TaskInfo]) -> None:
        """Write down the fate of finished tasks."""
        self.found[fate] |= {(filing, task.site) for task in tasks for filing in task.filings}

    def settle(self, unread: int, unread_filings: int = 0) -> Account:
        """Return the account: each pair counts once."""
        fates: Counter[str] = Counter()
        left = set(self.filed)
        for key, _, _ in FATES:
            hit = left & self.found[key]
            fates[key] = len(hit)
            left -= hit
        return Account(len(self.filed), dict(fates), tuple(sorted(left)), unread, unread_filings)

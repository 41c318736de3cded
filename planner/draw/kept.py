"""Drawn is drawn: whoever the draw chose reaches the planner as a task, and nobody else does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.draw.sites import DrawRecord
from planner.rulebook.registry import Role, implements


@dataclass(frozen=True, slots=True)
class KeptProblem:
    """A drawn filing's sites that are not its tasks' sites.

    `code`: "dropped" (drawn, no task), "added" (task, not drawn), "swapped" (a reserve has a task without a coded
    replacement, or a replaced site still has one).
    """

    code: str
    filing_id: str
    site_id: str

    def text(self, lang: str = "zh") -> str:
        """Return the problem in words, `lang` "zh" or "en"."""
        zh, en = {
            "dropped": ("抽中的对象没有检查任务", "was drawn but has no task"),
            "added": ("未被抽中却有检查任务", "was not drawn but has a task"),
            "swapped": ("未按有理由的候补替换而换了对象", "was swapped without a coded replacement"),
        }[self.code]
        return f"{self.filing_id} {self.site_id} {zh if lang == 'zh' else en}"


@implements("draw.fixed", Role.DRAW)
def check_drawn_kept(records: Iterable[DrawRecord], sites_by_filing: Mapping[str, Iterable[str]]) -> list[KeptProblem]:
    """Return where tasks and draws disagree, sorted; empty where every drawn filing keeps exactly its chosen sites.

    `sites_by_filing` gives, for every filing that is to be drawn, the site ids of its tasks. A reserve counts as chosen
    only in the place of a site that `next_reserve` replaced with a reason.
    """
    chosen: dict[str, set[str]] = {}
    spare: dict[str, set[str]] = {}
    for record in records:
        filing = record.request.filing_id
        chosen.setdefault(filing, set()).update(record.chosen)
        spare.setdefault(filing, set()).update(r.site_id for r in record.reserves)
        spare[filing].update(r.site_id for r in record.replacements)
    problems = []
    for filing in sorted(chosen.keys() | sites_by_filing.keys()):
        wanted, has = chosen.get(filing, set()), set(sites_by_filing.get(filing, ()))
        problems += [KeptProblem("dropped", filing, site) for site in sorted(wanted - has)]
        problems += [
            KeptProblem("swapped" if site in spare.get(filing, ()) else "added", filing, site)
            for site in sorted(has - wanted)
        ]
    return problems

"""How much is not visited, by what becomes of it and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from planner.domain.not_visited import KINDS, NotVisited
from planner.domain.result import MonthResult
from planner.report.words.names import Names
from planner.report.words.texts import text


@dataclass(frozen=True, slots=True)
class NotVisitedRow:
    """One line of the summary: `clauses` are all that its rows cite, in the order of the documents."""

    kind: str
    why: str
    count: int
    sites: int
    clauses: tuple[str, ...]


def not_visited_rows(result: MonthResult, names: Names) -> list[NotVisitedRow]:
    """Return how many tasks and sites are not visited, by kind and rule, in the order of kinds, the most first."""
    groups: dict[tuple[str, str], list[NotVisited]] = defaultdict(list)
    for row in result.not_visited:
        groups[row.kind, row.rule].append(row)
    return [
        NotVisitedRow(
            text(f"not_visited_{kind}"),
            names.rule(rule) if rule else found[0].zh,
            len(found),
            len({row.site for row in found if row.site}),
            tuple(sorted({clause for row in found for clause in row.clauses})),
        )
        for (kind, rule), found in sorted(groups.items(), key=lambda g: (KINDS.index(g[0][0]), -len(g[1]), g[0][1]))
    ]

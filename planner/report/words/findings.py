"""Findings in the order and words in which people work through them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from planner.domain.finding import Finding, Severity

ExplainFinding = Callable[[Finding], tuple[str, str]]
"""Finding → (what is wrong, what to do), in the reader's language."""


def plain_explanation(finding: Finding) -> tuple[str, str]:
    """Return code and parameters: what can be said without the catalogue."""
    given = "；".join(f"{key}={value}" for key, value in sorted(finding.params.items()))
    return (f"{finding.code} {given}".strip(), "")


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings, errors first, then by where they are."""
    order = {severity: n for n, severity in enumerate(Severity)}
    return sorted(findings, key=lambda f: (order[f.severity], f.table, f.row, f.column, f.code))


def counts_by_code(findings: Sequence[Finding]) -> list[tuple[Finding, int]]:
    """Return one example of each kind of finding with how many there are, errors first, then the most."""
    counts = Counter((f.severity, f.code) for f in findings)
    examples: dict[tuple[Severity, str], Finding] = {}
    for finding in by_severity(findings):
        examples.setdefault((finding.severity, finding.code), finding)
    order = {severity: n for n, severity in enumerate(Severity)}
    keys = sorted(examples, key=lambda key: (order[key[0]], -counts[key], key[1]))
    return [(examples[key], counts[key]) for key in keys]

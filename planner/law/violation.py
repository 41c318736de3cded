"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of one rule. `subjects` are ids (task, site, unit…), `numbers` what was counted against what."""

    rule: str
    subjects: tuple[str, ...]
    message: str
    domain: str = ""
    """Domain whose annex is breached, "" for the district document."""
    numbers: tuple[int, ...] = ()
    clauses: tuple[str, ...] = ()

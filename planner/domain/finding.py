"""A finding: a problem of the input that a person should know, with its place and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding costs: an error drops the row, a warning keeps it, info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class FindingType:
    """One kind of finding, as listed in the catalogue.

    `message_*` are `str.format` templates over the finding's `params`. `rule` is a rulebook rule id or "" where the
    finding is about form (types, headers) rather than law.
    """

    code: str
    severity: Severity
    title_zh: str
    title_en: str
    message_zh: str
    message_en: str
    action_zh: str
    action_en: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding on the input.

    `row` is the 1-based row in the sheet or file as a person sees it (the header is row 1), 0 for a whole table.
    `clauses` are rulebook clause ids. `subjects` are ids (site, filing, agency…) the finding is about.
    """

    code: str
    severity: Severity
    table: str
    row: int = 0
    column: str = ""
    value: str = ""
    clauses: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    params: dict[str, str] = field(default_factory=dict)

"""The catalogue of finding types: what can be wrong with an input, in both languages.

`reading` lists what the reader finds, `law` what the legal screening finds,
`consultation` what is wrong with answers of a consultation, and with a month made by hand.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from planner.domain.errors import InputError
from planner.domain.finding import Finding, FindingType
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.intake.words.consultation import ADOPTION_FINDING_TYPES, CONSULT_FINDING_TYPES
from planner.intake.words.held import HELD_FINDING_TYPES
from planner.intake.words.law import LAW_FINDING_TYPES
from planner.intake.words.reading import READING_FINDING_TYPES


class _Words(dict[str, str]):
    """A param that a template names and a finding lacks is shown as nothing rather than failing the report."""

    def __missing__(self, key: str) -> str:
        return ""


@cache
def finding_types() -> MappingProxyType[str, FindingType]:
    """Return every finding type by its code, reading first. Raises ValueError where a code is given twice."""
    types: dict[str, FindingType] = {}
    by_hand = CONSULT_FINDING_TYPES + ADOPTION_FINDING_TYPES
    for kind in READING_FINDING_TYPES + HELD_FINDING_TYPES + LAW_FINDING_TYPES + by_hand:
        if kind.code in types:
            raise ValueError(f"finding type {kind.code} is in the catalogue twice")
        types[kind.code] = kind
    return MappingProxyType(types)


def render(finding: Finding, lang: str = "zh") -> tuple[str, str, str]:
    """Return (title, message, action) of a finding in `lang`, "zh" or "en". Raises KeyError on an unlisted code."""
    kind = finding_types()[finding.code]
    table = TABLE_BY_KEY.get(finding.table)
    words = _Words(
        table=finding.table if table is None or lang == "en" else table.title,
        row=str(finding.row),
        column=finding.column,
        value=finding.value,
    )
    words.update(finding.params)
    place = finding.params.get("place", "")
    if lang == "en":
        message = kind.message_en.format_map(words) + (f" ({place})" if place else "")
        return kind.title_en, message, kind.action_en.format_map(words)
    message = kind.message_zh.format_map(words) + (f"（{place}）" if place else "")
    return kind.title_zh, message, kind.action_zh.format_map(words)


def input_error(code: str, value: str, **params: str) -> InputError:
    """Return the error for an input that cannot be used at all; its message is the finding's, in both languages."""
    finding = Finding(code, finding_types()[code].severity, "", value=value, params=params)
    _, message_zh, action_zh = render(finding, "zh")
    _, message_en, action_en = render(finding, "en")
    return InputError(f"[{code}] {message_zh}。{action_zh}。/ {message_en}. {action_en}.")

"""Collects findings while tables are read, and keeps their number readable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from planner.domain.finding import Finding, Severity
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.intake.words.catalogue import finding_types
from planner.rulebook.recording import FORBIDDEN

MAX_OF_A_KIND = 1000
"""Most findings listed of one code in one column; the rest are counted in one `table.more`."""

MAX_VALUE = 100
"""Most characters of a cell that a finding repeats."""

CLAUSES: Mapping[str, tuple[str, ...]] = {"fig.forbidden": FORBIDDEN}
"""Clauses of the findings on form that rest on the law."""

_TABLE_ORDER = {key: number for number, key in enumerate(TABLE_BY_KEY)}


class Findings:
    """The findings of one reading."""

    def __init__(self) -> None:
        self._types = finding_types()
        self._list: list[Finding] = []
        self.place = ""
        """Which of several files and sheets is being read: it stands with each finding."""
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(
        self,
        code: str,
        table: str,
        row: int = 0,
        column: str = "",
        value: object = "",
        subjects: tuple[str, ...] = (),
        **params: str,
    ) -> None:
        """Add one finding; severity comes from the catalogue. Raises KeyError on an unlisted code."""
        severity = self._types[code].severity
        self._counts[code, table, column] += 1
        if self._counts[code, table, column] > MAX_OF_A_KIND:
            return
        text = as_shown(value)
        if self.place:
            params.setdefault("place", self.place)
        self._list.append(Finding(code, severity, table, row, column, text, CLAUSES.get(code, ()), subjects, params))

    def any_error(self, table: str) -> bool:
        """Return whether an error on `table` has been found."""
        return any(f.table == table and f.severity is Severity.ERROR for f in self._list)

    def sorted(self) -> tuple[Finding, ...]:
        """Return all findings by table and row, in the order found within a row."""
        more = [
            Finding(
                "table.more",
                self._types["table.more"].severity,
                table,
                column=column,
                params={"count": str(count - MAX_OF_A_KIND), "of": code},
            )
            for (code, table, column), count in self._counts.items()
            if count > MAX_OF_A_KIND
        ]
        last = len(_TABLE_ORDER)
        return tuple(sorted(self._list + more, key=lambda f: (_TABLE_ORDER.get(f.table, last), f.row)))


def as_shown(value: object) -> str:
    """Return a cell's value as a finding shows it: at most `MAX_VALUE` characters, whole numbers without `.0`."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e18 else str(value)
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"

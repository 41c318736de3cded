"""The comparison with a base year: totals against totals of the same unit and months, never pro rata."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from planner.domain.errors import InputError
from planner.evaluation.checks import CUTS
from planner.evaluation.figures import Figure
from planner.intake.tables.records import BaselineRow
from planner.rulebook.indicators import BASE_CLAUSES

UNIT = "check"
"""The figures count checks: a base in entries is another unit."""
FIELDS = {"agency": "agency_id", "domain": "domain", "town": "town", "industry": "industry", "grade": "grade"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One part against its base. `planned`, `triggered`: (now, base) on-site checks.

    `lower`: planned checks and all on-site checks are both fewer. Whether it is clearly so the text does not say: that
    is the bureau's to set, so nothing here says "clearly". `relabelled`: planned checks fell while all of them did not.
    """

    cut: str
    value: str
    planned: tuple[int, int]
    triggered: tuple[int, int]
    lower: bool
    relabelled: bool
    documents: tuple[str, ...]
    clauses: tuple[str, ...]

    @property
    def change(self) -> float | None:
        """The change of planned on-site checks as a share of the base, None where that is 0."""
        return _share(*self.planned)

    @property
    def total_change(self) -> float | None:
        """The change of all on-site checks, which moving checks from one heading to the other does not lower."""
        return _share(self.planned[0] + self.triggered[0], self.planned[1] + self.triggered[1])

    @property
    def text_zh(self) -> str:
        """What may be said of it."""
        said = f"有计划到场 {_percent(self.change)}，到场合计 {_percent(self.total_change)}"
        if self.relabelled:
            return f"{said}；有计划到场减少而合计没有减少，不能说明检查减少"
        return said


def compare(
    figures: Sequence[Figure], baseline: Iterable[BaselineRow], base: int, period: tuple[date, date]
) -> list[Compared]:
    """Return the district and its cuts against the year `base`, those that the base table has; [] without a base.

    `figures` are those of `period`. Where the base has months, the same months are compared; a period that is no whole
    year is compared only then. Raises InputError where the base counts another unit.
    """
    rows = [row for row in baseline if row.year == base]
    if any(row.unit != UNIT for row in rows):
        raise InputError(
            f"基期 {base} 年按入企次数统计，现按户次统计，单位不同不能比较；请提供户次的基期 / "
            f"the base of {base} counts entries, the figures count checks: no comparison"
        )
    first, last = period
    whole = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year
    months = set(range(first.month, last.month + 1))
    monthly = [row for row in rows if row.month in months]
    yearly = [row for row in rows if row.month == 0] if whole else []
    now = {(one.cut, one.value): one.numerator for one in figures if one.key == "planned_on"}
    also = {(one.cut, one.value): one.numerator for one in figures if one.key == "triggered_on"}
    found = []
    for part in sorted({_part(row) for row in (*yearly, *monthly)} - {None}, key=str):
        assert part is not None
        taken = [row for row in yearly if _part(row) == part]
        if not taken:
            taken = [row for row in monthly if _part(row) == part]
            if {row.month for row in taken} != months:
                continue
        planned = (now.get(part, 0), sum(row.planned_on for row in taken))
        triggered = (also.get(part, 0), sum(row.triggered_on for row in taken))
        fewer, total = planned[0] < planned[1], sum(p - b for p, b in (planned, triggered))
        documents = tuple(sorted({row.document for row in taken}))
        found.append(
            Compared(*part, planned, triggered, fewer and total < 0, fewer and total >= 0, documents, BASE_CLAUSES)
        )
    return found


def _part(row: BaselineRow) -> tuple[str, str] | None:
    """Return the cut and value that a base row is about, ("", "") for the district, None where it names several."""
    named = [(cut, str(getattr(row, FIELDS[cut]))) for cut in CUTS if getattr(row, FIELDS[cut])]
    return ("", "") if not named else named[0] if len(named) == 1 else None


def _share(now: int, base: int) -> float | None:
    return (now - base) / base if base else None


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:+.1%}"

"""What the checks of a month found: made up from a seed, over what the plan has them do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

Row = dict[str, object]

SHARES = {
    "missing": 0.02,
    "no_show": 0.04,
    "closed": 0.008,
    "problem": 0.17,
    "off_problem": 0.25,
    "uncoded": 0.006,
    "late_code": 0.012,
    "late_record": 0.05,
    "untouched": 0.03,
    "guided": 0.55,
    "again": 0.45,
    "unwilling": 0.01,
    "triggered": 0.06,
}
"""How often what happens. Assumptions of the demonstration: they say nothing about a real district."""
CLUES = (("complaint", 0.5), ("assigned", 0.7), ("warning", 0.85), ("passing", 1.0))
"""Where triggered checks come from, by cumulated share."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One body's unit at one site on one day, or its work on that site without a visit, from `day` on.

    `start` and `end` are `HH:MM`, "" without a visit.
    """

    site: str
    day: date
    body: str
    unit: str
    filing: str
    items: tuple[str, ...]
    officers: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    entry: str = ""
    joint: bool = False
    off_site: bool = False


@dataclass(slots=True)
class Found:
    """Results of a month, their lines, and the checks that off-site problems and problems open afterwards."""

    results: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    opened: list[Stay] = field(default_factory=list)


def results_of(month: str, stays: Sequence[Stay], opened: Iterable[Stay], workdays: Sequence[date], seed: int) -> Found:
    """Return what the month's `stays` came to, with the checks that the month before has `opened`.

    `workdays` are the month's working days and the next month's first; the same arguments give the same rows.
    """
    number = int(month.replace("-", ""))
    maker = _Maker(month, np.random.default_rng([seed, number]), list(workdays))
    for stay in sorted(stays, key=lambda one: (one.day, one.site, one.unit, one.off_site, one.items)):
        if maker.luck() >= SHARES["missing"]:
            maker.planned(stay)
    for stay in opened:
        maker.triggered(stay, "remote")
    there = [stay for stay in stays if not stay.off_site]
    for stay in there:
        if maker.luck() < SHARES["triggered"]:
            other = there[int(maker.luck() * len(there))]
            moved = replace(stay, site=other.site, day=maker.some_day())
            maker.triggered(moved, next(name for name, share in CLUES if maker.luck() < share or share == 1.0))
    return maker.found


class _Maker:
    def __init__(self, month: str, rng: np.random.Generator, workdays: list[date]) -> None:
        self.month, self.rng, self.workdays = month.replace("-", "")[2:], rng, workdays
        self.mine = [day for day in workdays if f"{day:%Y-%m}" == month]
        self.found = Found()

    def luck(self) -> float:
        """Return the next random number in [0, 1)."""
        return float(self.rng.random())

    def some_day(self, first: date = date.min) -> date:
        """Return a working day of the month from `first` on, the last one where there is none."""
        days = [day for day in self.mine if day >= first] or self.mine[-1:]
        return days[int(self.luck() * len(days))]

    def after(self, day: date, count: int) -> date:
        """Return the working day so many after `day`, the last known one at most."""
        later = [one for one in self.workdays if one > day]
        return later[min(count, len(later)) - 1] if later and count else day

    def planned(self, stay: Stay) -> None:
        """Add the result of a planned check, and its further visit on the same code."""
        luck = self.luck()
        if stay.off_site:
            stay = replace(stay, day=self.some_day(stay.day))
            kind = "problem" if luck < SHARES["off_problem"] else "clear"
        else:
            bounds = np.cumsum([SHARES[name] for name in ("no_show", "closed", "problem")])
            kind = (*("no_show", "closed", "problem"), "clear")[int(np.searchsorted(bounds, luck, side="right"))]
        row = self._row(stay, kind, "planned", "inspection")
        if not stay.off_site:
            self._spoil(row, stay)
        if stay.off_site and kind == "problem":
            self.found.opened.append(stay)
        if not stay.off_site and kind == "problem" and row["check_code"] and self.luck() < SHARES["again"]:
            day = self.after(stay.day, 8)
            again = replace(stay, day=day, start="14:00", end="14:30", entry="", joint=False)
            self._row(again, "clear", "planned", "inspection", code=str(row["check_code"]), visit=2)

    def triggered(self, stay: Stay, source: str) -> None:
        """Add the result of a triggered check on some day of the month."""
        day = self.some_day() if stay.off_site else stay.day
        there = replace(stay, day=day, filing="", start="10:00", end="10:45", entry="", joint=False, off_site=False)
        kind = "problem" if self.luck() < 2 * SHARES["problem"] else "clear"
        row = self._row(there, kind, "triggered", source)
        if self.luck() < 0.3:
            row["urgent_reason"] = "(演示)群众投诉正在发生"
            row["code_applied_at"] = self.after(day, 1 + int(self.luck() * 4)).isoformat()

    def _row(self, stay: Stay, kind: str, trigger: str, source: str, code: str = "", visit: int = 1) -> Row:
        name = f"R-{self.month}-{len(self.found.results) + 1:05d}"
        problem = kind == "problem"
        recorded = self.after(stay.day, 12 if self.luck() < SHARES["late_record"] else int(self.luck() * 3))
        row: Row = {
            "result_id": name,
            "check_code": code or f"JCM-DEM-{self.month}-{len(self.found.results) + 1:05d}",
            "prior_code": code,
            "visit_no": visit,
            "filing_id": stay.filing,
            "trigger": trigger,
            "source": source,
            "site_id": stay.site,
            "agency_id": stay.body,
            "unit_id": stay.unit if stay.unit != stay.body else "",
            "entry_id": "" if stay.off_site else stay.entry or f"E-{stay.site}-{stay.day:%m%d}",
            "mode": "off_site" if stay.off_site else "on_site",
            "date": stay.day,
            "start": stay.start,
            "end": stay.end,
            "officers": list(stay.officers),
            "code_applied_at": f"{stay.day - timedelta(days=1)} 16:00",
            "shown": "是",
            "recorded_at": recorded.isoformat(),
            "result": kind,
            "measure": ("guidance" if self.luck() < 0.5 else "correct") if problem else "",
            "guidance": "是" if problem and self.luck() < SHARES["guided"] else "否",
            "rating": 3 + int(self.luck() * 3) if stay.joint else 0,
            "unwilling_joint": "是" if stay.joint and self.luck() < SHARES["unwilling"] else "否",
        }
        self.found.results.append(row)
        if kind in ("clear", "problem"):
            wrong = int(self.luck() * len(stay.items))
            for n, item in enumerate(stay.items):
                finding = "problem" if problem and n == wrong else "clear"
                if finding == "clear" and visit == 1 and len(stay.items) > 1 and self.luck() < SHARES["untouched"]:
                    finding = "untouched"
                self.found.lines.append({"result_id": name, "item_id": item, "finding": finding})
        return row

    def _spoil(self, row: Row, stay: Stay) -> None:
        """Leave the code away, or have it come too late."""
        luck = self.luck()
        if luck < SHARES["uncoded"]:
            row |= {"check_code": "", "code_applied_at": "", "shown": "否"}
        elif luck < SHARES["uncoded"] + SHARES["late_code"]:
            row |= {"code_applied_at": f"{self.after(stay.day, 1)} 10:00", "shown": "否"}

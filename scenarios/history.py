"""Two years of past inspections: as if the filings had also run in earlier months, all over the district."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import numpy as np

from scenarios.filings import Filing
from scenarios.parameters import DemoParameters
from scenarios.scope import OpenSites
from scenarios.sites import Site

Row = dict[str, object]

SATURDAY = 5


class HistoryMaker:
    """Draws the past from one random stream."""

    def __init__(self, parameters: DemoParameters, sites: OpenSites, filings: list[Filing], rng: np.random.Generator):
        self.section, self.rng, self.sites = parameters["history"], rng, sites
        self.filings = [f for f in filings if not f.refused and f.row.get("mode", "on_site") == "on_site"]
        first, last = date.fromisoformat(self.section["first"]), date.fromisoformat(self.section["last"])
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.days: dict[int, list[date]] = defaultdict(list)
        for day in days:
            if day.weekday() < SATURDAY:
                self.days[day.year].append(day)
        self.all_days = [day for year in sorted(self.days) for day in self.days[year]]
        self.this_year = last.year

    def make(self) -> list[Row]:
        """Return the history table, by date and site.

        A domain's planned on-site check of a site falls at most once in a calendar year.
        """
        checked: set[tuple[str, str, int]] = set()
        on_day: dict[str, list[date]] = defaultdict(list)
        rows: list[Row] = []
        for filing, frame in self._frames():
            for year, days in sorted(self.days.items()):
                share = "share_this_year" if year == self.this_year else "share_before_this_year"
                covered = len(days) / max(len(known) for known in self.days.values())
                odds = self.section[share] * (1.0 if year == self.this_year else covered)
                luck = self.rng.random((len(frame), 4))
                for site, (chosen, when, joins, kind) in zip(frame, luck, strict=True):
                    key = (site.id, filing.domain, year)
                    if chosen >= odds or key in checked:
                        continue
                    day = days[int(when * len(days))]
                    met = [known for known in on_day[site.id] if known.year == year]
                    if met and joins < self.section["joint_share"]:
                        day = met[-1]
                    triggered = kind < self.section["triggered_share"]
                    off_site = not triggered and kind > 1 - self.section["off_site_share"]
                    if not triggered and not off_site:
                        checked.add(key)
                        on_day[site.id].append(day)
                    rows.append(self._row(filing, site, day, triggered, off_site))
        rows += self._clues()
        rows.sort(key=lambda row: (str(row["date"]), str(row["site_id"]), str(row["agency_id"]), str(row["items"])))
        return _with_entries(_without_repeats(rows))

    def _frames(self) -> list[tuple[Filing, list[Site]]]:
        """Return each filing's sites in all towns; a town team's stay in its town."""
        frames = []
        for filing in self.filings:
            agency = str(filing.row["agency_id"])
            if agency in self.section["clue_agencies"]:
                continue
            scope = filing.scope if agency.startswith("T-") else filing.scope.without_town()
            frames.append((filing, self.sites.meant_by(scope, filing.domain)))
        return frames

    def _clues(self) -> list[Row]:
        """Return the triggered checks that gave some agencies the clues for their specials."""
        rows = []
        for filing in self.filings:
            if filing.row["agency_id"] not in self.section["clue_agencies"]:
                continue
            named = set(str(filing.row["sites"]).split(";"))
            frame = [site for site in self.sites.meant_by(filing.scope, filing.domain) if site.id in named]
            for site, (luck, when) in zip(frame, self.rng.random((len(frame), 2)), strict=True):
                if luck < self.section["clue_share"]:
                    day = self.all_days[int(when * len(self.all_days))]
                    rows.append(self._row(filing, site, day, triggered=True, off_site=False))
        return rows

    def _row(self, filing: Filing, site: Site, day: date, triggered: bool, off_site: bool) -> Row:
        results: dict[str, Any] = self.section["results"]
        names = list(results)
        odds = np.array([results[name] for name in names])
        result = names[int(np.searchsorted(np.cumsum(odds), self.rng.random() * odds.sum(), side="right"))]
        return {
            "entry_id": "",
            "site_id": site.id,
            "agency_id": filing.row["agency_id"],
            "items": filing.row["items"],
            "date": day,
            "trigger": "triggered" if triggered else "planned",
            "mode": "off_site" if off_site else "on_site",
            "result": result,
        }


def _without_repeats(rows: list[Row]) -> list[Row]:
    seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = tuple(row[name] for name in ("site_id", "agency_id", "items", "date", "trigger", "mode"))
        seen.setdefault(key, row)
    return list(seen.values())


def _with_entries(rows: list[Row]) -> list[Row]:
    """Number the entries: on-site checks of one site on one day, planned and triggered apart, share one."""
    entries: dict[tuple[object, ...], str] = {}
    for row in rows:
        if row["mode"] == "on_site":
            key = (row["site_id"], row["date"], row["trigger"])
            row["entry_id"] = entries.setdefault(key, f"E-{len(entries) + 1:06d}")
    return rows

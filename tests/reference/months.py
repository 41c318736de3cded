"""Small months to compare on: seeded, contested, with every rule of days, starts and people at work in some of them."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import chinese_calendar

Raw = dict[str, list[dict[str, Any]]]
MONTHS = ("2026-03", "2026-07", "2026-11", "2026-12")
DOMAINS = ("A01", "A02", "A04", "A05", "A07", "A09", "A12", "A13", "A14")
BASIS = "《示例法》第一条"


@dataclass
class Month:
    """One small month: raw rows by table, and numbers of inspectors by domain other than two."""

    seed: int
    month: str
    raw: Raw
    per_crew: dict[str, int] = field(default_factory=dict)


def small_month(seed: int) -> Month:
    """Return small month `seed`."""
    return _Maker(seed).made()


class _Maker:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"small month {seed}")
        self.month = Month(seed, self.rng.choice(MONTHS), {key: [] for key in _TABLES})
        self.raw = self.month.raw
        self.first = date.fromisoformat(f"{self.month.month}-01")
        self.last = (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        working = [day for day in days if chinese_calendar.is_workday(day)]
        n_days = self.rng.choice([2, 3, 4, 4, 5, 6, 8, 10])
        start = self.rng.choice([0, self.rng.randrange(len(working) - n_days), len(working) - n_days])
        self.days = working[start : start + n_days]
        self.density = self.rng.choice([0.3, 0.6, 1.0])
        """How likely each feature is to be there."""

    def sometimes(self, share: float) -> bool:
        return self.rng.random() < share * self.density

    def made(self) -> Month:
        rng, raw = self.rng, self.raw
        raw["settings"] = [
            {"key": "travel_minutes", "value": rng.choice(["0", "30", "30", "45", "60"])},
            {"key": "start_step_minutes", "value": rng.choice(["15", "15", "15", "30", "60"])},
            {"key": "travel_reserve_percent", "value": rng.choice(["0", "15"])},
        ]
        self._levers()
        self._units()
        self._sites()
        for n in range(rng.randint(3, 14)):
            self._filing(n)
        self._joint()
        self._fire()
        self._history()
        self._absences()
        self._pins()
        return self.month

    def _levers(self) -> None:
        for key, values in (("max_agencies_per_visit", "23"), ("entry_cap", "23"), ("entry_gap_days", "25")):
            if self.sometimes(0.06):
                self.raw["settings"].append({"key": key, "value": self.rng.choice(values)})

    def _units(self) -> None:
        rng = self.rng
        domains = rng.sample(DOMAINS, rng.randint(2, 4))
        if self.sometimes(0.2):
            self.month.per_crew[domains[0]] = 3
        for n, domain in enumerate(domains):
            name = f"U{n}"
            setup = rng.choice(["15", "15", "30", "0"])
            self.raw["agencies"].append(self._agency(name, domain, setup))
            self._people(name, domain)
        if self.sometimes(0.25):
            self.raw["agencies"].append({**self._agency("U0-1", domains[0], "15"), "parent_id": "U0"})
            self._people("U0-1", domains[0])
        self.units = [row["agency_id"] for row in self.raw["agencies"]]

    @staticmethod
    def _agency(name: str, domain: str, setup: str) -> dict[str, Any]:
        return {
            "agency_id": name,
            "name": f"(例){name}局",
            "level": "district",
            "domain": domain,
            "setup_minutes": setup,
        }

    def _people(self, unit: str, domain: str) -> None:
        rng = self.rng
        least = self.month.per_crew.get(domain, 2)
        many = least * rng.choice([1, 1, 1, 2, 2]) + rng.choice([0, 0, 0, 1])
        able = rng.sample(range(many), min(many, rng.choice([0, least, least, least + 1])))
        for n in range(many):
            row = {
                "inspector_id": f"{unit}.{n}",
                "name": f"(例){unit}{n}",
                "agency_id": unit,
                "certificate_no": f"C{unit}{n}",
                "valid_from": date(2024, 1, 1),
                "valid_to": date(2028, 12, 31),
                "skills": "特检" if n in able else "",
                "role": "officer",
            }
            if self.sometimes(0.03):
                row["valid_to"] = rng.choice(self.days)
            self.raw["inspectors"].append(row)
        if self.sometimes(0.1):
            aid = {"inspector_id": f"{unit}.x", "name": "(例)辅助", "agency_id": unit, "certificate_no": "X"}
            self.raw["inspectors"].append({**aid, "role": "auxiliary"})

    def _sites(self) -> None:
        rng = self.rng
        towns = ["东镇", "西镇", "南镇"][: rng.choice([1, 2, 2, 3])]
        for n in range(rng.randint(1, 5)):
            row = {
                "site_id": f"S{n}",
                "name": f"(例)S{n}公司",
                "address": f"示例路{n}号",
                "town": rng.choice(towns),
                "industry": "工业",
                "join": "allowed",
                "status": "open",
                "tags": "",
                "opted_in": "",
            }
            if self.sometimes(0.2):
                row["join"] = "discouraged"
                row["opted_in"] = ";".join(u for u in self.units if rng.random() < 0.5)
            if self.sometimes(0.25):
                row["blackout_days"] = rng.choice(self.days).isoformat()
            if self.sometimes(0.15):
                row["quiet_hours"] = "11:00-13:00"
            self.raw["sites"].append(row)
        self.sites = [row["site_id"] for row in self.raw["sites"]]

    def _minutes(self) -> int:
        kind = self.rng.choices(["short", "middle", "long"], [5, 4, 2 * self.density])[0]
        low, high = {"short": (2, 6), "middle": (6, 11), "long": (12, 22)}[kind]
        return 15 * self.rng.randint(low, high)

    def _item(self, name: str, unit: str, **more: object) -> None:
        row = {
            "item_id": name,
            "name": f"(例)事项{name}",
            "agency_id": unit,
            "basis": BASIS,
            "risk": self.rng.choice(["medium", "medium", "high", "low"]),
            "list": "random",
            "claimed": "claimed",
            "minutes": self._minutes(),
        }
        self.raw["items"].append({**row, **more})

    def _window(self) -> tuple[date, date]:
        rng = self.rng
        first, last = sorted(rng.choice(self.days) for _ in range(2))
        if rng.random() < 0.3:
            first, last = self.days[0], self.days[-1]
        if self.sometimes(0.25):
            last = self.last + timedelta(days=rng.randint(1, 40))
        return first, last

    def _file(self, name: str, unit: str, sites: str, items: str, window: tuple[date, date], **more: object) -> None:
        row = {
            "filing_id": name,
            "agency_id": unit,
            "kind": "daily",
            "period": "special",
            "source": "own",
            "basis": BASIS,
            "items": items,
            "sites": sites,
            "mode": "on_site",
            "window_from": window[0],
            "window_to": window[1],
            "priority": self.rng.randint(1, 9),
            "strength": self.rng.choice(["mandatory", "mandatory", "accepted", "accepted", "optional"]),
            "plan_code": f"P-{name}",
            "filed_on": date(2026, 1, 20),
        }
        self.raw["filings"].append({**row, **more})

    def _filing(self, n: int) -> None:
        rng = self.rng
        unit, name = rng.choice(self.units), f"F{n:02d}"
        skill = "特检" if self.sometimes(0.25) else ""
        self._item(f"I{n:02d}", unit, skill=skill)
        more: dict[str, object] = {}
        if self.sometimes(0.12):
            more |= self._need(name)
        if self.sometimes(0.08):
            more["unannounced"] = "是"
        self._file(name, unit, rng.choice(self.sites), f"I{n:02d}", self._window(), **more)

    def _need(self, name: str) -> dict[str, object]:
        """A second visit in a year: mostly 确需 with a reason, sometimes one of them alone, which lifts nothing."""
        rng = random.Random(f"need of {name} in small month {self.month.seed}")
        filed: list[dict[str, object]] = [{"needed": "是", "necessity": "(例)确需"}] * 4
        return rng.choice([*filed, {"necessity": "(例)按年度计划安排"}, {"needed": "是"}])

    def _joint(self) -> None:
        """A cross-department plan: each partner names the others, under one theme."""
        bodies = [unit for unit in self.units if "-" not in unit]
        for n in range(2):
            if len(bodies) < 2 or not self.sometimes(0.3):
                continue
            partners = self.rng.sample(bodies, self.rng.choice([2, 2, min(3, len(bodies))]))
            site = self.rng.choice(self.sites)
            place = next(row for row in self.raw["sites"] if row["site_id"] == site)
            if place["join"] == "discouraged":
                place["opted_in"] = ";".join(sorted({*place["opted_in"].split(";"), *partners} - {""}))
            window = self._window()
            for unit in partners:
                item = f"J{n}{unit}"
                self._item(item, unit)
                others = ";".join(other for other in partners if other != unit)
                theme = f"例主题{n}"
                self._file(f"J{n}-{unit}", unit, site, item, window, kind="joint", partners=others, theme=theme)

    def _fire(self) -> None:
        """The fire service, sometimes at a place of business, and another agency with fire items."""
        if not self.sometimes(0.3):
            return
        self.raw["agencies"].append(self._agency("X0", "A03", "15"))
        self._people("X0", "A03")
        site = self.rng.choice(self.raw["sites"])
        site["tags"] = "消防重点单位"
        if self.rng.random() < 0.5:
            site["industry"] = "影院"
            site["quiet_hours"] = self.rng.choice(["10:00-15:00", "13:00-22:00", "11:00-14:00"])
        self._item("IX", "X0")
        if self.rng.random() < 0.85:
            self._file("FX", "X0", site["site_id"], "IX", self._window())
        unit = self.rng.choice(self.units)
        self._item("IY", unit, fire="是")
        self._file("FY", unit, site["site_id"], "IY", self._window())

    def _history(self) -> None:
        for n in range(4):
            if not self.sometimes(0.4):
                continue
            agency = self.rng.choice([row["agency_id"] for row in self.raw["agencies"]])
            item = f"H{n}"
            self._item(item, agency)
            ago = self.rng.choice([5, 20, 28, 40, 200])
            self.raw["history"].append(
                {
                    "entry_id": f"E{n}",
                    "site_id": self.rng.choice(self.sites),
                    "agency_id": agency,
                    "items": item,
                    "date": self.first - timedelta(days=ago),
                    "trigger": self.rng.choice(["planned", "planned", "planned", "triggered"]),
                    "mode": "on_site",
                    "result": "clear",
                }
            )

    def _absences(self) -> None:
        rng = self.rng
        for row in self.raw["inspectors"]:
            if self.sometimes(0.25):
                first, last = sorted(rng.choice(self.days) for _ in range(2))
                half = rng.choice(["am", "pm", "am", "pm", "day"])
                self.raw["absences"].append(
                    {"inspector_id": row["inspector_id"], "from": first, "to": last, "half": half}
                )
            if self.sometimes(0.05):
                who = {"inspector_id": row["inspector_id"], "site_id": rng.choice(self.sites)}
                self.raw["lists"].append({"kind": "recusal", **who, "basis": "(例)近亲属"})

    def _pins(self) -> None:
        plans: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.raw["filings"]:
            plans[row.get("theme") or row["filing_id"]].append(row)  # a joint visit is published whole
        for name, rows in plans.items():
            within = [day for day in self.days if rows[0]["window_from"] <= day <= rows[0]["window_to"]]
            if not within or not self.sometimes(0.06):
                continue
            day = self.rng.choice(within)
            for row in rows:
                about = {"site_id": row["sites"], "agency_id": row["agency_id"], "filing_id": row["filing_id"]}
                self.raw["pins"].append({"pin_id": f"P{name}{row['agency_id']}", **about, "date": day})
        if self.sometimes(0.05):
            row = self.rng.choice(self.raw["filings"])
            day = self.last + timedelta(days=self.rng.randint(3, 25))
            about = {"site_id": row["sites"], "agency_id": row["agency_id"], "state": "published"}
            self.raw["pins"].append({"pin_id": "PZ", **about, "date": day})


_TABLES = (
    *("agencies", "inspectors", "absences", "sites", "items", "filings", "history", "lists", "pins", "settings"),
)

"""From the tables as they are filed to a world, written from the rules pages: none of the product's intake is used.

What is not covered (draws, frequencies, quiet lists, off-site work, waivers …) raises `NotCoveredError` rather than
being guessed at.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar

from planner.reference.world import HALF, Limit, Person, Site, Task, Unit, World
from tests.reference.unannounced import stood_back

Row = Mapping[str, str]
Dates = Mapping[tuple[str, str], set[date]]
"""(site, domain) → dates."""
YES = {"1", "是", "true", "yes"}
STRENGTHS = {"mandatory": 0, "必须": 0, "accepted": 1, "应当": 1, "": 1, "optional": 2, "可选": 2}
RISK_STEP = {"high": 1, "高": 1, "low": -1, "低": -1}
YEARLY = {"A01": 1, "A02": 1, "A03": 1, "A04": 1, "A12": 1, "A13": 1}
"""Annexes that let a domain come once a year (02, table of annexes); fire's grade D twice."""
MONTH_APART = {"A01", "A02", "A04", "A12", "A13"}
FIRE, FIRE_TAG = "A03", "消防重点单位"
VENUES, VENUE_TAG = {"歌舞娱乐", "影院", "密室剧本杀"}, "公众聚集场所"
PER_CREW = 2


class NotCoveredError(Exception):
    """The tables hold something that this reader does not read."""


@dataclass(frozen=True)
class Filed:
    """A world and what was filed in vain: ids of tasks that a rule takes away without loss."""

    world: World
    removed: frozenset[str]
    ends: Mapping[str, date] = field(default_factory=dict)
    """By task the last date of its window."""


def task_id(filing: str, site: str) -> str:
    """Return the name of a filing's task at a site."""
    return f"{filing}@{site}"


def is_needed(filing: Row) -> bool:
    """Return whether a filing is 确需, with a reason; a file without the column is read by its reason's words."""
    if "needed" not in filing:
        return "确需" in filing["necessity"]
    return filing["needed"] in YES and bool(filing["necessity"])


def read_folder(folder: Path) -> dict[str, list[Row]]:
    """Return the rows of each CSV file of a folder."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for file in sorted(folder.glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            tables[file.stem] = [{k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(lines)]
    return tables


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _several(text: str) -> list[str]:
    return [part.strip() for part in text.replace("；", ";").replace(",", ";").split(";") if part.strip()]


@dataclass
class _Reader:
    tables: Mapping[str, Sequence[Row]]
    first: date
    last: date
    per_crew: Mapping[str, int]
    removed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.agencies = {row["agency_id"]: row for row in self._rows("agencies")}
        self.items = {row["item_id"]: row for row in self._rows("items")}
        self.site_rows = {row["site_id"]: row for row in self._rows("sites")}
        self.filings = {row["filing_id"]: row for row in self._rows("filings")}
        self.settings = {row["key"]: row["value"] for row in self._rows("settings")}
        self.marks = {_day(row["date"]): row["kind"] for row in self._rows("calendar")}
        if self._rows("waivers") or self._rows("nonces"):
            raise NotCoveredError("waivers or nonces")
        for row in self._rows("lists"):
            if row["kind"] != "recusal":
                raise NotCoveredError(f"list {row['kind']}")

    def _rows(self, name: str) -> Sequence[Row]:
        return self.tables.get(name, ())

    # calendar

    def open(self, day: date) -> bool:
        """Return whether the district inspects on `day`."""
        kind = self.marks.get(day, "")
        if kind in ("closed", "全区不检查"):
            return False
        if kind in ("off", "休息"):
            return False
        if kind in ("work", "上班"):
            return True
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:  # not yet published; the generator keeps clear of its other holidays
            return day.weekday() < 5 and (day.month, day.day) != (1, 1)

    def open_days(self, first: date, last: date) -> list[date]:
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if self.open(day)]

    # who

    def body(self, agency: str) -> str:
        parent = self.agencies[agency]["parent_id"]
        return self.body(parent) if parent else agency

    def agency_domain(self, agency: str) -> str:
        row = self.agencies[agency]
        return row["domain"] or (self.agency_domain(row["parent_id"]) if row["parent_id"] else "D")

    def item_domain(self, item: str) -> str:
        return self.items[item]["domain"] or self.agency_domain(self.items[item]["agency_id"])

    def people(self, days: Sequence[date]) -> tuple[Person, ...]:
        away: dict[str, set[tuple[date, int]]] = defaultdict(set)
        halves = {"am": (0,), "上午": (0,), "pm": (1,), "下午": (1,)}
        for row in self._rows("absences"):
            for day in days:
                if _day(row["from"]) <= day <= _day(row["to"]):
                    away[row["inspector_id"]] |= {(day, half) for half in halves.get(row["half"], (0, 1))}
        barred: dict[str, set[tuple[str, date]]] = defaultdict(set)
        for row in self._rows("lists"):
            for day in days:
                begins = not row["from"] or _day(row["from"]) <= day
                if begins and (not row["to"] or day <= _day(row["to"])):
                    barred[row["inspector_id"]].add((row["site_id"], day))
        found = []
        for row in self._rows("inspectors"):
            if row["role"] not in ("", "officer", "执法人员") or not row["certificate_no"]:
                continue
            name = row["inspector_id"]
            for day in days:
                held = not row["valid_from"] or _day(row["valid_from"]) <= day
                if not held or (row["valid_to"] and day > _day(row["valid_to"])):
                    away[name] |= {(day, 0), (day, 1)}
            skills = frozenset(_several(row["skills"]))
            found.append(Person(name, row["agency_id"], skills, frozenset(away[name]), frozenset(barred[name])))
        return tuple(sorted(found, key=lambda p: (p.unit, p.id)))

    def units(self) -> tuple[Unit, ...]:
        return tuple(
            Unit(
                name,
                self.body(name),
                self.per_crew.get(self.agency_domain(name), PER_CREW),
                -(-int(row["setup_minutes"] or 15) // 15),
            )
            for name, row in sorted(self.agencies.items())
        )

    # where

    def closed(self, site: str) -> set[date]:
        days: set[date] = set()
        for part in _several(self.site_rows[site]["blackout_days"]):
            first, _, last = part.partition("~")
            end = _day(last or first)
            days |= {_day(first) + timedelta(days=n) for n in range((end - _day(first)).days + 1)}
        return days

    def site(self, row: Row) -> Site:
        return Site(
            row["site_id"],
            row["town"],
            row["join"] in ("discouraged", "不鼓励"),
            frozenset(self._business(row)),
        )

    def _business(self, row: Row) -> set[int]:
        if row["industry"] not in VENUES and VENUE_TAG not in _several(row["tags"]):
            return set()
        begins = [self._minute("day_start", "09:00") + 15 * n for n in range(HALF)]
        begins += [self._minute("afternoon_start", "13:30") + 15 * n for n in range(HALF)]
        barred: set[int] = set()
        for part in _several(row["quiet_hours"]):
            first, last = (int(h) * 60 + int(m) for h, m in (t.split(":") for t in part.split("-")))
            barred |= {q for q, begin in enumerate(begins) if begin < last and first < begin + 15}
        return barred

    def _minute(self, key: str, default: str) -> int:
        hour, minute = self.settings.get(key, default).split(":")
        return int(hour) * 60 + int(minute)

    # what

    def history(self) -> dict[tuple[str, str], set[date]]:
        """Return (site, domain) → dates of planned on-site checks that took place."""
        found: dict[tuple[str, str], set[date]] = defaultdict(set)
        for row in self._rows("history"):
            if row["mode"] not in ("", "on_site", "现场"):
                raise NotCoveredError("history off-site")
            items = _several(row["items"])
            for filing in self.filings.values():
                if row["site_id"] in _several(filing["sites"]) and set(items) & set(_several(filing["items"])):
                    raise NotCoveredError("history of an item that is filed at the same site")
            if row["trigger"] in ("triggered", "触发式") or row["result"] in ("no_show", "closed", "未见到", "已停业"):
                continue
            for domain in {self.item_domain(i) for i in items} or {self.agency_domain(row["agency_id"])}:
                found[row["site_id"], domain].add(_day(row["date"]))
        return found

    def tasks(self) -> list[Task]:
        found = []
        seen: set[tuple[str, str, str]] = set()
        for name, row in sorted(self.filings.items()):
            self._covered(row)
            items = [self.items[i] for i in _several(row["items"])]
            domains, skills = {self.item_domain(i["item_id"]) for i in items}, {i["skill"] for i in items if i["skill"]}
            if len(domains) != 1 or len(skills) > 1 or len({i["fire"] in YES for i in items}) > 1:
                raise NotCoveredError("a filing of several domains or skills")
            domain = domains.pop()
            for site in sorted(set(_several(row["sites"]))):
                for item in items:
                    if (site, row["agency_id"], item["item_id"]) in seen:
                        raise NotCoveredError("one item filed twice at a site")
                    seen.add((site, row["agency_id"], item["item_id"]))
                if self._may(row, self.site_rows[site], domain):
                    found.append(self._task(name, row, items, domain, skills, site))
                else:
                    self.removed.add(task_id(name, site))
        return [t for t in found if t is not None]

    def _covered(self, row: Row) -> None:
        for column in ("scope", "ratio", "frequency", "behaviour"):
            if row[column]:
                raise NotCoveredError(column)
        if row["mode"] not in ("", "on_site", "现场") or row["secret"] in YES or row["kind"] not in ("daily", "joint"):
            raise NotCoveredError("mode, secrecy or kind")
        for item in _several(row["items"]):
            about = self.items[item]
            if about["list"] not in ("", "random") or about["off_site_possible"] in YES or about["multi_day"] in YES:
                raise NotCoveredError("item of another list, off-site or of several days")
            if about["claimed"] not in ("", "claimed") or not (about["basis"] or row["basis"]):
                raise NotCoveredError("item without claim or basis")
        if any(grade["grade"] != "B" for grade in self._rows("grades")):
            raise NotCoveredError("grades other than B")

    def _may(self, row: Row, site: Row, domain: str) -> bool:
        agency = self.agencies[row["agency_id"]]
        if site["status"] not in ("", "open", "开业"):
            return False
        if agency["level"] in ("town", "街镇") and agency["town"] != site["town"]:
            return False
        return domain != FIRE or FIRE_TAG in _several(site["tags"])

    def _task(self, name: str, row: Row, items: Sequence[Row], domain: str, skills: set[str], site: str) -> Task | None:
        start, end = _day(row["window_from"]), _day(row["window_to"])
        if end < self.first or start > self.last:
            return None
        closed = self.closed(site)
        days = [d for d in self.open_days(max(start, self.first), min(end, self.last)) if d not in closed]
        later = [d for d in self.open_days(self.last + timedelta(days=1), end) if d not in closed and d >= start]
        about = self.site_rows[site]
        step = max(RISK_STEP.get(i["risk"], 0) for i in items)
        opted = set(_several(about["opted_in"]))
        venue = bool(about["quiet_hours"]) and (about["industry"] in VENUES or VENUE_TAG in _several(about["tags"]))
        above = row["source"] in ("above", "law", "上级部署", "法定")
        return Task(
            task_id(name, site),
            site,
            row["agency_id"],
            domain,
            -(-sum(int(i["minutes"]) for i in items) // 15),
            tuple(days),
            tuple(later),
            strength=0 if above else STRENGTHS[row["strength"]],
            weight=max(1, min(9, int(row["priority"] or 5) + step)),
            skill="".join(skills),
            unannounced=row["unannounced"] in YES,
            opted_in=bool(opted & {row["agency_id"], self.body(row["agency_id"])}),
            fire=domain == FIRE,
            rides=domain != FIRE and items[0]["fire"] in YES,
            outside_hours=domain == FIRE and venue,
            counted=not (domain == "A11" and above),
            needed=is_needed(row) and domain != FIRE,
        )

    def pinned(self, tasks: list[Task]) -> tuple[list[Task], dict[tuple[str, str], set[date]]]:
        """Return the tasks with what is published or fixed, and (site, domain) → such dates outside the month."""
        beside: dict[tuple[str, str], set[date]] = defaultdict(set)
        for row in sorted(self._rows("pins"), key=lambda r: r["pin_id"]):
            day, site = _day(row["date"]), row["site_id"]
            if not self.first <= day <= self.last:
                items = _several(self.filings[row["filing_id"]]["items"]) if row["filing_id"] else []
                for domain in {self.item_domain(i) for i in items} or {self.agency_domain(row["agency_id"])}:
                    beside[site, domain].add(day)
                continue
            if not self.open(day):
                continue
            own = [
                t
                for t in tasks
                if t.site == site
                and row["agency_id"] in (t.unit, self.body(t.unit))
                and (not row["filing_id"] or t.id == task_id(row["filing_id"], site))
            ]
            holding = [t for t in own if self._within(t, day)] or own
            tasks = [replace(t, fixed=day, strength=0, later=()) if t in holding else t for t in tasks]
        return tasks, beside

    def _within(self, task: Task, day: date) -> bool:
        row = self.filings[task.id.partition("@")[0]]
        return _day(row["window_from"]) <= day <= _day(row["window_to"])

    def fire(
        self,
        tasks: list[Task],
        history: Mapping[tuple[str, str], set[date]],
        beside: Mapping[tuple[str, str], set[date]],
    ) -> list[Task]:
        """Take others' fire items away where fire has been or is published; tie them to its visit where it is open."""
        kept = []
        for task in tasks:
            own = [t for t in tasks if t.fire and t.site == task.site]
            dates = {*history.get((task.site, FIRE), ()), *beside.get((task.site, FIRE), ())}
            known = any(d.year == self.first.year for d in dates) or any(t.fixed for t in own)
            if not task.rides:
                kept.append(task)
            elif known and not task.fixed:
                self.removed.add(task.id)
            elif own:
                kept.append(replace(task, later=()))
            elif self._fire_later(task.site) and not task.fixed:
                self.removed.add(task.id)
            else:
                kept.append(replace(task, rides=False))
        return kept

    def _fire_later(self, site: str) -> bool:
        return any(
            site in _several(row["sites"])
            and self.item_domain(_several(row["items"])[0]) == FIRE
            and _day(row["window_from"]) > self.last
            and _day(row["window_from"]).year == self.first.year
            for row in self.filings.values()
        )

    def limits(
        self,
        tasks: list[Task],
        history: Mapping[tuple[str, str], set[date]],
        beside: Mapping[tuple[str, str], set[date]],
    ) -> tuple[list[Task], list[Limit]]:
        """Return the tasks that the yearly caps leave, and gap and cap by site and domain."""
        limits, kept = [], []
        for site, domain in sorted({(t.site, t.domain) for t in tasks if t.counted}):
            dates = {*history.get((site, domain), ()), *beside.get((site, domain), ())}
            gap = 1 if domain in MONTH_APART else 0
            quota: Mapping[int, int] = {}
            if domain in YEARLY:
                years = (self.first.year, self.first.year + 1)
                quota = {y: max(0, YEARLY[domain] - sum(d.year == y for d in dates)) for y in years}
            if gap or quota:
                limits.append(Limit(site, domain, gap, quota, tuple(sorted(dates))))
        by_key = {(limit.site, limit.domain): limit.quota for limit in limits}
        for task in tasks:
            quota = by_key.get((task.site, task.domain), {}) if task.counted else {}
            reached = {self.first.year, *(d.year for d in (*task.days, *task.later))}
            used_up = quota and not any(quota[y] for y in reached)
            if used_up and not task.needed and not task.fixed:
                self.removed.add(task.id)
            else:
                kept.append(task)
        return kept, limits

    def joint(self, tasks: list[Task]) -> list[Task]:
        """Tie each joint filing's task to one task of each partner: of the same theme first, then the one due first.

        Which of several that are due together is nobody's rule: by unit, domain and filing, as good as any.
        """
        group = {t.id: t.id for t in tasks}

        def root(name: str) -> str:
            return name if group[name] == name else root(group[name])

        for task in tasks:
            row = self.filings[task.id.partition("@")[0]]
            if row["kind"] not in ("joint", "跨部门") or task.unannounced or task.rides:
                continue
            for partner in _several(row["partners"]):
                own = [t for t in tasks if t.site == task.site and self.body(t.unit) == self.body(partner)]
                own = [t for t in own if not t.unannounced and not t.rides and self._meets(t, task)]
                same = [t for t in own if row["theme"] and self._theme(t) == row["theme"]]
                if same or own:
                    other = min(same or own, key=lambda t: (self._end(t), t.unit, t.domain, t.id))
                    group[root(other.id)] = root(task.id)
        sizes: dict[str, int] = defaultdict(int)
        for task in tasks:
            sizes[root(task.id)] += 1
        return [replace(t, joint=root(t.id)) if sizes[root(t.id)] > 1 else t for t in tasks]

    def _theme(self, task: Task) -> str:
        return self.filings[task.id.partition("@")[0]]["theme"]

    def _end(self, task: Task) -> str:
        return self.filings[task.id.partition("@")[0]]["window_to"]

    @staticmethod
    def _meets(one: Task, other: Task) -> bool:
        """Return whether both can be done on one open day."""
        a, b = ({t.fixed} if t.fixed else {*t.days, *t.later} for t in (one, other))
        return bool(a & b)

    def number(self, key: str, default: int) -> int:
        return int(self.settings.get(key, default))


def filed(tables: Mapping[str, Sequence[Row]], month: str, per_crew: Mapping[str, int] | None = None) -> Filed:
    """Return the month of `tables`; `per_crew` are numbers of inspectors by domain other than two.

    The plan is that of what is announced (decisions 0041, 0050), so filings of unannounced checks are left out of it,
    and announced checks that stand back for one of them.
    """
    everything = with_unannounced(tables, month, per_crew)
    hidden = {row["filing_id"] for row in tables.get("filings", ()) if row["unannounced"] in YES}
    back = (
        stood_back(everything.world, everything.ends)
        if hidden and _switch(tables, "unannounced_first")
        else frozenset()
    )
    shown = {name: [row for row in rows if row.get("filing_id") not in hidden] for name, rows in tables.items()}
    return _world(shown, month, per_crew, back)


def with_unannounced(
    tables: Mapping[str, Sequence[Row]], month: str, per_crew: Mapping[str, int] | None = None
) -> Filed:
    """Return the month with all that was filed, whoever may know of it."""
    return _world(tables, month, per_crew, frozenset())


def _switch(tables: Mapping[str, Sequence[Row]], key: str) -> bool:
    """Return whether a setting that is on by default is on."""
    return next((row["value"] in YES for row in tables.get("settings", ()) if row["key"] == key), True)


def _world(
    tables: Mapping[str, Sequence[Row]], month: str, per_crew: Mapping[str, int] | None, without: frozenset[str]
) -> Filed:
    """Return the month of `tables` without the tasks `without`, which other checks have the date of."""
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    reader = _Reader(tables, first, last, per_crew or {})
    days = reader.open_days(first, last)
    history = reader.history()
    tasks, beside = reader.pinned(reader.tasks())
    tasks = reader.fire(tasks, history, beside)
    tasks, limits = reader.limits(tasks, history, beside)
    reader.removed |= without
    tasks = reader.joint([t for t in tasks if t.id not in without])
    used = {t.site for t in tasks}
    world = World(
        days=tuple(days),
        units=reader.units(),
        people=reader.people(days),
        sites=tuple(reader.site(row) for name, row in sorted(reader.site_rows.items()) if name in used),
        tasks=tuple(tasks),
        limits=tuple(limits),
        travel=-(-reader.number("travel_minutes", 30) // 15),
        step=reader.number("start_step_minutes", 15) // 15,
        max_bodies=reader.number("max_agencies_per_visit", 0),
        entry_cap=reader.number("entry_cap", 0),
        entry_gap=reader.number("entry_gap_days", 0),
    )
    ends = {t.id: _day(reader.filings[t.id.partition("@")[0]]["window_to"]) for t in tasks}
    return Filed(world, frozenset(reader.removed), ends)

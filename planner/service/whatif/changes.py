"""Changes applied one after the other to a copy of what was filed; each counts the rows that it touched.

Nothing is written over the base: rows are values. A change that touches nothing is told, and a rule that the law makes
mandatory is refused with its clauses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from planner.domain.calendar import period_bounds
from planner.domain.case import RowRef
from planner.domain.errors import InputError
from planner.domain.hashing import sha256_hex
from planner.intake.month.settings import SETTING_BY_KEY
from planner.intake.tables.records import (
    AbsenceRow,
    CalendarRow,
    FilingRow,
    InspectorRow,
    ListRow,
    Scope,
    SettingRow,
    SiteRow,
    Tables,
)
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.law.rules.capacity import CREWS
from planner.rulebook.nouns import Force, Param, RulebookVersion
from planner.service.whatif import scenario as read
from planner.service.whatif.lookups import (
    body_of,
    commonest_skills,
    domain_of,
    grades_on,
    refused,
    require_domain,
    seed_of,
    units_of,
    unknown,
)
from planner.service.whatif.scenario import Scenario

ORDERS = (("A", "B", "C", "D"), ("green", "yellow", "red"))
"""Grades from best to worst."""
NOWHERE = RowRef("what-if", 0)
ALL = 10_000
"""Parts of a ratio."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a month is made of: rows, rulebook, and which month."""

    tables: Tables
    rulebook: RulebookVersion
    month: str

    @property
    def bounds(self) -> tuple[date, date]:
        """Return the month's first and last date."""
        return period_bounds(self.month)


@dataclass(frozen=True, slots=True)
class Touched:
    """What one change touched: rows by table, before they are unfolded into tasks."""

    kind: str
    rows: tuple[tuple[str, int], ...]

    @property
    def nothing(self) -> bool:
        """Return whether the change changed nothing."""
        return not self.rows


@dataclass(frozen=True, slots=True)
class Applied:
    """The changed inputs, and what each change touched, in order."""

    inputs: Inputs
    touched: tuple[Touched, ...]


def apply_changes(base: Inputs, scenario: Scenario) -> Applied:
    """Return the inputs with the scenario's changes. Raises InputError where one cannot be made, saying which."""
    inputs, touched = base, []
    for n, change in enumerate(scenario.file.changes, start=1):
        try:
            after = CHANGES[change.kind](inputs, getattr(change, change.kind), scenario.draw)
        except InputError as error:
            raise InputError(f"第 {n} 项改动（{change.kind}）：{error}") from error
        touched.append(Touched(change.kind, tuple(_differences(inputs, after))))
        inputs = after
    return Applied(inputs, tuple(touched))


def input_diff(before: Inputs, after: Inputs) -> dict[str, int]:
    """Return how many rows differ, by table, and parameters of the rulebook as "rules"."""
    return dict(_differences(before, after))


def _differences(before: Inputs, after: Inputs) -> Iterator[tuple[str, int]]:
    for key in TABLE_BY_KEY:
        old, new = getattr(before.tables, key), getattr(after.tables, key)
        if old is not new:
            kept = set(map(id, old)) & set(map(id, new))  # rows that nobody touched are the same objects
            gone = Counter(row for row in old if id(row) not in kept)
            gone.subtract(Counter(row for row in new if id(row) not in kept))
            count = max(sum(n for n in gone.values() if n > 0), -sum(n for n in gone.values() if n < 0))
            if count:
                yield key, count
    if before.rulebook.rules != after.rulebook.rules:
        pairs = zip(before.rulebook.rules, after.rulebook.rules, strict=True)
        yield "rules", sum(old.params != new.params for old, new in pairs)


def lot(seed: str, draw: int, *entity: str) -> int:
    """Return a number from 0 to 9,999 that follows from seed, draw and entity: 70 % of them are among 80 %."""
    return int.from_bytes(sha256("\0".join((seed, str(draw), *entity)).encode()).digest()[:6], "big") % ALL


def _capacity(inputs: Inputs, change: read.Capacity, draw: int) -> Inputs:
    tables = inputs.tables
    if change.pool:
        return _pooled(inputs, change.pool)
    units = units_of(tables, change.unit, change.domain)
    if change.inspectors_per_crew:
        return _larger_crews(inputs, change)
    law = {u: int(inputs.rulebook.number(CREWS.id, "inspectors_per_crew", domain_of(tables, u))) for u in units}
    more = {u: change.inspectors + change.crews * law[u] for u in units}
    if any(n < 0 for n in more.values()):
        return _fewer(inputs, more, change)
    found = list(tables.inspectors)
    absent = list(tables.absences)
    first, last = inputs.bounds
    for unit, n in more.items():
        own = [row for row in tables.inspectors if row.agency_id == unit and row.role == "officer"]
        skills = commonest_skills(own)
        for k in range(n):
            who = f"{unit}-WHATIF-{len(found)}-{k + 1}"
            found.append(
                InspectorRow(
                    who, f"（情景）{unit} 新增{k + 1}", unit, who, date.min, date.max, skills, "officer", NOWHERE
                )
            )
            begin, end = change.from_ or first, change.to or last
            if begin > first:
                absent.append(AbsenceRow(who, first, begin - timedelta(days=1), "day", NOWHERE))
            if end < last:
                absent.append(AbsenceRow(who, end + timedelta(days=1), last, "day", NOWHERE))
    return replace(inputs, tables=replace(tables, inspectors=tuple(found), absences=tuple(absent)))


def _fewer(inputs: Inputs, more: dict[str, int], change: read.Capacity) -> Inputs:
    """Return the inputs in which so many inspectors of each unit, the last by number, are away."""
    first, last = inputs.bounds
    rows = list(inputs.tables.absences)
    for unit, n in more.items():
        own = sorted(r.inspector_id for r in inputs.tables.inspectors if r.agency_id == unit and r.role == "officer")
        rows += [
            AbsenceRow(w, change.from_ or first, change.to or last, "day", NOWHERE) for w in own[max(0, len(own) + n) :]
        ]
    return replace(inputs, tables=replace(inputs.tables, absences=tuple(rows)))


def _larger_crews(inputs: Inputs, change: read.Capacity) -> Inputs:
    """Return the rulebook in which crews of a domain are larger; smaller than the law asks for is refused."""
    law = inputs.rulebook.number(CREWS.id, "inspectors_per_crew", change.domain)
    if change.inspectors_per_crew < law:
        raise InputError(refused(inputs.rulebook, CREWS.id, change.domain))
    return _with_param(inputs, CREWS.id, "inspectors_per_crew", change.domain, change.inspectors_per_crew)


def _pooled(inputs: Inputs, units: tuple[str, ...]) -> Inputs:
    """Return the inputs in which the first unit has the inspectors of all and does their filings, each in its town."""
    tables = inputs.tables
    known = {row.agency_id: row for row in tables.agencies}
    for unit in units:
        units_of(tables, unit, "")
    lead, others = units[0], set(units[1:])
    towns = {unit: known[unit].town for unit in units}

    def filing(row: FilingRow) -> FilingRow:
        if row.agency_id not in units:
            return row
        scope = row.scope
        if not row.sites and towns[row.agency_id] and "town" not in dict(scope.terms):
            scope = Scope((*scope.terms, ("town", (towns[row.agency_id],))))
        return replace(row, agency_id=lead, scope=scope)

    changed = replace(
        tables,
        agencies=tuple(replace(r, town="", level="district") if r.agency_id == lead else r for r in tables.agencies),
        inspectors=tuple(replace(r, agency_id=lead) if r.agency_id in others else r for r in tables.inspectors),
        items=tuple(replace(r, agency_id=lead) if r.agency_id in others else r for r in tables.items),
        filings=tuple(map(filing, tables.filings)),
        pins=tuple(replace(r, agency_id=lead) if r.agency_id in others else r for r in tables.pins),
    )
    return replace(inputs, tables=changed)


def _rule(inputs: Inputs, change: read.RuleChange, draw: int) -> Inputs:
    rules = {rule.id: rule for rule in inputs.rulebook.rules}
    if change.id not in rules:
        raise InputError(unknown("规则 / rule", change.id, list(rules)))
    rule = rules[change.id]
    params = {param.name: param for param in rule.params}
    if change.param not in params:
        raise InputError(unknown("参数 / parameter", change.param, list(params)))
    if rule.strength is Force.MANDATORY:
        raise InputError(refused(inputs.rulebook, change.id, change.domain))
    param = params[change.param]
    if not param.switchable:
        raise InputError(f"“{param.zh}”是内置的读法，不能改 / a reading that is built in")
    if param.setting:
        return _settings(inputs, read.Settings(values={param.setting: _plain(change.value)}), draw)
    kind = type(param.of(change.domain))
    if not isinstance(change.value, kind) or (isinstance(change.value, bool) != (kind is bool)):
        raise InputError(f"“{param.zh}”要的是 {kind.__name__} / asks for {kind.__name__}")
    return _with_param(inputs, change.id, change.param, change.domain, change.value)


def _with_param(inputs: Inputs, rule_id: str, name: str, domain: str, value: Any) -> Inputs:
    """Return the inputs with a parameter of a rule changed; the version says so where it is another value."""

    def param(one: Param) -> Param:
        if one.name != name or one.of(domain) == value:
            return one
        if domain:
            return replace(one, by_domain={**one.by_domain, domain: value})
        return replace(one, value=value)

    book = inputs.rulebook
    rules = tuple(
        replace(rule, params=tuple(map(param, rule.params))) if rule.id == rule_id else rule for rule in book.rules
    )
    if rules == book.rules:
        return inputs
    mark = sha256_hex([book.version, rule_id, name, domain, repr(value)])[:8]
    return replace(inputs, rulebook=replace(book, rules=rules, version=f"{book.version}+{mark}"))


def _lists(inputs: Inputs, change: read.Lists, draw: int) -> Inputs:
    tables, (first, last) = inputs.tables, inputs.bounds
    for domain in change.quiet_grades:
        require_domain(tables, domain)
    latest = grades_on(tables, first)
    quiet = {(row.site_id, row.domain) for row in tables.lists if row.kind == "quiet_site"}
    rows = [
        ListRow("quiet_site", domain, site, "", "", first, last, "（情景）按等级列入", NOWHERE)
        for (site, domain), grade in sorted(latest.items())
        if grade in change.quiet_grades.get(domain, ()) and (site, domain) not in quiet
    ]
    items = {row.item_id for row in tables.items}
    for item in change.quiet_items:
        if item not in items:
            raise InputError(unknown("事项 / item", item, sorted(items)))
    changed = tuple(replace(r, list_="quiet") if r.item_id in change.quiet_items else r for r in tables.items)
    sites = tables.sites
    if change.drop_not_to_join:
        sites = tuple(replace(row, join="allowed") if row.join == "discouraged" else row for row in sites)
    return replace(inputs, tables=replace(tables, lists=(*tables.lists, *rows), items=changed, sites=sites))


def _grades(inputs: Inputs, change: read.Grades, draw: int) -> Inputs:
    if change.domain:
        require_domain(inputs.tables, change.domain)

    def worse(grade: str) -> str:
        for order in ORDERS:
            if grade in order:
                return order[min(max(order.index(grade) + change.steps, 0), len(order) - 1)]
        return grade

    rows = tuple(
        replace(r, grade=worse(r.grade)) if change.domain in ("", r.domain) else r for r in inputs.tables.grades
    )
    return replace(inputs, tables=replace(inputs.tables, grades=rows))


def _filings(inputs: Inputs, change: read.Filings, draw: int) -> Inputs:
    tables, (first, last) = inputs.tables, inputs.bounds
    if change.agency:
        units_of(tables, change.agency, "")
    if change.filing and change.filing not in {row.filing_id for row in tables.filings}:
        raise InputError(unknown("计划 / filing", change.filing, [row.filing_id for row in tables.filings]))
    rows = []
    for row in tables.filings:
        domain = domain_of(tables, row.agency_id)
        meant = change.filing in ("", row.filing_id) and change.domain in ("", domain)
        meant = meant and change.agency in ("", row.agency_id, body_of(tables, row.agency_id))
        if not meant or not _acts(change):
            rows.append(row)
        elif not change.withdraw:
            rows.append(_refiled(row, change, first, last))
    rows += [_campaign(tables, one, first) for one in change.add]
    return replace(inputs, tables=replace(tables, filings=tuple(rows)))


def _acts(change: read.Filings) -> bool:
    """Return whether the change does anything to filings that there are."""
    wider = change.days_before or change.days_after or change.whole_month or change.not_after
    return bool(change.withdraw or wider or change.ratio_percent != 100)


def _refiled(row: FilingRow, change: read.Filings, first: date, last: date) -> FilingRow:
    """Return a filing with another window or ratio. What lies outside the month on both sides stays as it is."""
    begin, end = row.window_from - timedelta(days=change.days_before), row.window_to + timedelta(days=change.days_after)
    in_month = row.window_from <= last and row.window_to >= first
    if change.whole_month and in_month:
        begin, end = min(begin, first), max(end, last)
    if change.not_after and begin <= change.not_after:
        end = min(end, change.not_after)
    ratio = tuple((grade, min(ALL, parts * change.ratio_percent // 100)) for grade, parts in row.ratio)
    return replace(row, window_from=begin, window_to=end, ratio=ratio)


def _campaign(tables: Tables, new: read.NewFiling, first: date) -> FilingRow:
    units_of(tables, new.agency_id, "")
    items, sites = {row.item_id for row in tables.items}, {row.site_id for row in tables.sites}
    for item in new.items:
        if item not in items:
            raise InputError(unknown("事项 / item", item, sorted(items)))
    for site in new.sites:
        if site not in sites:
            raise InputError(unknown("对象 / site", site, sorted(sites)))
    if new.filing_id in {row.filing_id for row in tables.filings}:
        raise InputError(f"计划编号“{new.filing_id}”已有 / filing {new.filing_id!r} is there already")
    code = new.plan_code or f"WHATIF-{new.filing_id}"
    return FilingRow(
        filing_id=new.filing_id, agency_id=new.agency_id, kind="special", period="special",
        source="above" if new.from_above else "own", basis="", items=new.items, sites=new.sites,
        scope=Scope(tuple(new.scope.items())), ratio=() if new.sites else (("*", new.ratio_percent * 100),),
        frequency=(), mode="on_site", window_from=new.window_from, window_to=new.window_to, due=(),
        priority=new.priority,
        strength="mandatory" if new.from_above else "accepted", necessity="（情景）专项部署", needed=False,
        unannounced=False, secret=False, behaviour="", plan_code=code,
        upper_plan_code=new.upper_plan_code or (f"UP-{code}" if new.from_above else ""), partners=(), theme="",
        preferred_days=(), filed_on=first - timedelta(days=10), ref=NOWHERE,
    )  # fmt: skip


def _calendar(inputs: Inputs, change: read.Calendar, draw: int) -> Inputs:
    days = list(change.closed)
    if change.from_ and change.to:
        days += [change.from_ + timedelta(days=n) for n in range((change.to - change.from_).days + 1)]
    tables = inputs.tables
    if change.town:
        if change.town not in {row.town for row in tables.sites}:
            raise InputError(unknown("街镇 / town", change.town, sorted({row.town for row in tables.sites})))
        ranges = tuple((day, day) for day in days)

        def closed(row: SiteRow) -> SiteRow:
            return replace(row, blackout_days=(*row.blackout_days, *ranges)) if row.town == change.town else row

        return replace(inputs, tables=replace(tables, sites=tuple(map(closed, tables.sites))))
    kept = [row for row in tables.calendar if row.date not in days]
    rows = [CalendarRow(day, "closed", "（情景）", NOWHERE) for day in sorted(set(days))]
    return replace(inputs, tables=replace(tables, calendar=(*kept, *rows)))


def _people(inputs: Inputs, change: read.People, draw: int) -> Inputs:
    tables = inputs.tables
    units_of(tables, change.unit, "")
    seed = seed_of(tables)
    rows = [
        AbsenceRow(row.inspector_id, change.from_, change.to, "day", NOWHERE)
        for row in tables.inspectors
        if row.agency_id == change.unit and lot(seed, draw, "away", row.inspector_id) < change.share_percent * 100
    ]
    return replace(inputs, tables=replace(tables, absences=(*tables.absences, *rows)))


def _refusals(inputs: Inputs, change: read.Refusals, draw: int) -> Inputs:
    """Return the inputs in which a share of (body, site) come alone: where one refuses, all others have opted in."""
    tables, seed = inputs.tables, seed_of(inputs.tables)
    bodies = sorted({row.agency_id for row in tables.agencies if not row.parent_id})

    def marked(row: SiteRow) -> SiteRow:
        refused = {
            body for body in bodies if lot(seed, draw, "refuses", body, row.site_id) < change.share_percent * 100
        }
        if not refused:
            return row
        willing = row.opted_in if row.join == "discouraged" else tuple(bodies)
        return replace(row, join="discouraged", opted_in=tuple(b for b in willing if b not in refused))

    return replace(inputs, tables=replace(tables, sites=tuple(map(marked, tables.sites))))


def _settings(inputs: Inputs, change: read.Settings, draw: int) -> Inputs:
    rows = {row.key: row for row in inputs.tables.settings}
    for key, value in change.values.items():
        if key not in SETTING_BY_KEY:
            raise InputError(unknown("设置 / setting", key, list(SETTING_BY_KEY)))
        text = str(int(value)) if isinstance(value, (bool, int)) else value
        setting = SETTING_BY_KEY[key]
        if setting.kind == "int" and not (text.isdecimal() and setting.low <= int(text) <= setting.high):
            raise InputError(f"“{setting.zh}”须为 {setting.asked} / {key}: {setting.asked}")
        now = rows[key].value if key in rows else setting.default
        if now != text:
            rows[key] = SettingRow(key, text, "（情景）", NOWHERE)
    return replace(inputs, tables=replace(inputs.tables, settings=tuple(rows.values())))


def _tables(inputs: Inputs, change: read.TableRows, draw: int) -> Inputs:
    if change.table not in TABLE_BY_KEY or change.table == "settings":
        raise InputError(unknown("表 / table", change.table, list(TABLE_BY_KEY)))
    key = TABLE_BY_KEY[change.table].columns[0].key
    rows = getattr(inputs.tables, change.table)
    kept = tuple(row for row in rows if str(getattr(row, key)) not in change.remove)
    changed: dict[str, Any] = {change.table: kept}
    return replace(inputs, tables=replace(inputs.tables, **changed))


CHANGES: dict[str, Callable[[Inputs, Any, int], Inputs]] = {
    "capacity": _capacity, "rule": _rule, "lists": _lists, "grades": _grades, "filings": _filings,
    "calendar": _calendar, "people": _people, "refusals": _refusals, "settings": _settings, "tables": _tables,
}  # fmt: skip


def _plain(value: Any) -> str | int | bool:
    return value if isinstance(value, (str, int, bool)) else str(value)

"""Rows of one premises become one site: the strictest of what they say. All else refers to it; the ids stay known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from planner.intake.identity.match import Pair, pairs_of
from planner.intake.identity.normal import credit_code, place_number
from planner.intake.tables.aliases import aliases_said
from planner.intake.tables.records import SiteRow, Tables

STRICT = {"open": 0, "suspended": 1, "closed": 2}


@dataclass(frozen=True)
class Registers:
    """What the registers come to: the tables with one row for each premises, and the pairs behind it.

    `aliases` are other ids of a site, also such as have no row of their own but a decision; `rows` all rows of a site
    that has several; `doubtful` pairs nobody has decided.
    """

    tables: Tables
    aliases: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Sequence[SiteRow]] = field(default_factory=dict)
    merged: tuple[Pair, ...] = ()
    doubtful: tuple[Pair, ...] = ()


def one_register(tables: Tables) -> Registers:
    """Return the tables with the rows of one premises made one, where that is sure or somebody has decided so."""
    decided = {_key(row.site_id, row.other_id): row.verdict == "same" for row in tables.identities}
    known = {row.site_id for row in tables.sites}
    merged = [
        Pair(one, other, True, "经核定为同一对象")
        for (one, other), same in decided.items()
        if same and {one, other} <= known and one != other
    ]
    doubtful: list[Pair] = []
    for pair in pairs_of(tables.sites):
        if (pair.one, pair.other) in decided:
            continue
        (merged if pair.sure else doubtful).append(pair)
    groups = _joined(merged, {key for key, same in decided.items() if not same})
    by_id = {row.site_id: row for row in tables.sites}
    aliases: dict[str, str] = {}
    rows: dict[str, list[SiteRow]] = {}
    for group in groups:
        found = sorted((by_id[site] for site in group), key=_rank)
        rows[found[0].site_id] = found
        aliases |= {row.site_id: found[0].site_id for row in found[1:]}
    aliases |= {other: aliases.get(one, one) for other, one in aliases_said(tables.identities, known).items()}
    left = [p for p in doubtful if aliases.get(p.one, p.one) != aliases.get(p.other, p.other)]
    if not aliases:
        return Registers(tables, doubtful=tuple(left))
    united = tuple(
        _union(rows[r.site_id]) if r.site_id in rows else r for r in tables.sites if r.site_id not in aliases
    )
    tables = replace(tables, sites=united, **cast("dict[str, Any]", _redirected(tables, aliases)))
    return Registers(tables, aliases, rows, tuple(sorted(merged)), tuple(left))


def _key(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)


def _rank(row: SiteRow) -> tuple[bool, str]:
    """An id of credit code and place is the one that stays."""
    return place_number(row.site_id, credit_code(row.credit_code)[0]) is None, row.site_id


def _joined(pairs: Iterable[Pair], apart: set[tuple[str, str]]) -> list[list[str]]:
    """Return the groups that the pairs make; what somebody has declared different is never in one group."""
    group: dict[str, set[str]] = {}
    for pair in sorted(pairs):
        one, other = group.get(pair.one, {pair.one}), group.get(pair.other, {pair.other})
        if one is other or any(_key(a, b) in apart for a in one for b in other):
            continue
        whole = one | other
        group |= dict.fromkeys(whole, whole)
    return [sorted(members) for members in {id(found): found for found in group.values()}.values()]


def _union(rows: Sequence[SiteRow]) -> SiteRow:
    """Return one row: what the first says, filled up by the others, and the strictest of what restricts."""
    first = rows[0]
    listed = [row for row in rows if row.join == "discouraged"]
    opted = set(listed[0].opted_in) if listed else set(first.opted_in)
    for row in listed[1:]:
        opted &= set(row.opted_in)
    spot = next((row for row in rows if row.lon is not None and row.lat is not None), first)
    return replace(
        first,
        credit_code=_first(row.credit_code for row in rows),
        industry=_first(row.industry for row in rows),
        lon=spot.lon,
        lat=spot.lat,
        tags=tuple(dict.fromkeys(tag for row in rows for tag in row.tags)),
        join="discouraged" if listed else first.join,
        opted_in=tuple(sorted(opted)),
        quiet_hours=_spans(span for row in rows for span in row.quiet_hours),
        blackout_days=tuple(sorted({days for row in rows for days in row.blackout_days})),
        status=max((row.status for row in rows), key=lambda status: STRICT.get(status, 1)),
    )


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _spans(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    out: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if out and first <= out[-1][1]:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return tuple(out)


def _redirected(tables: Tables, aliases: Mapping[str, str]) -> dict[str, tuple[Any, ...]]:
    """Return the tables whose rows name a site, with the id that stays."""
    out: dict[str, tuple[Any, ...]] = {}
    for name in ("grades", "history", "lists", "pins", "waivers", "absorptions"):
        rows = getattr(tables, name)
        out[name] = tuple(replace(r, site_id=aliases[r.site_id]) if r.site_id in aliases else r for r in rows)
    filings = []
    for row in tables.filings:
        sites = tuple(dict.fromkeys(aliases.get(site, site) for site in row.sites))
        due = tuple("=".join((aliases.get(part[0], part[0]), *part[1:])) for part in (d.split("=", 1) for d in row.due))
        filings.append(row if sites == row.sites and due == row.due else replace(row, sites=sites, due=due))
    return out | {"filings": tuple(filings)}


def joint_visits(tables: Tables, pairs: Sequence[Pair]) -> list[int]:
    """Return, by pair, how many entries it would save if its rows were one: agencies at both that could meet."""
    at: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    wanted = {site for pair in pairs for site in (pair.one, pair.other)}
    for filing in tables.filings:
        for site in filing.sites:
            if site in wanted:
                at[site][filing.agency_id].append((filing.window_from, filing.window_to))
    saved = []
    for pair in pairs:
        one, other = at[pair.one], at[pair.other]
        meet = sum(
            any(a[0] <= b[1] and b[0] <= a[1] for a in windows for w in other.values() for b in w)
            for windows in one.values()
        )
        saved.append(min(meet, len(other)))
    return saved

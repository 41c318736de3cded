"""Sites of the demo district, with their tags, positions and grades."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from scenarios.credit_code import demo_code
from scenarios.parameters import BlockRow, DemoParameters

Row = dict[str, object]

DISTRICT_CODE_LENGTH = 6
EVERYWHERE = "*"


@dataclass
class Site:
    """A generated site and what the rest of the generator has to know about it."""

    row: Row
    town: str
    industry: str
    tags: frozenset[str]
    grades: dict[str, str]
    """Domain → grade in force."""
    open: bool

    @property
    def id(self) -> str:
        return str(self.row["site_id"])


def _amounts(text: str) -> dict[str, float]:
    """Read `name:number;name:number`."""
    pairs = (part.rsplit(":", 1) for part in text.split(";") if part)
    return {name: float(number) for name, number in pairs}


def _whole_shares(total: int, shares: list[float]) -> list[int]:
    """Divide `total` by `shares`, the largest remainders rounded up."""
    exact = [total * share / sum(shares) for share in shares]
    counts = [math.floor(value) for value in exact]
    by_remainder = sorted(range(len(shares)), key=lambda n: (counts[n] - exact[n], n))
    for n in by_remainder[: total - sum(counts)]:
        counts[n] += 1
    return counts


def _grade_of(rank: float, shares: dict[str, float]) -> str:
    """Return the grade at `rank` (0 best, 1 worst) where `shares` lists grades from the best."""
    reached = 0.0
    for grade, share in shares.items():
        reached += share
        if rank < reached:
            return grade
    return list(shares)[-1]


class SiteMaker:
    """Draws the sites, industry by industry, from one random stream."""

    def __init__(self, parameters: DemoParameters, rng: np.random.Generator) -> None:
        self.rng = rng
        self.district, self.geography = parameters["district"], parameters["geography"]
        self.industry, self.grading = parameters["industries"], parameters["grades"]
        self.towns = parameters.block("geography", "towns")
        self.kinds = parameters.block("industries", "kinds")

    def make(self) -> list[Site]:
        """Return `site_count` sites, sorted by id."""
        counts = _whole_shares(self.district["site_count"], [float(kind["share"]) for kind in self.kinds])
        sites: list[Site] = []
        for kind, count in zip(self.kinds, counts, strict=True):
            sites += self._of_kind(kind, count, len(sites))
        return sorted(sites, key=lambda site: site.id)

    def _of_kind(self, kind: BlockRow, count: int, first: int) -> list[Site]:
        town_of = self._towns_of(kind["towns"], count)
        size, risk = self.rng.random(count), self.rng.random(count)
        tags = self._tags_of(_amounts(kind["tags"]), size)
        grades = self._grades_of(kind["domains"].split(";"), tags, risk)
        ids = self._ids(kind["code"], count, first)
        suffixes, signs = kind["suffixes"].split(";"), self.industry["brand_signs"]
        brand = self.rng.integers(0, len(signs), (count, 2))
        suffix = self.rng.integers(0, len(suffixes), count)
        number = self.rng.integers(1, self.district["highest_house_number"], count)
        luck = self.rng.random((count, 5))
        places = self.rng.normal(size=(count, 2))
        sites = []
        for n in range(count):
            town, (code, premises) = self.towns[town_of[n]], ids[n]
            name = town["short"] + signs[brand[n, 0]] + signs[brand[n, 1]] + suffixes[suffix[n]]
            lon, lat = self._place(town, places[n])
            row: Row = {
                "site_id": f"{code}-{premises:02d}",
                "credit_code": code,
                "name": self.district["name_mark"] + name,
                "address": f"{town['name']}{self.district['road']}{number[n]}号",
                "town": town["name"],
                "lon": lon,
                "lat": lat,
                "industry": kind["industry"],
                "tags": ";".join(sorted(tags[n])),
                **self._wishes(kind["industry"], luck[n]),
            }
            sites.append(
                Site(row, town["name"], kind["industry"], frozenset(tags[n]), grades[n], row["status"] == "open")
            )
        return sites

    def _ids(self, prefix: str, count: int, first: int) -> list[tuple[str, int]]:
        """Return (credit code, number of the premises); every so often a premises belongs to the one before it."""
        district = self.towns[0]["code"][:DISTRICT_CODE_LENGTH]
        chained = self.rng.random(count) < 1 / self.industry["further_premises_every"]
        ids: list[tuple[str, int]] = []
        for n in range(count):
            if n and chained[n] and ids[-1][1] < self.industry["longest_chain"]:
                ids.append((ids[-1][0], ids[-1][1] + 1))
            else:
                ids.append((demo_code(prefix, district, first + n), 1))
        return ids

    def _towns_of(self, where: str, count: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        size = {town["name"]: float(town["share"]) for town in self.towns}
        factor = _amounts(where) if where != EVERYWHERE else {}
        weights = np.array([factor.get(name, 0.0) if factor else share for name, share in size.items()])
        return self.rng.choice(len(size), size=count, p=weights / weights.sum())

    def _tags_of(self, shares: dict[str, float], size: np.ndarray[Any, Any]) -> list[set[str]]:
        """Give each tag to its share of the sites, mostly to the large ones."""
        tags: list[set[str]] = [set() for _ in size]
        weight = self.industry["weight_of_size"]
        for tag, share in shares.items():
            score = weight * size + (1 - weight) * self.rng.random(len(size))
            for n in np.argsort(-score, kind="stable")[: round(share * len(size))]:
                tags[int(n)].add(tag)
        return tags

    def _grades_of(self, domains: list[str], tags: list[set[str]], risk: np.ndarray[Any, Any]) -> list[dict[str, str]]:
        """Grade each site in each domain: ranks of hidden risk plus noise, cut by the shares."""
        count, weight = len(risk), self.grading["weight_of_risk"]
        by_tag: dict[str, str] = self.industry["domain_of_tag"]
        grades: list[dict[str, str]] = [{} for _ in range(count)]
        for domain in [*domains, *sorted(set(by_tag.values()) - set(domains))]:
            shares = self.grading["colours" if domain in self.grading["colour_domains"] else "letters"]
            score = weight * risk + (1 - weight) * self.rng.random(count)
            rank = np.argsort(np.argsort(score, kind="stable"), kind="stable") / max(count, 1)
            graded = self.rng.random(count) < self.grading["graded_share"]
            tagged = {tag for tag, graded_in in by_tag.items() if graded_in == domain}
            for n in range(count):
                if graded[n] and (domain in domains or tags[n] & tagged):
                    grades[n][domain] = _grade_of(float(rank[n]), shares)
        return grades

    def _place(self, town: BlockRow, offset: np.ndarray[Any, Any]) -> tuple[float, float]:
        """Return a position around the town's point, never beyond a disc of the town's area."""
        radius = math.sqrt(float(town["area_km2"]) / math.pi)
        east, north = (float(part) * self.geography["spread"] * radius for part in offset)
        distance = math.hypot(east, north)
        shrink = min(1.0, self.geography["reach"] * radius / distance) if distance else 1.0
        return (
            round(float(town["lon"]) + east * shrink / self.geography["km_per_degree_lon"], 6),
            round(float(town["lat"]) + north * shrink / self.geography["km_per_degree_lat"], 6),
        )

    def _wishes(self, industry: str, luck: np.ndarray[Any, Any]) -> Row:
        """Return the columns on joining, quiet hours, blackout days and status; `luck` is five numbers in [0, 1)."""
        p, status_luck = self.industry, float(luck[0])
        closed, suspended = p["closed_share"], p["suspended_share"]
        status = "closed" if status_luck < closed else "suspended" if status_luck < closed + suspended else "open"
        row: Row = {"join": "allowed", "join_source": "", "join_date": "", "opted_in": ""}
        if luck[1] < p["discouraged_share"]:
            place = int(luck[1] / p["discouraged_share"] * len(p["discouraged_sources"]))
            row |= {
                "join": "discouraged",
                "join_source": p["discouraged_sources"][place],
                "join_date": date.fromisoformat(p["discouraged_dates"][place]),
            }
            if luck[2] < p["opted_in_share"]:
                willing = p["opted_in_agencies"]
                row["opted_in"] = willing[int(luck[2] / p["opted_in_share"] * len(willing))]
        hours = [
            rule["hours"] for rule in p["quiet_hours"] if industry in rule["industries"] and luck[3] < rule["share"]
        ]
        return {
            **row,
            "quiet_hours": ";".join(hours),
            "blackout_days": self._blackout(float(luck[4])),
            "status": status,
        }

    def _blackout(self, luck: float) -> str:
        p = self.industry
        if luck >= p["blackout_share"]:
            return ""
        place = luck / p["blackout_share"]
        first, last = date.fromisoformat(p["blackout_first"]), date.fromisoformat(p["blackout_last"])
        start = first + timedelta(days=int(place * (last - first).days))
        length = int(place * 1000) % p["blackout_longest_days"]
        return f"{start}~{start + timedelta(days=length)}" if length else str(start)


def grade_rows(parameters: DemoParameters, sites: list[Site], rng: np.random.Generator) -> list[Row]:
    """Return the grades table: the grade in force, and for some pairs an earlier one that it replaced."""
    grading = parameters["grades"]
    now, before = date.fromisoformat(grading["valid_from"]), date.fromisoformat(grading["earlier_valid_from"])
    rows: list[Row] = []
    for site in sites:
        for domain, grade in site.grades.items():
            if rng.random() < grading["earlier_share"]:
                scale = list(grading["colours" if domain in grading["colour_domains"] else "letters"])
                earlier = scale[max(0, scale.index(grade) - 1)]
                rows.append({"site_id": site.id, "domain": domain, "grade": earlier, "valid_from": before})
            rows.append({"site_id": site.id, "domain": domain, "grade": grade, "valid_from": now})
    return rows

"""Filings of the demo district: the parameter file's, over the generated sites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from scenarios.parameters import BlockRow, DemoParameters, read_block, read_range
from scenarios.scope import OpenSites, Scope

Row = dict[str, object]

SAME_AS = "same as "
_TABLES = ("departments", "over_the_border", "to_be_refused")


@dataclass
class Filing:
    """A filing's row, with the scope it was made from and the domain of its items."""

    row: Row
    scope: Scope
    domain: str

    @property
    def id(self) -> str:
        return str(self.row["filing_id"])

    @property
    def refused(self) -> bool:
        """Whether the desk has to turn it back: it made no visits in earlier months either."""
        return self.row.get("secret") == "是" or bool(self.row.get("behaviour"))


def _templates(parameters: DemoParameters) -> list[BlockRow]:
    """Return all filings of the parameter file, the town teams' filled in for each town."""
    tables: dict[str, str] = parameters["filings"]["tables"]
    town_text = tables["town_teams"]
    plain = [row for name in _TABLES for row in read_block(tables[name])]
    teams = parameters.block("agencies", "town_teams")
    return plain + [
        row
        for team in teams
        for row in read_block(town_text.replace("{team}", team["id"]).replace("{town}", team["town"]))
    ]


class FilingMaker:
    """Turns the parameter file's filings into rows over the generated sites."""

    def __init__(
        self, parameters: DemoParameters, sites: OpenSites, items: list[Row], rng: np.random.Generator
    ) -> None:
        self.section, self.rng = parameters["filings"], rng
        self.templates = _templates(parameters)
        self.sites = sites
        self.domain_of = {str(item["item_id"]): str(item["domain"]) for item in items}
        self.picked: dict[str, str] = {}
        self.scope_of: dict[str, Scope] = {}

    def make(self) -> list[Filing]:
        """Return the filings in the order of the parameter file, without those that mean no site at all."""
        filings = [self._filing(template) for template in self.templates]
        return [filing for filing in filings if filing.row["sites"] or self.sites.meant_by(filing.scope, filing.domain)]

    def _filing(self, template: BlockRow) -> Filing:
        domain = self.domain_of[template["items"].split(";")[0]]
        scope, sites = self._whom(template, domain)
        first, last = read_range(self.section["windows"][template["window"]])
        filed = {"d": "filed_in_time", "l": "filed_late", "y": "filed_with_year"}[template["filed"]]
        more: dict[str, Any] = dict(part.strip().split("=", 1) for part in template["more"].split(";") if part.strip())
        needed = self.section["necessity"]
        if domain in needed["domains"] and template["id"] not in needed["forgotten"]:
            more.setdefault("necessity", needed["text"])
        if "partners" in more:
            more["partners"] = more["partners"].replace(",", ";")
        if "priority" in more:
            more["priority"] = int(more["priority"])
        row: Row = {
            "filing_id": template["id"],
            "agency_id": template["agency"],
            "kind": template["kind"],
            "period": template["period"],
            "source": template["source"],
            "items": template["items"],
            "sites": sites,
            "scope": "" if sites else scope.text(),
            "ratio": template["ratio"],
            "frequency": template["frequency"],
            "window_from": first,
            "window_to": last,
            "strength": template["strength"],
            "filed_on": date.fromisoformat(self.section[filed]),
            **more,
        }
        return Filing(row, scope, domain)

    def _whom(self, template: BlockRow, domain: str) -> tuple[Scope, str]:
        """Return the scope, and the sites one by one where the filing names them."""
        name, text = template["id"], template["scope"]
        if text.startswith(SAME_AS):
            model = text.removeprefix(SAME_AS)
            return self.scope_of[model], self.picked[model]
        scope, sites = Scope.read(text), ""
        if template["pick"]:
            frame = [site.id for site in self.sites.meant_by(scope, domain)]
            count = min(int(template["pick"]), len(frame))
            chosen = self.rng.permutation(len(frame))[:count].tolist()
            sites = ";".join(frame[n] for n in sorted(chosen))
        self.scope_of[name], self.picked[name] = scope, sites
        return scope, sites

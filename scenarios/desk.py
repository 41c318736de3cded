"""What the bureau's desk keeps: lists, pins, calendar, settings, waivers, and the promised random numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

import numpy as np

from scenarios.filings import Filing
from scenarios.parameters import DemoParameters
from scenarios.scope import OpenSites
from scenarios.sites import Site

Row = dict[str, object]

BUREAU = "bureau"


def list_rows(
    parameters: DemoParameters, sites: list[Site], items: list[Row], inspectors: list[Row], rng: np.random.Generator
) -> list[Row]:
    """Return the lists table: quiet sites, quiet items, key sites, recusals."""
    section = parameters["lists"]
    since = date.fromisoformat(section["quiet_from"])
    luck = rng.random((len(sites), len(section["quiet_grades"])))
    fire = section["quiet_fire"]
    rows: list[Row] = []

    def add(kind: str, domain: str, basis: str, **subject: object) -> None:
        rows.append({"kind": kind, "domain": domain, **subject, "from": since, "basis": basis})

    for n, site in enumerate(sites):
        for place, (domain, grade) in enumerate(section["quiet_grades"].items()):
            if site.grades.get(domain) == grade and luck[n, place] < section["quiet_share"][domain]:
                add("quiet_site", domain, section["quiet_basis"], site_id=site.id)
        watched = fire["tag"] in site.tags and fire["without_tag"] not in site.tags
        if watched and site.grades.get(fire["domain"]) == fire["grade"]:
            add("quiet_site", fire["domain"], section["quiet_basis"], site_id=site.id)
        for domain, tag in section["key_tags"].items():
            if tag in site.tags and domain in site.grades:
                add("key_site", domain, section["key_basis"], site_id=site.id)
    for item in items:
        if item["list"] == "quiet":
            add("quiet_item", str(item["domain"]), section["quiet_item_basis"], item_id=item["item_id"])
    officers = [person["inspector_id"] for person in inspectors if person["role"] == "officer"]
    for _ in range(section["recusals"]):
        person, site = officers[int(rng.integers(len(officers)))], sites[int(rng.integers(len(sites)))]
        add("recusal", "", section["recusal_basis"], inspector_id=person, site_id=site.id)
    return rows


def _blocked(site: Site, day: date) -> bool:
    """Whether the site has named `day` as one on which it must not be visited."""
    for part in str(site.row["blackout_days"]).split(";"):
        first, _, last = part.partition("~")
        if part and date.fromisoformat(first) <= day <= date.fromisoformat(last or first):
            return True
    return False


def pin_rows(parameters: DemoParameters, sites: OpenSites, filings: list[Filing]) -> list[Row]:
    """Return the pins table: the first few sites of the named filings, published or fixed on a date."""
    by_id, by_site = {filing.id: filing for filing in filings}, {site.id: site for site in sites.sites}
    rows: list[Row] = []
    for state in ("published", "fixed"):
        for pin in parameters["pins"][state]:
            filing, day = by_id[pin["filing"]], date.fromisoformat(pin["date"])
            named = [by_site[name] for name in str(filing.row["sites"]).split(";") if name]
            frame = named or sites.meant_by(filing.scope, filing.domain)
            for site in [site for site in frame if not _blocked(site, day)][: pin["count"]]:
                rows.append(
                    {
                        "pin_id": f"P-{len(rows) + 1}",
                        "site_id": site.id,
                        "agency_id": filing.row["agency_id"],
                        "date": day,
                        "filing_id": filing.id,
                        "state": state,
                    }
                )
    return rows


def calendar_rows(parameters: DemoParameters) -> list[Row]:
    """Return the calendar table: days that differ from the public calendar."""
    return [{**day, "date": date.fromisoformat(day["date"])} for day in parameters["calendar"]["days"]]


def setting_rows(parameters: DemoParameters, seed: int) -> list[Row]:
    """Return the settings table, which declares the whole input synthetic."""
    district = parameters["district"]
    return [
        {"key": "district_name", "value": district["name"], "note": "区名"},
        {"key": "synthetic", "value": "是", "note": "演示数据,全部虚构"},
        {"key": "seed", "value": str(seed), "note": "随机种子"},
    ]


def waiver_rows(parameters: DemoParameters, sites: OpenSites, filings: list[Filing]) -> list[Row]:
    """Return the waivers table: signed lifts of policy rules."""
    section, by_id = parameters["waivers"], {filing.id: filing for filing in filings}
    rows: list[Row] = []
    for waiver in section["rows"]:
        filing = waiver.get("filing", "")
        tagged = [site.id for site in sites.sites if waiver.get("site_tag") in site.tags]
        rows.append(
            {
                "waiver_id": waiver["waiver_id"],
                "rule": waiver["rule"],
                "site_id": tagged[0] if tagged else "",
                "agency_id": by_id[filing].row["agency_id"] if filing else waiver["agency"],
                "filing_id": filing,
                "from": date.fromisoformat(waiver["from"]),
                "to": date.fromisoformat(waiver["to"]),
                "reason": waiver["reason"],
                "signed_by": section["signed_by"],
                "signed_on": date.fromisoformat(waiver["signed_on"]),
            }
        )
    return rows


def nonce_rows(parameters: DemoParameters, agencies: list[Row], seed: int) -> list[Row]:
    """Return the nonces table: bureau and each agency promised theirs before the lists were frozen.

    A demo's random numbers must come out the same every time, so they are derived from the seed: nothing to trust.
    """
    return _nonces(parameters["nonces"]["committed_on"], agencies, f"demo nonce/{seed}")


def crew_nonce_rows(parameters: DemoParameters, agencies: list[Row], seed: int) -> list[Row]:
    """Return the numbers that the inspectors of the demo's month are drawn with, in the form of the nonces table."""
    return _nonces(parameters["nonces"]["crews_committed_on"], agencies, f"demo crew nonce/{seed}")


def _nonces(months: Mapping[str, str], agencies: list[Row], name: str) -> list[Row]:
    rows: list[Row] = []
    for month, committed_on in sorted(months.items()):
        for holder in [BUREAU, *(str(agency["agency_id"]) for agency in agencies)]:
            nonce = hashlib.sha256(f"{name}/{month}/{holder}".encode()).hexdigest()
            rows.append(
                {
                    "holder": holder,
                    "month": month,
                    "commitment": hashlib.sha256(nonce.encode()).hexdigest(),
                    "committed_on": date.fromisoformat(committed_on),
                    "nonce": nonce,
                }
            )
    return rows

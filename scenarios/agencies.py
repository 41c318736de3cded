"""Agencies of the demo district, their people and what they check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from scenarios.parameters import DemoParameters

Row = dict[str, object]

YES = "是"


def agency_rows(parameters: DemoParameters) -> list[Row]:
    """Return the agencies table: departments with their sections, then the town teams."""
    section = parameters["agencies"]
    mark = parameters["district"]["name_mark"]
    rows: list[Row] = [
        {
            "agency_id": agency["id"],
            "name": agency["name"] + mark,
            "level": "district",
            "town": "",
            "parent_id": agency["parent"],
            "domain": agency["domain"],
            "setup_minutes": int(agency["setup"]),
            "contact": section["contact"],
        }
        for agency in parameters.block("agencies", "departments")
    ]
    return rows + [
        {
            "agency_id": team["id"],
            "name": team["name"] + mark,
            "level": "town",
            "town": team["town"],
            "parent_id": "",
            "domain": section["town_domain"],
            "setup_minutes": section["town_setup_minutes"],
            "contact": section["contact"],
        }
        for team in parameters.block("agencies", "town_teams")
    ]


def inspector_rows(parameters: DemoParameters) -> list[Row]:
    """Return the inspectors table: officers with certificates, some beyond them who may not count, and auxiliaries.

    Skills go to officers in turn, so that few hold two; nobody's name is a real person's: a surname and a number.
    """
    people = parameters["people"]
    rows: list[Row] = []

    def add(agency: str, number: int, role: str, skills: list[str], certified: bool, valid_to: str) -> None:
        count = len(rows) + 1
        surname = people["surnames"][count % len(people["surnames"])]
        rows.append(
            {
                "inspector_id": f"{agency}-{number:03d}",
                "name": f"{surname}{count:03d}{parameters['district']['name_mark']}",
                "agency_id": agency,
                "certificate_no": f"{people['certificate_prefix']}{count:06d}" if certified else "",
                "valid_from": date.fromisoformat(people["certificate_valid_from"]) if certified else "",
                "valid_to": date.fromisoformat(valid_to) if certified else "",
                "skills": ";".join(skills),
                "role": role,
            }
        )

    able = 0
    for agency in parameters.block("agencies", "departments") + parameters.block("agencies", "town_teams"):
        officers, number = int(agency["inspectors"]), 0
        skills: list[list[str]] = [[] for _ in range(officers)]
        turn = 0
        for skill, holders in (part.split(":") for part in agency["skills"].split(";") if part):
            for _ in range(int(holders)):
                skills[turn % officers].append(skill)
                turn += 1
        for held in skills:
            able, number = able + 1, number + 1
            until = people["certificate_valid_to"]
            expires = able % people["expiring_every"] == 0
            valid_to = people["expiring_valid_to"] if expires else until[able % len(until)]
            add(agency["id"], number, "officer", held, True, valid_to)
            if able % people["expired_every"] == 0:
                number += 1
                add(agency["id"], number, "officer", held, True, people["expired_valid_to"])
            if able % people["without_certificate_every"] == 0:
                number += 1
                add(agency["id"], number, "officer", held, False, "")
        for _ in range(int(agency["auxiliaries"])):
            number += 1
            add(agency["id"], number, "auxiliary", [], False, "")
    return rows


def absence_rows(parameters: DemoParameters, inspectors: list[Row], rng: np.random.Generator) -> list[Row]:
    """Return the absences table: leave of one or several days, or of half a day."""
    people = parameters["people"]
    first, last = date.fromisoformat(people["absence_first"]), date.fromisoformat(people["absence_last"])
    rows: list[Row] = []
    for person in inspectors:
        absent, half, start, length = rng.random(4)
        if absent >= people["absence_share"]:
            continue
        begin = first + timedelta(days=int(start * (last - first).days))
        if half < people["half_day_share"]:
            end, part = begin, "am" if length < 0.5 else "pm"
        else:
            end, part = begin + timedelta(days=int(length * people["longest_absence_days"])), "day"
        rows.append({"inspector_id": person["inspector_id"], "from": begin, "to": min(end, last), "half": part})
    return rows


def _flags(text: str) -> dict[str, str]:
    """Read `off_site; theme=…`."""
    parts = (part.strip().partition("=") for part in text.split(";") if part.strip())
    return {key: value or YES for key, _, value in parts}


def item_rows(parameters: DemoParameters) -> list[Row]:
    """Return the items table: the departments' libraries and each town team's own."""
    town_items = [
        {**item, "id": f"{team['id']}-{item['id']}", "agency": team["id"]}
        for team in parameters.block("agencies", "town_teams")
        for item in parameters.block("items", "town_teams")
    ]
    rows: list[Row] = []
    for item in parameters.block("items", "departments") + town_items:
        flags: dict[str, Any] = _flags(item["flags"])
        claimed = "unclaimed" if "unclaimed" in flags else "temporary" if "temporary" in flags else "claimed"
        rows.append(
            {
                "item_id": item["id"],
                "name": item["name"],
                "agency_id": item["agency"],
                "domain": item["domain"],
                "basis": item["basis"],
                "risk": item["risk"],
                "list": item["list"],
                "claimed": claimed,
                "off_site_possible": flags.get("off_site", "否"),
                "minutes": int(item["minutes"]),
                "skill": item["skill"],
                "theme": flags.get("theme", ""),
                "fire": flags.get("fire", "否"),
                "multi_day": flags.get("multi_day", "否"),
                "explicit_law": flags.get("explicit", "否"),
            }
        )
    return rows

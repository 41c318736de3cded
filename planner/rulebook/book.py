"""Rulebook data → validated values. A version is a folder `data/<jurisdiction>/<first day>/` of two files.

`rules.toml` holds the rules with their parameters and the version's dates in force, `clauses.csv` the clauses. All that
is wrong with a version is told at once, each with file, id and what is missing.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from planner.domain.errors import RulebookError, RulebookGap
from planner.domain.hashing import sha256_hex
from planner.rulebook.nouns import DISTRICT, Clause, ClauseStatus, Force, Param, Phase, Rule, Rulebook, RulebookVersion

__all__ = ["Clause", "ClauseStatus", "Force", "Param", "Phase", "Rule", "Rulebook", "RulebookVersion", "load_rulebook"]

DATA = Path(__file__).parent / "data"
JURISDICTION = "cn-sh-jinshan"
CLAUSE_COLUMNS = (
    "clause_id",
    "doc",
    "place",
    "kind",
    "zh",
    "en",
    "strength",
    "status",
    "rule",
    "reason_zh",
    "reason_en",
    "in_force_from",
    "in_force_to",
)
ANSWERED = (ClauseStatus.ENCODED, ClauseStatus.OBJECTIVE, ClauseStatus.INPUT_CHECK)
"""Statuses of clauses that a rule may answer."""
RULE_KEYS = frozenset({f.name for f in fields(Rule)} - {"params"} | {"param"})
PARAM_KEYS = frozenset(f.name for f in fields(Param))


@cache
def load_rulebook(jurisdiction: str = JURISDICTION, data: Path = DATA) -> Rulebook:
    """Read every version of a jurisdiction's rulebook under `data`, once per process.

    Raises RulebookGap where the jurisdiction has none, RulebookError where its data is wrong.
    """
    folders = sorted(folder for folder in (data / jurisdiction).glob("*") if folder.is_dir())
    if not folders:
        raise RulebookGap(f"no rulebook for {jurisdiction!r}")
    return Rulebook(jurisdiction, tuple(_version(jurisdiction, folder) for folder in folders))


def _version(jurisdiction: str, folder: Path) -> RulebookVersion:
    try:
        head = tomllib.loads((folder / "rules.toml").read_text(encoding="utf-8"))
        with (folder / "clauses.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
            columns = tuple(reader.fieldnames or ())
        if columns != CLAUSE_COLUMNS:
            raise RulebookError(f"{folder.name}/clauses.csv: columns are {columns}, not {CLAUSE_COLUMNS}")
        first = date.fromisoformat(str(head["in_force_from"]))
        last = _date_or_none(str(head.get("in_force_to", "")))
        if folder.name != first.isoformat():
            raise RulebookError(f"rulebook {jurisdiction}: folder {folder.name} is in force from {first}")
        raw_rules: list[dict[str, Any]] = head["rule"]
        faults = [
            f"clauses.csv, {fault}"
            for fault in _clause_faults(rows, {str(r.get("id")): str(r.get("phase")) for r in raw_rules})
        ]
        faults += [f"rules.toml, {fault}" for fault in _rule_faults(raw_rules, rows)]
        if faults:
            raise RulebookError(f"rulebook {jurisdiction} {folder.name}: " + "; ".join(faults))
        clauses = tuple(_clause(row) for row in rows)
        rules = tuple(_rule(raw) for raw in raw_rules)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise RulebookError(f"rulebook {jurisdiction} {folder.name} cannot be read: {error!r}") from error
    outside = [c.id for c in clauses if c.in_force_from < first or (last and (c.in_force_to or last) > last)]
    if outside:
        raise RulebookError(f"rulebook {jurisdiction} {folder.name}: clauses in force outside it: {outside}")
    name = f"{jurisdiction}@{first}#{sha256_hex([rows, head])[:8]}"
    return RulebookVersion(jurisdiction, name, first, last, clauses, rules)


def _clause_faults(rows: list[dict[str, str]], phases: Mapping[str, str]) -> Iterator[str]:
    """`phases`: rule id → its phase."""
    yield from _repeated("clause", (row["clause_id"] for row in rows))
    for row in rows:
        name, status = row["clause_id"], row["status"]
        named = row["rule"].split(";") if row["rule"] else []
        yield from (f"{name}: empty {column}" for column in CLAUSE_COLUMNS[:8] if not row[column])
        yield from (f"{name}: unknown rule {rule!r}" for rule in named if rule not in phases)
        if status not in set(ClauseStatus):
            yield f"{name}: unknown status {status!r}"
        if row["strength"] not in set(Force):
            yield f"{name}: unknown strength {row['strength']!r}"
        if status in (ClauseStatus.ENCODED, ClauseStatus.OBJECTIVE) and not named:
            yield f"{name}: {status} without a rule"
        if status not in ANSWERED and named:
            yield f"{name}: {status} yet answered by rule {row['rule']!r}"
        if status == ClauseStatus.ENCODED and named and all(phases.get(rule) == Phase.OBJECTIVE for rule in named):
            yield f"{name}: encoded, yet the objective alone carries it"
        if status == ClauseStatus.OBJECTIVE and named and phases.get(named[0]) != Phase.OBJECTIVE:
            yield f"{name}: objective, yet the rule named first is none"
        if status == ClauseStatus.OBJECTIVE and row["strength"] == Force.MANDATORY and not row["reason_zh"]:
            yield f"{name}: mandatory and carried by the objective alone, without a reason that says what stays open"
        if bool(row["reason_zh"]) != bool(row["reason_en"]):
            yield f"{name}: a reason in one language only"
        if status == ClauseStatus.NOT_MODELLED and not row["reason_zh"]:
            yield f"{name}: not-modelled without a reason"
        if status == ClauseStatus.INPUT_CHECK and not named and not row["reason_zh"]:
            yield f"{name}: input-check with neither a rule nor a reason that says what screens it"


def _rule_faults(raw_rules: list[dict[str, Any]], rows: list[dict[str, str]]) -> Iterator[str]:
    yield from _repeated("rule", (str(raw.get("id")) for raw in raw_rules))
    ids, docs = {row["clause_id"] for row in rows}, {row["doc"] for row in rows}
    answered = {rule for row in rows for rule in row["rule"].split(";")}
    for raw in raw_rules:
        name, leans = raw.get("id"), raw.get("leans_on", [])
        yield from (f"{name}: unknown key {key!r}" for key in sorted(raw.keys() - RULE_KEYS))
        yield from (f"{name}: leans on unknown clause {clause!r}" for clause in leans if clause not in ids)
        of_rule = {row["clause_id"] for row in rows if name in row["rule"].split(";")} | set(leans)
        yield from (
            f"{name}: binds all by {c!r}, no clause of its own" for c in raw.get("binds_all", ()) if c not in of_rule
        )
        far = [
            c for c in raw.get("elsewhere", ()) if c not in {row["clause_id"] for row in rows if row["doc"] == DISTRICT}
        ]
        yield from (f"{name}: elsewhere {c!r} is no clause of the district's" for c in far)
        graded = [(doc, c) for doc, table in raw.get("by_grade", {}).items() for ids in table.values() for c in ids]
        yield from (f"{name}: {c!r} by grade is no clause of its own in {doc}" for doc, c in graded if c not in of_rule)
        if name not in answered and not leans:
            yield f"{name}: no clause answered by it, and none that it leans on"
        if raw.get("waivable") and raw.get("strength") != Force.POLICY:
            yield f"{name}: only a policy rule can be waived"
        if leans and not raw.get("assumed"):
            yield f"{name}: leans on a clause, so it is assumed"
        if raw.get("assumed") and not (raw.get("note_zh") and raw.get("note_en")):
            yield f"{name}: assumed without a note in both languages"
        params = raw.get("param", [])
        yield from _repeated(f"{name} parameter", (str(param.get("name")) for param in params))
        for param in params:
            which = f"{name}.{param.get('name')}"
            yield from (f"{which}: unknown key {key!r}" for key in sorted(param.keys() - PARAM_KEYS))
            yield from (f"{which}: {key} missing" for key in ("name", "unit", "zh", "en") if not param.get(key))
            yield from (f"{which}: no document {doc!r}" for doc in param.get("by_domain", ()) if doc not in docs)
            if "value" not in param:
                yield f"{which}: value missing"


def _repeated(what: str, ids: Iterable[str]) -> Iterator[str]:
    return (f"{what} {name!r} stands {n} times" for name, n in Counter(ids).items() if n > 1)


def _clause(row: Mapping[str, str]) -> Clause:
    return Clause(
        id=row["clause_id"],
        doc=row["doc"],
        place=row["place"],
        kind=row["kind"],
        zh=row["zh"],
        en=row["en"],
        strength=Force(row["strength"]),
        status=ClauseStatus(row["status"]),
        rules=tuple(row["rule"].split(";")) if row["rule"] else (),
        reason_zh=row["reason_zh"],
        reason_en=row["reason_en"],
        in_force_from=date.fromisoformat(row["in_force_from"]),
        in_force_to=_date_or_none(row["in_force_to"]),
    )


def _rule(raw: dict[str, Any]) -> Rule:
    apart = ("param", "phase", "strength", "leans_on", "binds_all", "by_grade", "elsewhere")
    own = {key: value for key, value in raw.items() if key not in apart}
    return Rule(
        **own,
        phase=Phase(raw["phase"]),
        strength=Force(raw["strength"]),
        leans_on=tuple(raw.get("leans_on", ())),
        binds_all=tuple(raw.get("binds_all", ())),
        by_grade=_frozen(raw.get("by_grade", {})),
        elsewhere=tuple(raw.get("elsewhere", ())),
        params=tuple(_param(param) for param in raw.get("param", ())),
    )


def _param(raw: dict[str, Any]) -> Param:
    return Param(**{key: _frozen(value) for key, value in raw.items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return value


def _date_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None

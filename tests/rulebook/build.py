"""Tiny rulebooks on disk, right and wrong, for tests."""

from __future__ import annotations

import csv
from pathlib import Path

from planner.rulebook.book import CLAUSE_COLUMNS, load_rulebook
from planner.rulebook.nouns import Rulebook

RULE = """
[[rule]]
id = "gap"
phase = "constraint"
strength = "policy"
assumed = false
waivable = true
title_zh = "间隔"
title_en = "gap"
summary_zh = "两次之间"
summary_en = "between two"

[[rule.param]]
name = "months"
unit = "month"
zh = "月数"
en = "months"
value = 0
by_domain = { A01 = 1 }

[[rule.param]]
name = "grades"
unit = "grade"
zh = "等级"
en = "grades"
value = ["A", "B"]

[[rule.param]]
name = "ratio"
unit = "percent"
zh = "比例"
en = "ratio"
value = { D = 100 }

[[rule.param]]
name = "on"
unit = "switch"
zh = "启用"
en = "on"
value = true
"""

GOOD = {
    "clause_id": "A01-1",
    "doc": "A01",
    "place": "一",
    "kind": "spacing",
    "zh": "隔一个月",
    "en": "A month apart",
    "strength": "policy",
    "status": "encoded",
    "rule": "gap",
    "reason_zh": "",
    "reason_en": "",
    "in_force_from": "2025-04-09",
    "in_force_to": "",
}


def write(
    data: Path,
    *changes: dict[str, str],
    rule: str = RULE,
    first: str = "2025-04-09",
    last: str = "",
    columns: tuple[str, ...] = CLAUSE_COLUMNS,
) -> None:
    """Write one version under `data`: a clause `GOOD` for each of `changes`, with those cells changed."""
    folder = data / "xx" / first
    folder.mkdir(parents=True)
    (folder / "rules.toml").write_text(f'in_force_from = {first}\nin_force_to = "{last}"\n{rule}', encoding="utf-8")
    with (folder / "clauses.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(GOOD | {"in_force_from": first} | change for change in changes)


def load(data: Path) -> Rulebook:
    """Read what `write` wrote."""
    return load_rulebook("xx", data)

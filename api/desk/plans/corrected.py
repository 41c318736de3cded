"""Sites that were corrected after a draft was made: a visit that is barred by it is not published as it was planned.

A stored plan is always read with the library as it stood when it was planned, so it never takes on a correction by
itself. What is published already stays until an event moves it, as after any other news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from api.store.database.engine import Tx
from api.store.database.schema import library, visits
from api.store.inputs.rows import decode
from planner.domain.errors import PlannerError
from planner.intake.tables.records import SiteRow
from planner.law.rules.company import NOT_TO_JOIN
from planner.law.rules.dates import BLACKOUT
from planner.rulebook.nouns import RulebookVersion
from planner.rulebook.offices import cited

MOST = 1000


class CorrectedSitesError(PlannerError):
    """Visits of a draft are barred by corrections made since; `errors` has a dict for each."""

    code = "sites.corrected"

    def __init__(self, errors: list[dict[str, str]], clauses: tuple[str, ...]) -> None:
        super().__init__(
            f"排出草案后，名录中有 {len(errors)} 处更正使入企不再适宜，方案未发布。请重新统筹"
            f" / {len(errors)} visits are barred by corrections made since"
        )
        self.errors, self.clauses = errors, clauses


def refuse_corrected(
    tx: Tx, planned: Iterable[Mapping[str, Any]], before: Iterable[SiteRow], published: str | None, law: RulebookVersion
) -> None:
    """Raise CorrectedSitesError where a visit of a draft is barred by what the library says now and did not say before.

    `planned` are the announced visits as they are stored, `before` the sites that the draft was made of, `published`
    the plan that stands, whose visits are not asked about again.
    """
    at = (visits.c.plan_id == published, visits.c.standing)
    stands = {(row["site_id"], row["day"]) for row in tx.rows(select(visits.c.site_id, visits.c.day).where(*at))}
    new = [one for one in planned if (one["site"]["id"], date.fromisoformat(one["day"])) not in stands]
    old, now = {row.site_id: row for row in before}, _now(tx, {one["site"]["id"] for one in new})
    errors, rules = [], set[str]()
    for one in new:
        site_id = one["site"]["id"]
        if site_id not in old:
            continue
        for rule, said in _barred(one, old[site_id], now.get(site_id)):
            errors.append({"where": f"{site_id} {one['day']}", "detail": f"{one['site']['name']}：{said}"})
            rules.add(rule)
    if errors:
        clauses = [clause for rule in sorted(rules - {""}) for clause in law.clauses_for(rule, "")]
        clauses += cited("leaves-library") if "" in rules else ()
        raise CorrectedSitesError(errors, tuple(dict.fromkeys(clauses)))


def _barred(visit: Mapping[str, Any], old: SiteRow, now: SiteRow | None) -> list[tuple[str, str]]:
    """Return what bars a visit now and did not before: the rule, "" where none is, and the words."""
    if now is None:
        return [("", "已移出名录")]
    found = []
    if now.status != "open" == old.status:
        found.append(("", "已停业或注销"))
    day = date.fromisoformat(visit["day"])
    if _closed(now, day) and not _closed(old, day):
        found.append((BLACKOUT.id, f"{day} 已登记为不可检查"))
    if visit["joint"] and _alone(now, visit) and not _alone(old, visit):
        found.append((NOT_TO_JOIN.id, "已标注不鼓励联合"))
    return found


def _closed(row: SiteRow, day: date) -> bool:
    return any(first <= day <= last for first, last in row.blackout_days)


def _alone(row: SiteRow, visit: Mapping[str, Any]) -> bool:
    return row.join == "discouraged" and not {one["id"] for one in visit["agencies"]} <= set(row.opted_in)


def _now(tx: Tx, ids: set[str]) -> dict[str, SiteRow]:
    found, keys = dict[str, SiteRow](), sorted(ids)
    for n in range(0, len(keys), MOST):
        holds = (library.c.kind == "sites", library.c.until.is_(None), library.c.key.in_(keys[n : n + MOST]))
        for row in tx.rows(select(library.c.key, library.c.row, library.c.number).where(*holds)):
            found[row["key"]] = decode("sites", row["row"], row["number"])
    return found

"""Plans as each may see them. A draft is the coordinator's; others see what stands, without what is not theirs.

An agency gets the visits that it is in: its own units, items and people, of its partners the names. A town gets the
announced visits in it, an auditor all announced ones. Unannounced ones are the coordinator's and their agency's.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from api.desk.models import PlanOut, VisitOut
from api.http.problems import Problem
from api.rights import Who, own_agencies
from api.settings import Settings
from api.store import Store
from api.store.engine import Tx
from api.store.errors import NotFoundError
from api.store.plans import PlanRow, case_source, document_of, draws_of, figures_of, plan_of, publish
from api.store.rounds import open_of
from api.store.rows import decode
from api.store.schema import library, visit_agencies, visits
from planner.domain.finding import Severity

EMPTY: dict[str, list[Any]] = {"inspectors": [], "tasks": [], "items": [], "plan_codes": []}
"""What of a visit is told to nobody but the coordinator and those whom it concerns."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which visits are asked for."""

    day: date | None = None
    site_id: str | None = None
    town: str | None = None
    agency_id: str | None = None
    joint: bool | None = None


KEPT_PARTS = ("visits", "left_out", "deferred", "deferred_elsewhere", "off_site", "summons", "plan")


class _Parts:
    """The parts of plans that are asked for again and again. A plan's document never changes; unpacking it is slow."""

    KEPT = 4

    def __init__(self) -> None:
        self._kept: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def all_of(self, tx: Tx, plan_id: str) -> Mapping[str, Any]:
        """Return `KEPT_PARTS` of a plan by name, and its "draws". Plan ids are never used twice, in any database."""
        with self._lock:
            if plan_id not in self._kept:
                document = document_of(tx, plan_id)
                kept = {name: document[name] for name in KEPT_PARTS if name in document}
                self._kept[plan_id] = {**kept, "draws": draws_of(tx, plan_id)}
                while len(self._kept) > self.KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(plan_id)
            return self._kept[plan_id]

    def of(self, tx: Tx, plan_id: str, part: str) -> list[dict[str, Any]]:
        """Return one part of a plan that is a list, such as "visits" or "left_out"."""
        found: list[dict[str, Any]] = self.all_of(tx, plan_id)[part]
        return found


parts = _Parts()


def shown(row: PlanRow) -> PlanOut:
    """Return a plan's shape."""
    same = {name: getattr(row, name) for name in PlanOut.model_fields if name != "version"}
    return PlanOut(**same, version=row.etag)


def visible(tx: Tx, who: Who, plan_id: str) -> PlanRow:
    """Return a plan. Raises NotFoundError, also for a draft that is not the caller's to see."""
    row = plan_of(tx, plan_id)
    if row.state == "draft" and not who.sees_all:
        raise NotFoundError(f"没有方案 {plan_id} / there is no plan {plan_id}")
    return row


def visits_for(tx: Tx, who: Who, plan: PlanRow, wanted: Wanted, after: int, limit: int) -> list[tuple[int, VisitOut]]:
    """Return (place in the list, visit) of the plan's visits after place `after`, as `who` may see them."""
    if who.sees_all and plan.state != "published":
        rows = enumerate(parts.of(tx, plan.id, "visits"), 1)
        asked = ((place, row) for place, row in rows if place > after and _meets(row, wanted))
        return [(place, _whole(row)) for place, row in islice(asked, limit)]
    own = own_agencies(tx, who)
    query = select(visits.c.id, visits.c.row, visits.c.unannounced).where(
        visits.c.plan_id == plan.id, visits.c.standing, visits.c.id > after
    )
    if own is not None:
        query = query.where(_seen_by(tx, who, own))
    if who.role == "town" or (own is None and not who.sees_all):
        query = query.where(~visits.c.unannounced)
    for column, value in ((visits.c.day, wanted.day), (visits.c.site_id, wanted.site_id), (visits.c.town, wanted.town)):
        if value is not None:
            query = query.where(column == value)
    if wanted.joint is not None:
        query = query.where(visits.c.joint == wanted.joint)
    if wanted.agency_id is not None:
        query = query.where(visits.c.id.in_(_with({wanted.agency_id})))
    found = tx.rows(query.order_by(visits.c.id).limit(limit))
    names = names_of(tx, own) if own is not None else set()
    return [(row["id"], cut_for(row["row"], own, names)) for row in found]


def publish_checked(store: Store, settings: Settings, who: Who, plan_id: str, version: int, reason: str) -> PlanRow:
    """Check a draft once more by the independent checker, from the library's rows that it was made of, and publish it.

    The rows come with what was found in reading them; the copy beside the plan's files has only the usable ones.

    Raises Problem 409 where the check fails, and as `api.store.plans.publish`.
    """
    from planner.service import verify_plan

    with store.read() as tx:
        row = plan_of(tx, plan_id)
        if open_of(tx, plan_id) is not None:
            raise Problem(409, "round-open", "草案正在征求意见。请先结束征求意见再发布。", plan_hash=row.plan_hash)
        source = case_source(tx, row) if row.state == "draft" else None
    if row.state == "draft" and row.etag == version:
        found = verify_plan(file_of(settings, row, "plan.json"), tables=source and source[1])
        problems = [problem for problem in found if problem.severity is Severity.ERROR]
        if problems:
            errors = [{"where": problem.code, "detail": problem.text("zh")} for problem in problems[:50]]
            detail = f"发布前核验未通过（{len(problems)} 处），方案未发布。请重新统筹。"
            raise Problem(409, "check-failed", detail, errors=errors, plan_hash=row.plan_hash)
    with store.write() as tx:
        return publish(tx, plan_id, who.login, version, reason)


def audiences_of(tx: Tx, who: Who) -> frozenset[str] | None:
    """Return the audiences that the caller is of, as `planner.service.own_outputs` names them; None: every one."""
    if who.sees_all:
        return None
    own = {f"agency:{agency}" for agency in own_agencies(tx, who) or ()}
    return frozenset({"public", *own, *([f"town:{who.town}"] if who.town else [])})


def files_for(tx: Tx, who: Who, plan: PlanRow) -> list[tuple[int, dict[str, Any]]]:
    """Return the plan's files that are the caller's, with their numbers."""
    audiences = audiences_of(tx, who)
    return [
        (number, one)
        for number, one in enumerate(plan.artefacts)
        if audiences is None or one.get("for", "bureau") in audiences
    ]


def kpis_for(tx: Tx, who: Who, plan: PlanRow) -> dict[str, Any]:
    """Return the plan's figures as the caller may know them. Raises Problem 404 where none were kept."""
    kept, audiences = figures_of(tx, plan.id), audiences_of(tx, who)
    if audiences is None:
        return kept.get("bureau", plan.summary)
    own = sorted(audiences & kept.keys() - {"public"})
    found = kept.get(own[0] if own else "public")
    if found is None:
        raise Problem(404, "not-found", "这个方案没有留存公开口径的指标。")
    return found


def file_of(settings: Settings, plan: PlanRow, name: str) -> Path:
    """Return the path of one of a plan's files. Raises Problem 404 where there is none by that name, or it is gone."""
    for artefact in plan.artefacts:
        if artefact["name"] == name:
            path = settings.artefacts / str(artefact["path"])
            if path.is_file():
                return path
            raise Problem(404, "file-gone", f"文件 {name} 已不在服务器上。可用导出任务重新生成。")
    raise Problem(404, "not-found", f"方案没有文件 {name}。")


def _meets(row: Mapping[str, Any], wanted: Wanted) -> bool:
    return (
        (wanted.day is None or row["day"] == wanted.day.isoformat())
        and (wanted.site_id is None or row["site"]["id"] == wanted.site_id)
        and (wanted.town is None or row["site"]["town"] == wanted.town)
        and (wanted.joint is None or row["joint"] == wanted.joint)
        and (wanted.agency_id is None or any(party["id"] == wanted.agency_id for party in row["agencies"]))
    )


def _seen_by(tx: Tx, who: Who, own: frozenset[str]) -> Any:
    if who.role == "town":
        return visits.c.town == who.town
    return visits.c.id.in_(_with(own | names_of(tx, own)))


def _with(agencies: set[str] | frozenset[str]) -> Any:
    """Return the visits that an agency is in; a unit stands there by its name."""
    return select(visit_agencies.c.visit).where(visit_agencies.c.agency_id.in_(agencies))


def names_of(tx: Tx, own: frozenset[str]) -> set[str]:
    """Return the names of agencies: units stand by their names in visits."""
    query = select(library.c.row, library.c.number)
    query = query.where(library.c.kind == "agencies", library.c.until.is_(None), library.c.key.in_(own))
    return {decode("agencies", row["row"], row["number"]).name for row in tx.rows(query)}


def _whole(row: Mapping[str, Any]) -> VisitOut:
    known = {name: row.get(name) for name in VisitOut.model_fields}
    return VisitOut(**{**known, "inspectors": row.get("inspectors", [])})


def cut_for(row: Mapping[str, Any], own: frozenset[str] | None, names: set[str]) -> VisitOut:
    """Return a visit as an agency (`own`), a town (none of its own) or an auditor (`own` None) may see it."""
    if own is None:
        return _whole(row)
    parties = [
        party if party["id"] in own or names & set(party["units"]) else {**party, "units": [], "items": []}
        for party in row["agencies"]
    ]
    people = [crew for crew in row.get("inspectors", []) if crew["agency"] in own or crew["unit"] in own]
    return _whole({**row, **EMPTY, "agencies": parties, "inspectors": people})

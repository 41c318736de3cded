"""Plans as each may see them. A draft is the coordinator's; others see what stands, without what is not theirs.

An agency gets the visits that it is in: its own units, items and people, of its partners the names. A town gets the
announced visits in it, an auditor all announced ones. Unannounced ones are the coordinator's and their agency's.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import and_, or_, select

from api.desk.models import NotVisitedOut, PlanOut, VisitOut, WhyOut
from api.problems import Problem
from api.rights import Who, own_agencies
from api.settings import Settings
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import library, visit_agencies, visits
from api.store.inputs.rows import decode
from api.store.planned.hidden import hidden_of
from api.store.planned.plans import PlanRow, document_of, draws_of, figures_of, plan_of
from planner.draw.record import DRAWS_FILE

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


KEPT_PARTS = (
    *("visits", "left_out", "deferred", "deferred_elsewhere", "off_site", "summons", "not_visited", "exceptions"),
    *("plan", "hidden"),
)


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


def not_visited_for(
    tx: Tx, who: Who, plan: PlanRow, kind: str | None, after: int, limit: int
) -> list[tuple[int, NotVisitedOut]]:
    """Return (place in the caller's own list, row) of what the plan does not visit, after place `after`.

    The coordinator gets all, an agency its own, an auditor all that is announced. A plan made before there was such a
    list has none.
    """
    own = own_agencies(tx, who)
    rows = (
        row
        for row in parts.all_of(tx, plan.id).get("not_visited", ())
        if kind in (None, row["kind"])
        and (who.sees_all or (own is None and not row["unannounced"]) or row["unit"] in (own or ()))
    )
    asked = islice(enumerate(rows, 1), after, after + limit)
    return [(place, NotVisitedOut(**row)) for place, row in asked]


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


Place = tuple[str, str, str]
"""Day, site and id of a visit: its place in every list, whoever reads it."""


def visits_for(
    tx: Tx, who: Who, plan: PlanRow, wanted: Wanted, after: Place | None, limit: int, *, brief: bool = False
) -> list[VisitOut]:
    """Return the plan's visits after the place `after`, as `who` may see them; at most `limit`.

    In `brief`, what a list of the month does not show is empty: who goes for what, tasks, reasons and clauses.
    """
    own, named = own_agencies(tx, who), frozenset[str]()
    if who.sees_all and plan.state != "published":
        drafted = [*parts.of(tx, plan.id, "visits"), *hidden_part(tx, plan.id).get("visits", ())]
        rows = list({place_of(row): row for row in drafted if _meets(row, wanted)}.values())
    else:
        named = names_of(tx, own) if own is not None else named
        hidden = hidden_of(tx, plan.id, None if who.sees_all else own or frozenset())
        shown = _announced(tx, who, plan, own, named, wanted, after, limit)
        # An unannounced check that comes with its own agency's visit is told in that visit's place.
        there = {place_of(row): row for row in shown}
        there |= {place_of(one["row"]): one["row"] for one in hidden if _meets(one["row"], wanted)}
        rows = list(there.values())
    asked = sorted((place_of(row), n) for n, row in enumerate(rows))
    there_after = [rows[n] for place, n in asked if after is None or place > after][:limit]
    return [cut_for(_brief(row) if brief else row, own, named) for row in there_after]


def tell_leeway(found: Iterable[VisitOut], leeways: Mapping[tuple[str, date], tuple[str, str]]) -> None:
    """Write into unannounced visits how they may still give way; `leeways` has agency and sentence by site and date."""
    for visit in found:
        if visit.unannounced and (visit.site.id, visit.day) in leeways:
            agency, said = leeways[visit.site.id, visit.day]
            visit.why.append(WhyOut(question="yields", agency=agency, text=said, clauses=[]))


def place_of(row: Mapping[str, Any]) -> Place:
    """Return the place of a visit."""
    return row["day"], row["site"]["id"], row["id"]


def hidden_part(tx: Tx, plan_id: str) -> Mapping[str, Any]:
    """Return the unannounced checks of a plan as it was made; they are the coordinator's."""
    found: Mapping[str, Any] | None = parts.all_of(tx, plan_id).get("hidden")
    return found or {}


def _announced(
    tx: Tx,
    who: Who,
    plan: PlanRow,
    own: frozenset[str] | None,
    named: frozenset[str],
    wanted: Wanted,
    after: Place | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return the first `limit` announced visits that stand after a place, as they are stored."""
    query = select(visits.c.row).where(visits.c.plan_id == plan.id, visits.c.standing)
    if who.role == "town":
        query = query.where(visits.c.town == who.town)
    elif own is not None:
        query = query.where(visits.c.id.in_(_with(own | named)))
    if who.role == "town" or (own is None and not who.sees_all):
        query = query.where(~visits.c.unannounced)  # of plans of old
    for column, value in ((visits.c.day, wanted.day), (visits.c.site_id, wanted.site_id), (visits.c.town, wanted.town)):
        if value is not None:
            query = query.where(column == value)
    if wanted.joint is not None:
        query = query.where(visits.c.joint == wanted.joint)
    if wanted.agency_id is not None:
        query = query.where(visits.c.id.in_(_with(frozenset({wanted.agency_id}))))
    return list(tx.values(in_order(tx, query, after and after[:2]).limit(limit)))


def in_order(tx: Tx, query: Any, after: tuple[str, str] | None) -> Any:
    """Return a query of visits in order of day and site, after those named: no number of ours is their place, in whose
    gaps others would be seen. Raises Problem 400 where `after` is no such place.
    """
    site = visits.c.site_id.collate("C") if tx.on_postgresql else visits.c.site_id
    if after is not None:
        try:
            day = date.fromisoformat(after[0])
        except ValueError:
            raise Problem(400, "cursor", "游标不可用。请从第一页重新读取。") from None
        query = query.where(or_(visits.c.day > day, and_(visits.c.day == day, site > after[1])))
    return query.order_by(visits.c.day, site)


def audiences_of(tx: Tx, who: Who) -> frozenset[str] | None:
    """Return the audiences that the caller is of, as `own_outputs` names them; None: every one."""
    if who.sees_all:
        return None
    own = {f"agency:{agency}" for agency in own_agencies(tx, who) or ()}
    return frozenset({"public", *own, *([f"town:{who.town}"] if who.town else [])})


def files_for(tx: Tx, who: Who, plan: PlanRow) -> list[tuple[int, dict[str, Any]]]:
    """Return the plan's files that are the caller's, numbered among these: others' leave no gap."""
    audiences = audiences_of(tx, who)
    recorded = {DRAWS_FILE} if may_replay(tx, who, plan.id) else set[str]()
    mine = (
        one
        for one in plan.artefacts
        if audiences is None or one.get("for", "bureau") in audiences or one["name"] in recorded
    )
    return list(enumerate(mine))


def may_replay(tx: Tx, who: Who, plan_id: str) -> bool:
    """Return whether the caller is given the plan's draws of sites.

    An auditor is, as draws of unannounced checks are recorded in the hidden part. Only a plan of old, made before there
    was such a part, has them among the others.
    """
    return who.sees_all or (who.role == "auditor" and "hidden" in parts.all_of(tx, plan_id))


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


def is_ready(settings: Settings, artefact: Mapping[str, Any]) -> bool:
    """Return whether a file of a plan lies on the server in its whole size."""
    path = settings.artefacts / str(artefact["path"])
    return path.is_file() and path.stat().st_size == artefact["bytes"]


def file_of(settings: Settings, plan: PlanRow, name: str) -> Path:
    """Return the path of one of a plan's files. Raises Problem 404 where there is none by that name, or it is gone."""
    for artefact in plan.artefacts:
        if artefact["name"] == name:
            path = settings.artefacts / str(artefact["path"])
            if path.is_file():
                return path
            raise Problem(404, "file-gone", f"文件 {name} 已不在服务器上。请统筹办公室点“重新生成文件”。")
    raise Problem(404, "not-found", f"方案没有文件 {name}。")


def _meets(row: Mapping[str, Any], wanted: Wanted) -> bool:
    return (
        (wanted.day is None or row["day"] == wanted.day.isoformat())
        and (wanted.site_id is None or row["site"]["id"] == wanted.site_id)
        and (wanted.town is None or row["site"]["town"] == wanted.town)
        and (wanted.joint is None or row["joint"] == wanted.joint)
        and (wanted.agency_id is None or any(party["id"] == wanted.agency_id for party in row["agencies"]))
    )


def _with(agencies: frozenset[str]) -> Any:
    """Return the visits that an agency is in; a unit stands there by its name."""
    return select(visit_agencies.c.visit).where(visit_agencies.c.agency_id.in_(agencies))


def names_of(tx: Tx, own: frozenset[str]) -> frozenset[str]:
    """Return the names of agencies: units stand by their names in visits."""
    query = select(library.c.row, library.c.number)
    query = query.where(library.c.kind == "agencies", library.c.until.is_(None), library.c.key.in_(own))
    return frozenset(decode("agencies", row["row"], row["number"]).name for row in tx.rows(query))


def _whole(row: Mapping[str, Any]) -> VisitOut:
    known = {name: row.get(name) for name in VisitOut.model_fields}
    return VisitOut(**{**known, "inspectors": row.get("inspectors", []), "why": row.get("why", [])})


def _brief(row: Mapping[str, Any]) -> Mapping[str, Any]:
    parties = [{**party, "units": [], "items": []} for party in row["agencies"]]
    return {**row, **EMPTY, "agencies": parties, "clauses": [], "why": []}


def cut_for(row: Mapping[str, Any], own: frozenset[str] | None, names: Set[str]) -> VisitOut:
    """Return a visit as an agency (`own`), a town (none of its own) or an auditor (`own` None) may see it."""
    if own is None:
        return _whole(row)
    parties = [
        party if party["id"] in own or names & set(party["units"]) else {**party, "units": [], "items": []}
        for party in row["agencies"]
    ]
    people = [crew for crew in row.get("inspectors", []) if crew["agency"] in own or crew["unit"] in own]
    mine = {p["id"] for p in row["agencies"] if p["id"] in own or names & set(p["units"])}
    why = _why_for(row.get("why", ()), mine)
    return _whole({**row, **EMPTY, "agencies": parties, "inspectors": people, "why": why})


def _why_for(why: Iterable[Mapping[str, Any]], own: set[str]) -> list[Mapping[str, Any]]:
    """Return what an agency is told of why a visit is as it is: of a shared one nothing of the others, nor why that
    day, which would tell of their windows.
    """
    found = list(why)
    shared = any(one["question"] == "due" and one["agency"] not in own for one in found)
    return [one for one in found if not shared or one["agency"] in own or one["question"] == "together"]

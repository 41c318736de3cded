"""What everybody may know of published plans: when which agencies come where, and how much was put together."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import BaseModel
from sqlalchemy import or_, select

from api.desk.models import example
from api.desk.plans.plans import in_order
from api.http.deps import Listed, PageDep, StoreDep
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.rights import Who, allow
from api.store.database.columns import member
from api.store.database.errors import NotFoundError
from api.store.database.schema import plans, visits
from api.store.planned.plans import figures_of
from api.store.state.proof import keys_on, proof_of
from api.store.state.rows import public_part

router = new_router("公开")

ONE: dict[str, Any] = {
    "day": "2026-06-01",
    "half": "am",
    "site": "化工一厂",
    "town": "漕泾镇",
    "agencies": ["区市场监督管理局"],
    "items": ["食品安全检查"],
    "joint": False,
}


class PublicMonth(BaseModel):
    """A month whose plan is published, with its figures; unannounced checks are in none of them."""

    model_config = example(
        {
            "month": "2026-06",
            "plan_hash": "1b" * 32,
            "rulebook_version": "v",
            "figures": {"entries": 2790, "joint_share": 0.54},
        }
    )

    month: str
    plan_hash: str
    rulebook_version: str
    figures: dict[str, Any]


class PublicVisit(BaseModel):
    """An announced visit: date and half-day, where, who and what. No people."""

    model_config = example(ONE)

    day: date
    half: str | None
    site: str
    town: str
    agencies: list[str]
    items: list[str]
    joint: bool


@router.get("/public/months", operation_id="public.months", summary="已公布的月份及其指标")
def list_months(who: Annotated[Who, Depends(allow("public.months"))], store: StoreDep) -> Listed[PublicMonth]:
    """Return the months whose plans are published, newest first."""
    columns = (plans.c.id, plans.c.month, plans.c.plan_hash, plans.c.rulebook_version)
    with store.read() as tx:
        rows = tx.rows(select(*columns).where(plans.c.state == "published").order_by(plans.c.month.desc()))
        items = [
            PublicMonth(
                month=row["month"],
                plan_hash=row["plan_hash"],
                rulebook_version=row["rulebook_version"],
                figures=figures_of(tx, row["id"]).get("public", {}),
            )
            for row in rows
        ]
    return Listed(items=items, next=None)


@router.get("/public/months/{month}/visits", operation_id="public.visits", summary="公示名单")
def list_visits(
    month: Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="月份 YYYY-MM")],
    who: Annotated[Who, Depends(allow("public.visits"))],
    store: StoreDep,
    page: PageDep,
    town: Annotated[str | None, Query(max_length=200, description="街镇")] = None,
    q: Annotated[str, Query(max_length=200, description="企业名称或街镇中的字样")] = "",
) -> Listed[PublicVisit]:
    """Return the announced visits of a published month that stand, by day and site; `q` finds them by site or town."""
    with store.read() as tx:
        plan = tx.value(select(plans.c.id).where(plans.c.month == month, plans.c.state == "published"))
        if plan is None:
            raise NotFoundError(f"{month} 没有已公布的计划 / no plan of {month} is published")
        query = select(visits.c.day, visits.c.site_id, visits.c.row).where(
            visits.c.plan_id == plan, visits.c.standing, ~visits.c.unannounced
        )
        if town is not None:
            query = query.where(visits.c.town == town)
        if sought := q.strip():
            name = member(visits.c.row, "site", "name", postgresql=tx.on_postgresql)
            query = query.where(
                or_(name.contains(sought, autoescape=True), visits.c.town.contains(sought, autoescape=True))
            )
        found = tx.rows(in_order(tx, query, page.texts(2)).limit(page.limit))
    last = found[-1] if len(found) == page.limit else None
    more = None if last is None else cursor_of([last["day"].isoformat(), last["site_id"]])
    return Listed(items=[_shown(row["row"]) for row in found], next=more)


class PublicProof(BaseModel):
    """That a visit is under `state_root`, the root that the office publishes, without a word of other visits.

    Leaf: SHA-256 of a zero byte and the canonical JSON of [salt, "visit", visit, rest]. From its `position`, SHA-256 of
    a one byte, left and right, neighbour by neighbour, gives `trees[month]`; SHA-256 of the canonical JSON of `trees`
    gives `state_root`. Canonical JSON has sorted keys and no spaces. `planner log proof` does it.
    """

    model_config = example(
        {
            "visit": ONE,
            "salt": "5a" * 16,
            "rest": "3c" * 32,
            "position": 17,
            "neighbours": ["9f" * 32],
            "month": "2026-06",
            "trees": {"2026-06": "1b" * 32},
            "state_root": "2d" * 32,
        }
    )

    visit: PublicVisit
    salt: str
    rest: str
    position: int
    neighbours: list[str]
    month: str
    trees: dict[str, str]
    state_root: str


@router.get("/public/months/{month}/proofs", operation_id="public.proofs", summary="一次入企安排的存在证明")
def list_proofs(
    month: Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="月份 YYYY-MM")],
    who: Annotated[Who, Depends(allow("public.proofs"))],
    store: StoreDep,
    day: Annotated[date, Query(description="日期")],
    site: Annotated[str, Query(max_length=200, description="公示名单中的对象名称")],
) -> Listed[PublicProof]:
    """Return the proof of each announced visit at sites of that name on that day; none where there is no such visit."""
    with store.read() as tx:
        found = [proof_of(tx, key) for key in keys_on(tx, month, day, site)]
    return Listed(items=[PublicProof(**one) for one in found if one is not None], next=None)


def _shown(row: dict[str, Any]) -> PublicVisit:
    return PublicVisit(**public_part(row))

"""What everybody may know of published plans: when which agencies come where, and how much was put together."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import BaseModel
from sqlalchemy import select

from api.desk.models import example
from api.http.deps import Listed, PageDep, StoreDep, cursor_of
from api.http.routing import router as new_router
from api.rights import Who, allow
from api.store.errors import NotFoundError
from api.store.plans import figures_of
from api.store.schema import plans, visits

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
) -> Listed[PublicVisit]:
    """Return the announced visits of a published month that stand, by day and site."""
    with store.read() as tx:
        plan = tx.value(select(plans.c.id).where(plans.c.month == month, plans.c.state == "published"))
        if plan is None:
            raise NotFoundError(f"{month} 没有已公布的计划 / no plan of {month} is published")
        query = select(visits.c.id, visits.c.row).where(
            visits.c.plan_id == plan, visits.c.standing, ~visits.c.unannounced, visits.c.id > (page.number() or 0)
        )
        if town is not None:
            query = query.where(visits.c.town == town)
        found = tx.rows(query.order_by(visits.c.id).limit(page.limit))
    more = cursor_of(found[-1]["id"]) if len(found) == page.limit else None
    return Listed(items=[_shown(row["row"]) for row in found], next=more)


def _shown(row: dict[str, Any]) -> PublicVisit:
    return PublicVisit(
        day=row["day"],
        half=row["half"],
        site=row["site"]["name"],
        town=row["site"]["town"],
        agencies=[party["name"] for party in row["agencies"]],
        items=sorted({item for party in row["agencies"] for item in party["items"]}),
        joint=row["joint"],
    )

"""A district's year: ordered by the coordinator, read by it. It is a draft by days and made of what is announced."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from api.desk.years.models import YearDocument, YearFound, YearOrder, YearOut, YearRow
from api.store import Store, queue
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import plans
from api.store.inputs.library import latest
from api.store.queue import Job
from planner.domain.calendar import add_months, month_bounds

KIND = "year"


def payload_of(tx: Tx, order: YearOrder, today: date) -> dict[str, Any]:
    """Return what a run is given: the period, and the published plans whose months it leaves as they are.

    Raises InputError where these do not follow one another from the first month on.
    """
    from planner.service import year_period

    published = _published(tx, order.year)
    first = order.first or _begin(sorted(published), order.year, today)
    fixed = {month: plan for month, plan in sorted(published.items()) if month >= first}
    period = year_period(order.year, first, [{"month": month} for month in fixed])
    payload = {"period": period, "year": order.year, "first": first, "published": list(fixed.values())}
    return {**payload, "revision": latest(tx), **({} if order.seed is None else {"seed": order.seed})}


def years_of(store: Store, before: int | None, limit: int) -> tuple[list[YearRow], int | None]:
    """Return the years, newest first, and the number to go on from, None at the end."""
    found = queue.jobs_of(store, kind=KIND, before=before, limit=limit + 1)
    rows = [YearRow(**_head(job)) for job in found[:limit]]
    return rows, found[limit - 1].number if len(found) > limit else None


def year_of(tx: Tx, year_id: str) -> YearOut:
    """Return a year with what it came to. Raises NotFoundError."""
    job = _year(tx, year_id)
    told = queue.parts_of(tx, job.id).get(1)
    return YearOut(**_head(job), found=None if told is None else YearFound.model_validate(told))


def document_of_year(tx: Tx, year_id: str) -> YearDocument:
    """Return the whole plan of a year. Raises NotFoundError, also where there is none (yet)."""
    found = queue.part_of(tx, _year(tx, year_id).id, 1)
    if not found:
        raise NotFoundError(f"年度 {year_id} 还没有方案：请等它完成，或看未成的原因 / year {year_id} has no plan")
    return YearDocument(id=year_id, document=found)


def year_with(tx: Tx, year_id: str, month: str) -> str:
    """Return the id of a year by which `month` can be planned.

    Raises NotFoundError where there is no such plan, InputError where it does not hold the month.
    """
    from planner.service import due_in

    due_in(month, document_of_year(tx, year_id).document)
    return year_id


def _year(tx: Tx, year_id: str) -> Job:
    job = queue.job_or_none(tx, year_id)
    if job is None or job.kind != KIND:
        raise NotFoundError(f"没有年度 {year_id} / there is no year {year_id}")
    return job


def _published(tx: Tx, year: str) -> dict[str, str]:
    """Return the published plans of a year by month."""
    query = select(plans.c.id, plans.c.month).where(plans.c.state == "published", plans.c.month.startswith(f"{year}-"))
    return {row["month"]: row["id"] for row in tx.rows(query)}


def _begin(published: list[str], year: str, today: date) -> str:
    """Return from which month on a year is planned where nobody says it: the first of the published months that follow
    one another up to the latest; without any this month, in another year January.
    """
    if not published:
        return f"{today:%Y-%m}" if f"{today.year}" == year else f"{year}-01"
    first = published[-1]
    while (before := f"{add_months(month_bounds(first)[0], -1):%Y-%m}") in published:
        first = before
    return first


def _head(job: Job) -> dict[str, Any]:
    same = {name: job.payload[name] for name in ("year", "first", "published")}
    return {"id": job.id, **same, "state": job.state, "created_at": job.created_at, "ended_at": job.ended_at}

"""Whether the service lives, can work, and how it fares."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select

from api.accounts.accounts import count
from api.http.deps import SettingsDep, StoreDep
from api.http.models.health import Health, Readiness
from api.http.routing import router as new_router
from api.problems import Problem
from api.rights import Who, allow
from api.settings import room
from api.store.database.migrate import require_current
from api.store.database.schema import jobs
from api.store.log import head_of

PREFIX = ""
MIB = 2**20
router = new_router("运行")


@router.get("/healthz", operation_id="healthz", summary="进程是否存活")
async def healthz(request: Request) -> Health:
    """Answer at once, whatever the database does."""
    return Health(status="ok", version=request.app.version)


@router.get("/readyz", operation_id="readyz", summary="能否工作：数据库可用且版本相符")
def readyz(store: StoreDep, settings: SettingsDep, who: Annotated[Who, Depends(allow("readyz"))]) -> Readiness:
    """Ask the database. 409 or 503 where the service cannot do its work."""
    found = require_current(store)
    free = room(settings)[1]
    if free < settings.free_mib * MIB:
        detail = f"磁盘剩余 {free // MIB} MiB，低于 {settings.free_mib} MiB。请清理磁盘（planner retention）或扩容。"
        raise Problem(503, "disk-full", detail)
    if not store.is_writable():
        raise Problem(503, "read-only", "数据库是只读的：可以查看，不能修改。请检查磁盘、权限或数据库主从状态。")
    with store.read() as tx:
        accounts = count(tx)
    kind = "postgresql" if store.on_postgresql else "sqlite"
    return Readiness(status="ready", database=kind, schema_version=found, workers=settings.workers, set_up=accounts > 0)


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Prometheus 指标",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": "planner_log_entries 12.0"}}}},
)
def metrics(request: Request, store: StoreDep, who: Annotated[Who, Depends(allow("metrics"))]) -> Response:
    """Return the figures. Nothing in them names a person, a site or an agency."""
    kept = request.app.state.metrics
    with store.read() as tx:
        states = tx.rows(select(jobs.c.state, func.count().label("n")).group_by(jobs.c.state))
    for state in ("queued", "running", "finished", "failed", "cancelled"):
        kept.jobs.labels(state).set(next((row["n"] for row in states if row["state"] == state), 0))
    kept.log.set(head_of(store).seq)
    return Response(generate_latest(kept.registry), media_type=CONTENT_TYPE_LATEST)

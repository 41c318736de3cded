"""Data into the store by a job: the bureau's whole workbook, or the demonstration district."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, UploadFile

from api.desk.filings.uploads import kept
from api.desk.runs import order
from api.http.deps import SettingsDep, StoreDep
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
from api.rights import Who, allow

router = new_router("数据")


@router.post("/imports", operation_id="imports.create", summary="导入工作簿（任务）", status_code=202)
def create_import(
    file: UploadFile,
    who: Annotated[Who, Depends(allow("imports.create"))],
    store: StoreDep,
    settings: SettingsDep,
    replace: Annotated[bool, Query(description="以此工作簿各表替换原有的整张表")] = False,
) -> JobOut:
    """Import a workbook: usable rows are stored as one revision, findings beside them; all of it or nothing."""
    path = kept(file, settings)
    return JobOut.of(order(store, settings, who, "import", {"path": path, "replace": replace}))


@router.post("/demo", operation_id="demo.create", summary="载入演示区数据（任务）", status_code=202)
def create_demo(who: Annotated[Who, Depends(allow("demo.create"))], store: StoreDep, settings: SettingsDep) -> JobOut:
    """Make the synthetic demonstration district; its tables take the place of those that are there."""
    return JobOut.of(order(store, settings, who, "demo", {}))

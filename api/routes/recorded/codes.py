"""Check codes in batches: what an agency applies for at the city's system, and what comes back."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Response, UploadFile

from api.desk.recorded import codes as desk
from api.desk.recorded.code_models import CodeBatch, CodesTaken
from api.http.deps import StoreDep
from api.http.downloads import CSV, attached
from api.http.routing import router as new_router
from api.problems import Problem
from api.rights import Who, allow

router = new_router("检查结果")
MonthPath = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="月份 YYYY-MM")]
Agency = Annotated[str | None, Query(max_length=200, description="哪个主体的；统筹部门必填，其余为本单位")]
MOST_BYTES = 8 * 2**20


@router.get("/months/{month}/codes", operation_id="codes.batch", summary="要码清单：哪些任务要码，已得码的")
def get_batch(
    month: MonthPath, who: Annotated[Who, Depends(allow("codes.batch"))], store: StoreDep, agency_id: Agency = None
) -> CodeBatch:
    """Return the tasks of the published month that a code is to be had for; those whose filing is open are left out."""
    return desk.shown(desk.batch_of(store, who, month, agency_id))


@router.get(
    "/months/{month}/codes/file",
    operation_id="codes.file",
    summary="要码清单文件（CSV）",
    responses=CSV,
    response_class=Response,
)
def get_file(
    month: MonthPath, who: Annotated[Who, Depends(allow("codes.file"))], store: StoreDep, agency_id: Agency = None
) -> Response:
    """Return the batch as the file that goes to the city's system."""
    from planner.service import batch_text

    batch = desk.batch_of(store, who, month, agency_id)
    return attached(f"\ufeff{batch_text(batch.rows)}".encode(), f"要码-{month}-{batch.agency}.csv")


@router.post("/months/{month}/codes", operation_id="codes.return", summary="回传检查码（CSV）")
def take_codes(
    month: MonthPath,
    file: UploadFile,
    who: Annotated[Who, Depends(allow("codes.return"))],
    store: StoreDep,
    agency_id: Agency = None,
) -> CodesTaken:
    """Keep the codes that came back, and write them into results that have none; rows that are wrong are told."""
    content = file.file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Problem(413, "too-large", f"文件超过 {MOST_BYTES // 2**20} MiB。请按主体分月回传。")
    batch = desk.batch_of(store, who, month, agency_id)
    return desk.taken_back(store, who, batch, content, file.filename or "codes.csv")

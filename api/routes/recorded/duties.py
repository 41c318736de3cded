"""The duty calendar: who owes what by when, what is done, and as a calendar file."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from api.desk.recorded import duties as desk
from api.desk.recorded.duty_models import DutyList, DutyMark, DutyOut, DutyState
from api.http.deps import IfMatch, StoreDep, set_etag
from api.http.downloads import ICS, attached
from api.http.routing import router as new_router
from api.rights import Who, allow

router = new_router("职责日历")
Year = Annotated[int | None, Query(ge=2020, le=2100, description="年份；留空为今年")]
Agency = Annotated[str | None, Query(max_length=200, description="只看这个主体或科室；司法局为 bureau")]


@router.get("/duties", operation_id="duties.list", summary="职责日历：谁在何时之前要办什么，办了没有")
def list_duties(
    who: Annotated[Who, Depends(allow("duties.list"))],
    store: StoreDep,
    year: Year = None,
    agency_id: Agency = None,
    state: Annotated[DutyState | None, Query(description="open 待办，late 超期，done 已办，waived 免除")] = None,
) -> DutyList:
    """Return the duties that fall due in a year as they stand today, by last day; an agency its own."""
    with store.read() as tx:
        return desk.listed(tx, who, year, agency_id, state)


@router.get(
    "/duties/calendar",
    operation_id="duties.calendar",
    summary="职责日历文件（.ics）",
    responses=ICS,
    response_class=Response,
)
def get_calendar(
    who: Annotated[Who, Depends(allow("duties.calendar"))], store: StoreDep, year: Year = None, agency_id: Agency = None
) -> Response:
    """Return the open and overdue duties as a calendar file with reminders."""
    with store.read() as tx:
        return attached(desk.calendar_file(tx, who, year, agency_id), "职责.ics")


@router.put("/duties/{row}/{period}", operation_id="duties.mark", summary="登记一项职责已办或免除")
def mark_duty(
    row: Annotated[int, Path(ge=1, le=99, description="职责序号")],
    period: Annotated[str, Path(max_length=10, description="所属期，如 2026、2026-06、2026-H1")],
    body: DutyMark,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("duties.mark"))],
    response: Response,
    store: StoreDep,
) -> DutyOut:
    """Mark a duty; the version is that of the list, 0 where nobody has marked it."""
    with store.write() as tx:
        found = desk.mark(tx, who, row, period, version, body)
    set_etag(response, found.version)
    return found

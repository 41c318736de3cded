"""Working days, holidays and closed days, as the planner counts them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.desk.library.day_models import MonthDays
from api.desk.library.days import days_of
from api.desk.models import Month
from api.http.deps import StoreDep
from api.http.routing import router as new_router
from api.rights import Who, allow

router = new_router("日历")


@router.get("/calendar/{month}", operation_id="calendar.month", summary="一个月的工作日、节假日与停查日")
def get_month(month: Month, who: Annotated[Who, Depends(allow("calendar.month"))], store: StoreDep) -> MonthDays:
    """Return each day of the month with its kind, and the name of the holiday or of why it is closed."""
    with store.read() as tx:
        return days_of(tx, month)

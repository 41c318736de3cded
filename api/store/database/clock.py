"""The bureau's date: the database's clock, in the time of the district."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Shanghai")


def local_date(moment: datetime) -> date:
    """Return the date that it is here at `moment`, which has a time zone."""
    return moment.astimezone(HERE).date()

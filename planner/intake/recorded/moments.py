"""Times of results: a date, a date with the time of day, or a time of day alone."""

from __future__ import annotations

import re
from datetime import date, datetime

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?:[:：][0-5]\d)?")


def read_moment(text: str) -> tuple[date, int | None] | None:
    """Return (date, minute of the day or None where only a date is given); None where the text is neither."""
    parts = text.replace("/", "-").replace("T", " ").split()
    try:
        day = datetime.strptime(parts[0], "%Y-%m-%d").date() if parts else None
    except ValueError:
        return None
    if day is None or len(parts) > 2:
        return None
    if len(parts) == 1:
        return day, None
    minute = read_clock(parts[1])
    return None if minute is None else (day, minute)


def read_clock(text: str) -> int | None:
    """Return the minute of the day of `HH:MM`, None where the text is none."""
    found = _CLOCK.fullmatch(text.strip())
    return int(found[1]) * 60 + int(found[2]) if found else None


def is_before_arrival(applied: tuple[date, int | None], day: date, start: int | None) -> bool:
    """Return whether a code applied for at `applied` was there before a visit on `day` from `start`.

    On the same day it counts as before, unless both times are given and say otherwise.
    """
    if applied[0] != day:
        return applied[0] < day
    return applied[1] is None or start is None or applied[1] <= start

"""What a month of announced checks sets aside for unannounced ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

GroupKey = tuple[str, str, str]
"""Site, domain and body, as `planner.domain.case.GroupInfo.key`."""


@dataclass(frozen=True, slots=True)
class KeptWindow:
    """First and last date of the unannounced check that a domain keeps its date at a site for; `counts`: it uses up a
    date of the yearly cap.
    """

    first: date
    last: date
    counts: bool = True


@dataclass(frozen=True, slots=True)
class SetAside:
    """`windows` are those that domains keep dates for. With `reserve` the units keep the minutes of the setting
    `unannounced_reserve_minutes` each day.
    """

    windows: Mapping[GroupKey, KeptWindow] = field(default_factory=dict)
    reserve: bool = False


WHOLE = SetAside()
"""Nothing is set aside: all that was filed is there."""

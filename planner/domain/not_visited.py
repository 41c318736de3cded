"""What was filed and makes no visit: done off-site, answered for by another check, or barred. A result like a visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

KINDS = ("off_site", "summons", "recognised", "absorbed", "done", "done_off_site", "fire", "removed")
"""What becomes of it: checked off-site; summoned to the office; the city's or district's result is recognised; a
triggered check has done it; the body's own earlier check has; an off-site check found nothing; fire's check stands for
it; barred, refused or not due.
"""


@dataclass(frozen=True, slots=True)
class NotVisited:
    """One thing that is not visited: what, where, why, by which clause, and the date that it rests on.

    `site` is "" for a whole filing. `task` is the id of work that is done without a visit, "" where none is left. `on`
    is the date of the check or record that answers for it, None where it rests on none. An `unannounced` one is shown
    to the bureau and its own agency only: it is an unannounced check, or stands back for one.
    """

    kind: str
    rule: str
    site: str
    site_name: str
    town: str
    unit: str
    parent: str
    domain: str
    items: tuple[str, ...]
    filings: tuple[str, ...]
    window: tuple[date, date] | None
    clauses: tuple[str, ...]
    on: date | None
    zh: str
    en: str
    unannounced: bool
    task: str = ""

"""What need not be kept any longer: told first, removed on demand, and logged. The log itself is never shortened.

- *Uploads* (workbooks as they were sent) after `keep_uploads_days`: what they held is in the library by then.
- *Files of drafts* after `keep_files_days`, and folders of files that no plan has: a run writes them anew from the
  database.
- *Runs* that ended before `keep_jobs_days`, with their progress and their parts, such as
  the scenarios of a set.
- *Sessions, answers kept for idempotency keys and counted failures of logins*, once they are over: they hold logins and
  addresses of people and serve nothing any more.
- *Personal data* that nothing rests on, after `keep_people_days` (`api.store.personal`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update

from api.settings import Settings
from api.store import log, personal
from api.store.database.engine import Store, Tx
from api.store.database.schema import job_events, job_parts, jobs, login_failures, plans, replies, sessions

OVER = timedelta(days=2)
"""How long sessions, kept answers and failures are of use after their end."""
GRACE = timedelta(days=1)
"""A folder that no plan has may be that of a run which is about to store its plan."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to be removed: folders by what they are, how many rows of each table, and personal data."""

    folders: dict[str, list[Path]]
    rows: dict[str, int]
    people: personal.Personal

    def told(self) -> dict[str, Any]:
        """Return the counts, for people and for the log."""
        sizes = {kind: [len(some), sum(map(_size, some))] for kind, some in self.folders.items()}
        return {"folders": sizes, "rows": self.rows}


def removable(store: Store, settings: Settings) -> Removal:
    """Return what the settings no longer keep. Nothing is changed."""
    with store.read() as tx:
        return _removable(tx, settings)


def remove(store: Store, settings: Settings, who: str) -> Removal:
    """Remove what the settings no longer keep, say so in the log, and return it.

    Rows go first, in one transaction with the entry; a folder that cannot be removed then is found the next time.
    """
    with store.write() as tx:
        found = _removable(tx, settings)
        for table, query in _over(tx.now(), settings):
            if table is jobs:
                ended = select(jobs.c.id).where(query)
                for below in (job_events, job_parts):
                    tx.run(delete(below).where(below.c.job_id.in_(ended)))
            tx.run(delete(table).where(query))
        drafts = {path.parent.name for path in found.folders["drafts"]}
        tx.run(update(plans).where(plans.c.job.in_(drafts)).values(artefacts=[]))
        personal.erase(tx, found.people, who)
        # How many files and runs there were, and how large, would tell of unannounced checks.
        log.append(tx, who, "retention.run", "store")
        log.append(tx, who, "retention.run", "store", found.told(), reserved=True)
    for plan in found.people.drafts:  # with their cases, which name people, too
        for case in store.beside.glob(f"{plan}-*.case") if store.beside else ():
            case.unlink(missing_ok=True)
    for some in found.folders.values():
        for folder in some:
            shutil.rmtree(folder, ignore_errors=True)
            if folder.parent.parent == settings.artefacts and not any(folder.parent.iterdir()):
                folder.parent.rmdir()
    return found


def _removable(tx: Tx, settings: Settings) -> Removal:
    now = tx.now()
    counted = {
        table.name: tx.value(select(func.count()).select_from(table).where(query))
        for table, query in _over(now, settings)
    }
    people = personal.due(tx, now - timedelta(days=settings.keep_people_days))
    return Removal(
        {
            "uploads": list(_uploads(tx, settings, now)),
            "drafts": list(_drafts(tx, settings, now)),
            "orphans": list(_orphans(tx, settings, now)),
        },
        counted | people.counts(),
        people,
    )


def _over(now: datetime, settings: Settings) -> Iterator[tuple[Any, Any]]:
    """Yield each table with the condition of the rows of it that are not kept any longer."""
    yield jobs, jobs.c.ended_at < now - timedelta(days=settings.keep_jobs_days)
    yield sessions, sessions.c.expires_at < now - OVER
    yield replies, replies.c.at < now - OVER
    yield login_failures, login_failures.c.at < now - OVER


def _uploads(tx: Tx, settings: Settings, now: datetime) -> Iterator[Path]:
    """Yield folders of uploads that are old and that no run waits for."""
    waiting = tx.values(select(jobs.c.payload).where(jobs.c.state.in_(("queued", "running"))))
    wanted = {Path(str(one["path"])).parent.name for one in waiting if "path" in one}
    for folder in _folders(settings.data / "uploads"):
        if folder.name not in wanted and _older(folder, now, settings.keep_uploads_days):
            yield folder


def _drafts(tx: Tx, settings: Settings, now: datetime) -> Iterator[Path]:
    """Yield folders of files of drafts that nobody has published for long."""
    old = plans.c.created_at < now - timedelta(days=settings.keep_files_days)
    for made in tx.values(select(plans.c.artefacts).where(plans.c.state == "draft", old)):
        for name in {"/".join(Path(str(one["path"])).parts[:2]) for one in made}:
            yield settings.artefacts / name


def _orphans(tx: Tx, settings: Settings, now: datetime) -> Iterator[Path]:
    """Yield folders of files, by run and attempt, that no plan has."""
    listed = tx.values(select(plans.c.artefacts))
    used = {"/".join(Path(str(one["path"])).parts[:2]) for made in listed for one in made}
    for run in _folders(settings.artefacts):
        for attempt in _folders(run):
            if f"{run.name}/{attempt.name}" not in used and _older(attempt, now, GRACE.days):
                yield attempt


def _folders(above: Path) -> list[Path]:
    return sorted(path for path in above.iterdir() if path.is_dir()) if above.is_dir() else []


def _older(folder: Path, now: datetime, days: float) -> bool:
    return folder.stat().st_mtime < (now - timedelta(days=days)).timestamp()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

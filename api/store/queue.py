"""The jobs table: enqueue, claim, heartbeat, progress, stop, end. Every wait ends and every run ends.

A worker holds a job by a lease on the **database's** clock and renews it by heartbeats. When the lease has run out the
job is claimed by another, with the incumbent that the last one left. Each claim raises `attempt`; every write of a
worker names its attempt and is refused once it is no longer the job's: a worker that was taken for dead cannot spoil
what its successor does. A job whose workers die `max_deaths` times is given up as failed.

    queued → running → finished | failed | cancelled
               ↑  ↓
              queued (the worker was shut down, or died)
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, or_, select, update

from api.store import log
from api.store.database.columns import DatabaseNow
from api.store.database.engine import Store, Tx
from api.store.database.errors import ConflictError, NotFoundError, StoreError
from api.store.database.schema import job_events, job_parts, jobs

ENDED = frozenset({"finished", "failed", "cancelled"})
STOPS = ("user", "time", "shutdown")

GIVEN_UP_ZH = "运行者接连 {deaths} 次随此任务终止，不再重试。"
GIVEN_UP_EN = "its worker died {deaths} times in a row; not tried again"


class LostJobError(StoreError):
    """The job is no longer this worker's: it was taken over, or has ended."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job as stored, without its incumbent.

    `state` is queued, running, finished, failed or cancelled. `stop` says why it was asked to stop: "" (it was not),
    user or time. `best` and `bound` are those of `level`. `error` has `code`, `zh`, `en`, `clauses` where a rule stood
    against it, and `errors` (`where`, `detail`) where several things are wrong.
    """

    id: str
    number: int
    kind: str
    key: str | None
    payload: dict[str, Any]
    agency_id: str | None
    created_at: datetime
    created_by: str
    state: str
    priority: int
    attempt: int
    deaths: int
    max_deaths: int
    run_seconds: float
    run_mib: int
    worker: str | None
    lease_until: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    stop: str
    stop_by: str | None
    stage: str
    level: str
    best: int | None
    bound: int | None
    result: Any
    error: dict[str, Any] | None

    @property
    def ended(self) -> bool:
        """Return whether nothing more will happen to it."""
        return self.state in ENDED


_COLUMNS = [jobs.c[item.name] for item in fields(Job)]


def enqueue(
    store: Store,
    kind: str,
    payload: Mapping[str, Any],
    who: str,
    *,
    key: str | None = None,
    agency_id: str | None = None,
    priority: int = 5,
    run_seconds: float = 3600.0,
    run_mib: int = 4096,
    max_deaths: int = 3,
) -> Job:
    """Store a job and return it; from then on it will be run. 9 is the highest priority.

    The same idempotency `key` gives the job that is there. Raises ConflictError where that one asks for something else.
    """
    with store.write() as tx:
        return add(
            tx,
            kind,
            payload,
            who,
            key=key,
            agency_id=agency_id,
            priority=priority,
            run_seconds=run_seconds,
            run_mib=run_mib,
            max_deaths=max_deaths,
        )


def add(tx: Tx, kind: str, payload: Mapping[str, Any], who: str, *, key: str | None, **more: Any) -> Job:
    """Store a job in a transaction that is alone; see `enqueue`."""
    there = tx.row(select(*_COLUMNS).where(jobs.c.key == key)) if key is not None else None
    if there is not None:
        found = Job(**there)
        if (found.kind, found.payload, found.created_by) != (kind, dict(payload), who):
            raise ConflictError("同一幂等键已用于另一请求 / this idempotency key was used for something else")
        return found
    job_id = uuid.uuid4().hex
    number = (tx.value(select(func.max(jobs.c.number))) or 0) + 1
    values = {
        "id": job_id,
        "number": number,
        "kind": kind,
        "key": key,
        "payload": dict(payload),
        "created_at": tx.now(),
        "created_by": who,
        "state": "queued",
        "attempt": 0,
        "deaths": 0,
        "stop": "",
        "stage": "",
        "level": "",
        **more,
    }
    tx.run(insert(jobs).values(values))
    log.append(tx, who, "job.create", f"job:{job_id}", {"kind": kind}, agency_id=more.get("agency_id") or "")
    _event(tx, job_id, 0, "queued")
    return job_in(tx, job_id)


def job_in(tx: Tx, job_id: str) -> Job:
    """Return a job. Raises NotFoundError."""
    job = job_or_none(tx, job_id)
    if job is None:
        raise NotFoundError(f"没有任务 {job_id} / there is no job {job_id}")
    return job


def job_or_none(tx: Tx, job_id: str) -> Job | None:
    """Return a job, None where there is none."""
    row = tx.row(select(*_COLUMNS).where(jobs.c.id == job_id))
    return None if row is None else Job(**row)


def job_of(store: Store, job_id: str) -> Job:
    """Return a job. Raises NotFoundError."""
    with store.read() as tx:
        return job_in(tx, job_id)


def jobs_of(
    store: Store,
    *,
    state: str | None = None,
    kind: str | None = None,
    agency_id: str | None = None,
    before: int | None = None,
    limit: int = 50,
    agencies: Collection[str] | None = None,
    by: str = "",
) -> list[Job]:
    """Return jobs, newest first; `before` is the number to go on from.

    Where `agencies` are given, only theirs and those that `by` has created.
    """
    query = select(*_COLUMNS).order_by(jobs.c.number.desc()).limit(limit)
    for column, value in ((jobs.c.state, state), (jobs.c.kind, kind), (jobs.c.agency_id, agency_id)):
        if value is not None:
            query = query.where(column == value)
    if agencies is not None:
        query = query.where(or_(jobs.c.agency_id.in_(agencies), jobs.c.created_by == by))
    if before is not None:
        query = query.where(jobs.c.number < before)
    with store.read() as tx:
        return [Job(**row) for row in tx.rows(query)]


def open_jobs(tx: Tx, kinds: Collection[str]) -> list[Job]:
    """Return the jobs of these kinds that are queued or running, oldest first."""
    query = select(*_COLUMNS).where(jobs.c.state.in_(("queued", "running")), jobs.c.kind.in_(kinds))
    return [Job(**row) for row in tx.rows(query.order_by(jobs.c.number))]


def events_of(store: Store, job_id: str, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
    """Return the job's events with an id above `after`, oldest first: what a stream of progress sends."""
    query = select(job_events).where(job_events.c.job_id == job_id, job_events.c.id > after)
    with store.read() as tx:
        return tx.rows(query.order_by(job_events.c.id).limit(limit))


def incumbent_of(store: Store, job_id: str) -> bytes | None:
    """Return the best that any attempt has left so far, in the form of the job's kind."""
    with store.read() as tx:
        found: bytes | None = tx.value(select(jobs.c.incumbent).where(jobs.c.id == job_id))
        return found


def claim(store: Store, worker: str, lease_seconds: float) -> Job | None:
    """Return the next job, now this worker's for `lease_seconds`, or None where there is nothing to do.

    Jobs whose workers died too often, or died after being asked to stop, are ended on the way.
    """
    with store.read() as tx:  # looking needs no right to write
        if tx.value(select(_claimable(select(jobs.c.id)).exists())) is not True:
            return None
    while True:
        with store.write(alone=False) as tx:
            row = tx.row(_next(tx))
            if row is None:
                return None
            ended = _ended_with_worker(row)
            if ended is None:
                return _taken(tx, row, worker, lease_seconds)
            _end(tx, row["id"], row["attempt"], *ended)


def heartbeat(store: Store, job: Job, lease_seconds: float) -> str:
    """Renew the lease; return why the job should stop, "" if it should not. Raises LostJobError."""
    with store.write(alone=False) as tx:
        _change_own(tx, job, lease_until=DatabaseNow(lease_seconds))
        return str(tx.value(select(jobs.c.stop).where(jobs.c.id == job.id)))


def stop_asked(store: Store, job: Job) -> str:
    """Return why the job should stop, "" if it should not. Raises LostJobError where it is no longer this attempt's."""
    with store.read() as tx:
        found = tx.row(select(jobs.c.stop).where(_own(job)))
    if found is None:
        raise LostJobError(_lost(job))
    return str(found["stop"])


def tell(
    store: Store,
    job: Job,
    *,
    stage: str,
    level: str = "",
    best: int | None = None,
    bound: int | None = None,
    note: str = "",
    incumbent: bytes | None = None,
) -> None:
    """Store progress, and the incumbent with it if there is a new one. Raises LostJobError."""
    values: dict[str, Any] = {"stage": stage, "level": level, "best": best, "bound": bound}
    with store.write(alone=False) as tx:
        _change_own(tx, job, **values, **({} if incumbent is None else {"incumbent": incumbent}))
        _event(tx, job.id, job.attempt, "progress", **values, note=note)


def keep_part(store: Store, job: Job, number: int, told: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    """Store what the run has finished as its part `number`, once. Raises LostJobError."""
    with store.write(alone=False) as tx:
        _change_own(tx, job)
        values = {"job_id": job.id, "number": number, "told": dict(told), "document": dict(document)}
        tx.run(insert(job_parts).values(values))


def parts_of(tx: Tx, job_id: str) -> dict[int, dict[str, Any]]:
    """Return the short of each part that the run has finished, by number."""
    query = select(job_parts.c.number, job_parts.c.told).where(job_parts.c.job_id == job_id)
    return {row["number"]: row["told"] for row in tx.rows(query.order_by(job_parts.c.number))}


def parts_counted(tx: Tx, job_ids: Collection[str]) -> dict[str, int]:
    """Return how many parts each of these runs has finished; those without one are left out."""
    query = select(job_parts.c.job_id, func.count().label("n")).where(job_parts.c.job_id.in_(job_ids))
    return {row["job_id"]: row["n"] for row in tx.rows(query.group_by(job_parts.c.job_id))}


def part_of(tx: Tx, job_id: str, number: int) -> dict[str, Any] | None:
    """Return the whole of a part, None where the run has not finished it."""
    here = (job_parts.c.job_id == job_id, job_parts.c.number == number)
    found: dict[str, Any] | None = tx.value(select(job_parts.c.document).where(*here))
    return found


def ask_to_stop(store: Store, job_id: str, who: str, stop: str = "user") -> Job:
    """Ask a job to stop and keep its best. A job that has not begun is cancelled at once, an ended one stays."""
    with store.write() as tx:
        job = job_in(tx, job_id)
        if job.ended or job.stop:
            return job
        tx.run(update(jobs).where(jobs.c.id == job_id).values(stop=stop, stop_by=who))
        log.append(tx, who, "job.stop", f"job:{job_id}", {"reason": stop}, agency_id=job.agency_id or "")
        if job.state == "queued":
            _end(tx, job_id, job.attempt, "cancelled", None, None)
        return job_in(tx, job_id)


def time_out(store: Store, job: Job) -> None:
    """Ask the job of this attempt to stop because its time is up. Raises LostJobError."""
    with store.write(alone=False) as tx:
        _change_own(tx, job, stop="time")


@contextmanager
def ending(store: Store, job: Job) -> Iterator[tuple[Tx, dict[str, Any]]]:
    """Give the transaction in which a job's results are stored together with its end: both, or neither.

    What the block puts under `result` in the dict becomes the job's result. The job ends cancelled where it was asked
    to stop, else finished. Raises LostJobError before the block where the job is no longer this attempt's.
    """
    with store.write() as tx:
        row = tx.row(select(jobs.c.stop).where(_own(job)).with_for_update())
        if row is None:
            raise LostJobError(_lost(job))
        kept: dict[str, Any] = {"result": None}
        yield tx, kept
        _end(tx, job.id, job.attempt, "cancelled" if row["stop"] else "finished", kept["result"], None)


def fail(
    store: Store,
    job: Job,
    code: str,
    zh: str,
    en: str,
    clauses: Sequence[str] = (),
    errors: Sequence[Mapping[str, Any]] = (),
) -> None:
    """End the job as failed with its reason; its incumbent is kept. Raises LostJobError."""
    with store.write(alone=False) as tx:
        _change_own(tx, job)
        error = {"code": code, "zh": zh, "en": en, "clauses": list(clauses), "errors": [dict(one) for one in errors]}
        _end(tx, job.id, job.attempt, "failed", None, error)


def give_back(store: Store, job: Job, *, died: bool) -> None:
    """Put the job back in the queue: its child `died`, or the worker is being shut down. Raises LostJobError."""
    with store.write(alone=False) as tx:
        _change_own(tx, job)
        row = tx.row(select(*_COLUMNS).where(jobs.c.id == job.id))
        assert row is not None
        deaths = row["deaths"] + died
        tx.run(update(jobs).where(jobs.c.id == job.id).values(deaths=deaths))
        ended = _verdict({**row, "deaths": deaths}) if died or row["stop"] else None
        if ended is not None:
            _end(tx, job.id, job.attempt, *ended)
            return
        tx.run(update(jobs).where(jobs.c.id == job.id).values(state="queued", lease_until=None, worker=None))
        _event(tx, job.id, job.attempt, "queued", note="died" if died else "shutdown")


def _claimable(query: Select[Any]) -> Select[Any]:
    expired = and_(jobs.c.state == "running", jobs.c.lease_until < DatabaseNow())
    return query.where(or_(jobs.c.state == "queued", expired))


def _next(tx: Tx) -> Select[Any]:
    query = _claimable(select(*_COLUMNS)).order_by(jobs.c.priority.desc(), jobs.c.number).limit(1)
    # SQLite: the transaction is alone anyway. PostgreSQL: a row that another is claiming is passed over.
    return query.with_for_update(skip_locked=True) if tx.on_postgresql else query


def _taken(tx: Tx, row: dict[str, Any], worker: str, lease_seconds: float) -> Job:
    died = row["state"] == "running"
    taken = {
        "state": "running",
        "attempt": row["attempt"] + 1,
        "deaths": row["deaths"] + died,
        "worker": worker,
        "lease_until": DatabaseNow(lease_seconds),
        "started_at": row["started_at"] or DatabaseNow(),
    }
    same = (jobs.c.id == row["id"], jobs.c.attempt == row["attempt"], jobs.c.state == row["state"])
    done = tx.run(update(jobs).where(*same).values(taken))
    assert done.rowcount == 1
    _event(tx, row["id"], row["attempt"] + 1, "running", note="taken over" if died else "")
    return job_in(tx, row["id"])


def _ended_with_worker(row: dict[str, Any]) -> tuple[str, Any, dict[str, Any] | None] | None:
    """Return the end of a job that must not be tried again although its worker is gone, None where it may be."""
    return _verdict({**row, "deaths": row["deaths"] + 1}) if row["state"] == "running" else None


def _verdict(row: dict[str, Any]) -> tuple[str, Any, dict[str, Any] | None] | None:
    deaths = row["deaths"]
    if row["stop"]:
        return "cancelled", {"kept": "incumbent"}, None
    if deaths >= row["max_deaths"]:
        error = {"code": "gave-up", "zh": GIVEN_UP_ZH.format(deaths=deaths), "en": GIVEN_UP_EN.format(deaths=deaths)}
        return "failed", None, error
    return None


def _own(job: Job) -> Any:
    return and_(jobs.c.id == job.id, jobs.c.attempt == job.attempt, jobs.c.state == "running")


def _lost(job: Job) -> str:
    return f"任务 {job.id} 已由他人接手或已结束 / job {job.id} was taken over or has ended"


def _change_own(tx: Tx, job: Job, **values: Any) -> None:
    """Change the job if it is still this attempt's. The row stays locked until the transaction ends."""
    done = tx.run(update(jobs).where(_own(job)).values({"attempt": job.attempt, **values}))
    if done.rowcount != 1:
        raise LostJobError(_lost(job))


def _end(tx: Tx, job_id: str, attempt: int, state: str, result: Any, error: dict[str, Any] | None) -> None:
    values = {
        "state": state,
        "ended_at": DatabaseNow(),
        "lease_until": None,
        "result": result,
        "error": error,
    }
    done = tx.run(
        update(jobs).where(jobs.c.id == job_id, jobs.c.attempt == attempt, jobs.c.state.not_in(ENDED)).values(values)
    )
    if done.rowcount != 1:
        raise LostJobError(f"任务 {job_id} 已结束 / job {job_id} has ended")
    _event(tx, job_id, attempt, state, note="" if error is None else error["zh"])


def _event(tx: Tx, job_id: str, attempt: int, event: str, **values: Any) -> None:
    row = {"stage": "", "level": "", "best": None, "bound": None, "note": "", **values}
    tx.run(insert(job_events).values(job_id=job_id, attempt=attempt, at=DatabaseNow(), event=event, **row))

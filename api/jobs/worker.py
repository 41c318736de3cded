"""A worker: claims jobs and runs each in a process of its own, which it watches.

The child may be killed, hang, or eat memory without harm to the worker; the worker may be killed without harm to the
job. As many workers as one likes, on any machine that reaches the database.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import platform
import threading
import time
import uuid
from dataclasses import dataclass, field

import psutil
from sqlalchemy.exc import SQLAlchemyError

from api import forks
from api.jobs.child import STOP, Order, main
from api.settings import Settings
from api.store import queue
from api.store.database.engine import Store
from api.store.queue import Job, LostJobError

KINDS_MODULES = (
    "api.jobs.kinds",
    "api.jobs.replan_kind",
    "api.jobs.results_kind",
    "api.jobs.evaluate_kind",
    "api.jobs.publish_kind",
    "api.jobs.verify_kind",
    "api.jobs.whatif_kind",
    "api.jobs.year_kind",
)
WATCH_SECONDS = 0.1
"""How often the child is looked at."""

logger = logging.getLogger(__name__)


@dataclass
class Worker:
    """One worker, to be run in a thread or process of its own; `modules` register the kinds of jobs in the child."""

    store: Store
    settings: Settings
    modules: tuple[str, ...] = KINDS_MODULES
    name: str = field(default_factory=lambda: f"{platform.node()}:{os.getpid()}:{uuid.uuid4().hex[:6]}")
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, until_idle: bool = False) -> int:
        """Run jobs until `stop` is set, or with `until_idle` until there is none; return how many were run.

        A job that runs when `stop` is set goes back into the queue. A database that cannot be reached is waited for.
        """
        done, child = 0, None
        while not self.stop.is_set():
            try:
                child = child or Child()  # before there is a job: the first takes seconds, and a lease runs out
            except (OSError, EOFError) as error:
                logger.warning("no process can be started: %s", error)
                self.stop.wait(1.0)
                continue
            try:
                job = queue.claim(self.store, self.name, self.settings.lease_seconds)
            except SQLAlchemyError as error:
                logger.warning("cannot look for work: %s", error)
                self.stop.wait(min(5.0, 10 * self.settings.poll_seconds))
                continue
            if job is not None:
                logger.info("job %s (%s), attempt %d", job.id, job.kind, job.attempt)
                self._run_one(job, child)
                done, child = done + 1, None
            elif until_idle:
                break
            else:
                self.stop.wait(self.settings.poll_seconds)
        if child is not None:
            child.kill()
        return done

    def _run_one(self, job: Job, child: Child) -> None:
        watch = _Watch(self, job, child)
        try:
            watch.until_ended()
        except LostJobError as error:
            logger.warning("%s", error)
        except SQLAlchemyError as error:
            # The lease runs out, and the job is taken over.
            logger.warning("job %s is left to its lease: %s", job.id, error)
        finally:
            child.kill()


class Child:
    """A process that waits for the attempt that it is to run."""

    def __init__(self) -> None:
        self.tie, end = multiprocessing.Pipe()
        self.process = forks.start(main, end)
        end.close()

    @property
    def pid(self) -> int:
        """Return the process's id."""
        assert self.process.pid is not None  # it was started
        return self.process.pid

    @property
    def ended(self) -> bool:
        """Return whether it runs no more."""
        return self.process.exitcode is not None

    def say(self, message: Order | str) -> None:
        """Send a message, in vain where the process is gone."""
        with contextlib.suppress(OSError):
            self.tie.send(message)

    def kill(self) -> None:
        """End the process and what it has started, if they still run."""
        if not self.ended:
            with contextlib.suppress(psutil.NoSuchProcess):
                for below in psutil.Process(self.pid).children(recursive=True):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        below.kill()
            self.process.kill()
            self.process.join()
        self.tie.close()


class _Watch:
    """Watches the child that runs one job."""

    def __init__(self, worker: Worker, job: Job, child: Child) -> None:
        self.worker, self.job, self.store, self.settings = worker, job, worker.store, worker.settings
        self.child = child
        self.began = self.renewed = self.asked = time.monotonic()
        self.stopped_at: float | None = None
        self.stop = ""
        self.child.say(Order(self.settings, job.id, job.attempt, worker.modules))

    def until_ended(self) -> None:
        """Return when the job has ended, is another's, or is in the queue again. Raises LostJobError."""
        while not self.child.ended:
            if self.worker.stop.wait(WATCH_SECONDS) and not self.child.ended:
                self.child.kill()
                queue.give_back(self.store, self.job, died=False)
                return
            self._renew()
            if self._over_memory() or self._over_time():
                return
        if (code := self.child.process.exitcode) != 0:
            logger.warning("job %s: its process ended with %d", self.job.id, code)
        found = queue.job_of(self.store, self.job.id)
        if found.attempt == self.job.attempt and found.state == "running":
            queue.give_back(self.store, self.job, died=True)

    def _renew(self) -> None:
        """Renew the lease in time, and hear whether to stop. A failing database is waited for while the lease lasts."""
        now = time.monotonic()
        due = now - self.renewed > self.settings.lease_seconds / 3
        if not due and now - self.asked < self.settings.poll_seconds:
            return
        self.asked = now
        try:
            if due:
                stop = queue.heartbeat(self.store, self.job, self.settings.lease_seconds)
                self.renewed = now
            else:
                stop = queue.stop_asked(self.store, self.job)
        except SQLAlchemyError as error:
            if now - self.renewed > self.settings.lease_seconds:
                raise
            logger.warning("job %s: no heartbeat: %s", self.job.id, error)
            return
        except LostJobError:
            found = queue.job_of(self.store, self.job.id)
            if found.attempt != self.job.attempt or not found.ended:
                raise
            # Ended by the child a moment ago, which is about to go.
            self.child.process.join(10)
            self.child.kill()
            return
        if stop:
            self._ask_to_stop(stop)

    def _ask_to_stop(self, why: str) -> None:
        if self.stopped_at is None:
            self.stop, self.stopped_at = why, time.monotonic()
            self.child.say(STOP)

    def _over_time(self) -> bool:
        """Ask a run whose time is up to stop; kill one that was asked and does not. Return whether it was killed."""
        now = time.monotonic()
        if self.stopped_at is None:
            if now - self.began > self.job.run_seconds:
                queue.time_out(self.store, self.job)
                self._ask_to_stop("time")
            return False
        if now - self.stopped_at < self.settings.grace_seconds:
            return False
        self.child.kill()
        if self.stop == "time":
            limit = f"{self.job.run_seconds:g}"
            zh, en = (
                f"超过时限 {limit} 秒，且未在要求后停止。",
                f"over its time of {limit} s, and did not stop when asked",
            )
            queue.fail(self.store, self.job, "time", zh, en)
        else:
            queue.give_back(self.store, self.job, died=True)
        return True

    def _over_memory(self) -> bool:
        """Kill a run that takes more memory than it may; return whether it was."""
        mib = _resident_mib(self.child.pid)
        if mib <= self.job.run_mib:
            return False
        self.child.kill()
        zh = f"内存 {mib} MiB,超过上限 {self.job.run_mib} MiB。"
        queue.fail(self.store, self.job, "memory", zh, f"took {mib} MiB, over its limit of {self.job.run_mib} MiB")
        return True


def _resident_mib(pid: int) -> int:
    """Return the resident memory of a process and all below it, 0 where it is gone."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
    return total // 2**20

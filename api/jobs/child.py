"""The process in which one attempt at a job runs, started by `api.jobs.worker` only.

A connection ties it to the worker: the first message says what to run, a later one asks it to stop, and the end of the
connection means that the worker is gone: then this process ends at once, whatever it is doing. (A solver would let a
signal wait for as long as it searches.) Exit code 0: the job's end is stored, or the job is another's. Anything else:
it died.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

from api.jobs.run import KINDS, Ending, Run
from api.problems import FULL
from api.settings import Settings
from api.store import queue
from api.store.database.engine import Store
from api.store.queue import LostJobError
from planner.domain.errors import PlannerError

NICE = 19
"""Runs give way to the service on the same machine: people wait for its answers, for a plan they come back."""
TRIES = 6
"""How often the end of a run is tried where the database cannot be reached; about a minute in all."""

logger = logging.getLogger(__name__)
Result = TypeVar("Result")


@dataclass(frozen=True)
class Order:
    """What a child is to run: an attempt at a job, whose kind one of `modules` registers."""

    settings: Settings
    job: str
    attempt: int
    modules: tuple[str, ...]


GONE = 17
"""The exit code where the worker is gone."""
STOP = "stop"
"""The message that asks a child to stop."""


def main(tie: Connection) -> None:
    """Run the job that the first message names, and end the process."""
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl-C is for the worker
    if hasattr(os, "nice"):
        os.nice(NICE)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 1)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    sys.exit(_run(tie))


def _run(tie: Connection) -> int:
    try:
        told: Order = tie.recv()
    except (EOFError, OSError):
        os._exit(GONE)
    settings = told.settings
    for module in told.modules:
        importlib.import_module(module)
    store = Store(settings.database_url, pool=2, busy_seconds=settings.busy_seconds, beside=settings.beside)
    stop = threading.Event()
    threading.Thread(target=_listen, args=(tie, stop), daemon=True).start()
    try:
        job = _again(lambda: queue.job_of(store, told.job))
        if job.attempt != told.attempt or job.state != "running":
            return 0
        run = Run(store, job, settings, _again(lambda: queue.incumbent_of(store, job.id)), stop)
        return _attempt(run)
    except LostJobError as error:
        logger.warning("%s", error)
        return 0
    finally:
        store.close()


def _listen(tie: Connection, stop: threading.Event) -> None:
    with contextlib.suppress(EOFError, OSError):
        while True:
            if tie.recv() == STOP:
                stop.set()
    os._exit(GONE)


def _attempt(run: Run) -> int:
    try:
        ending = KINDS[run.job.kind](run)
        _again(lambda: run.flush(at_once=True))
        _again(lambda: _store(run, ending))
    except LostJobError:
        raise
    except DBAPIError:
        # Another worker, or this one a little later, may find the database there again.
        logger.exception("job %s: the database failed", run.job.id)
        return 1
    except PlannerError as error:
        zh, _, en = str(error).partition(" / ")
        _fail(run, _code(error), zh, en or zh, getattr(error, "clauses", ()), getattr(error, "errors", ()))
    except MemoryError:
        _fail(run, "memory", "内存不足。", "out of memory")
    except Exception as error:
        logger.exception("job %s failed", run.job.id)
        if isinstance(error, OSError) and error.errno in FULL:
            _fail(run, "disk-full", "服务器磁盘已满，任务未完成。请管理员清理磁盘后重新提交。", "the disk is full")
            return 0
        name = type(error).__name__
        _fail(run, "defect", f"程序出错({name})，详情见服务日志。", f"a defect ({name}); the service's log tells more")
    return 0


def _store(run: Run, ending: Ending) -> None:
    with queue.ending(run.store, run.job) as (tx, kept):
        kept["result"] = ending(tx)


def _fail(
    run: Run,
    code: str,
    zh: str,
    en: str,
    clauses: Sequence[str] = (),
    errors: Sequence[Mapping[str, Any]] = (),
) -> None:
    _again(lambda: queue.fail(run.store, run.job, code, zh, en, clauses, errors))


def _code(error: PlannerError) -> str:
    """Return the error's own code where it has one, else `input` for InputError, and so on."""
    own = getattr(error, "code", "")
    if own:
        return str(own)
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower() or "planner"


def _again(action: Callable[[], Result]) -> Result:
    """Do what writes to the database in one transaction, again while the database cannot be reached."""
    for tried in range(TRIES - 1):
        try:
            return action()
        except DBAPIError as error:
            logger.warning("the database failed, trying again: %s", error.orig)
            time.sleep(2.0**tried)
    return action()

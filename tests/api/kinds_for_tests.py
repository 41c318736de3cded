"""Kinds of jobs that tests run in children: they count, wait, hang, eat memory, fail."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from sqlalchemy import insert

from api.jobs.run import Ending, Run, kind
from api.store.database.engine import Tx
from api.store.database.schema import decisions
from planner.domain.errors import InputError


@kind("count")
def count(run: Run) -> Ending:
    """Count from the incumbent to `to`, keeping each number; leave one decision row as the result."""
    number = int(run.incumbent or b"0")
    began = number
    while number < run.job.payload["to"] and not run.cancelled():
        time.sleep(run.job.payload.get("step", 0.01))
        number += 1
        run.tell("count", best=number, bound=run.job.payload["to"], keep=str(number).encode())

    def store(tx: Tx) -> Any:
        row = {"object": f"job:{run.job.id}", "agency_id": "", "decision": "counted", "code": "", "reason": ""}
        tx.run(insert(decisions).values(**row, detail={"number": number}, at=tx.now(), who=run.job.created_by))
        return {"number": number, "began": began}

    return store


@kind("hang")
def hang(run: Run) -> Ending:
    """Never end, whatever is asked."""
    run.tell("hang", best=7, keep=b"7")
    while True:
        time.sleep(1)


@kind("eat")
def eat(run: Run) -> Ending:
    """Take memory until killed."""
    held = [bytearray(os.urandom(1 << 20)) for _ in range(4096) if not time.sleep(0.002)]
    return lambda tx: len(held)


@kind("die")
def die(run: Run) -> Ending:
    """Kill the process at every attempt."""
    os.kill(os.getpid(), signal.SIGKILL)
    return lambda tx: None


@kind("refuse")
def refuse(run: Run) -> Ending:
    """Fail with a reason that is fit to be shown."""
    raise InputError("没有这个文件 / no such file")


@kind("break")
def broken(run: Run) -> Ending:
    """Fail by a defect."""
    return lambda tx: 1 // 0

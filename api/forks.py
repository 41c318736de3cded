"""Processes of their own that begin at once: each is forked from one process that has imported the planner.

A run imports the engine, its solvers and compiled kernels, which takes five seconds of a processor where the month of
a small district takes a tenth of one. The process that is forked from does that once. It starts with the first run, has
one Python thread and no connection, ends with the process that started it, and is started anew where it was killed.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import weakref
from collections.abc import Callable
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

IMPORTED = (
    "api.jobs.child",
    "api.jobs.kinds",
    "api.jobs.publish_kind",
    "api.jobs.replan_kind",
    "api.jobs.results_kind",
    "api.jobs.evaluate_kind",
    "api.jobs.verify_kind",
    "api.jobs.whatif_kind",
    "api.jobs.year_kind",
    "planner.service.changes.admitting",
    "planner.service.changes.replanning",
    "planner.service.changes.revising",
    "planner.service.whatif.worth",
)
"""What runs need, by name: this floor of the house knows none of it. One that cannot be imported is left to the run."""
METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"

_started: weakref.WeakSet[BaseProcess] = weakref.WeakSet()


def context() -> BaseContext:
    """Return where such processes come from; on a system that cannot fork, they import everything themselves."""
    found = multiprocessing.get_context(METHOD)
    if METHOD == "forkserver":
        found.set_forkserver_preload(list(IMPORTED))
    return found


def start(run: Callable[..., Any], *given: Any) -> BaseProcess:
    """Start `run(*given)` in a process of its own; what is given is pickled. It is killed where this one exits."""
    process = context().Process(target=run, args=given)  # type: ignore[attr-defined]
    process.start()
    _started.add(process)
    return process  # type: ignore[no-any-return]


def _kill_all() -> None:
    """Kill what still runs. `multiprocessing` waits for its processes at the exit, and a run may take an hour."""
    for process in list(_started):
        with contextlib.suppress(ValueError):  # it was closed
            process.kill()


atexit.register(_kill_all)

"""Peer: Timefold through its Java API, with moves of whole sites beside its own, so that the comparison is fair.

The Python package carries the jars; a JDK compiles the few classes in `java/` once into a folder of the temporary
directory. Compiling is not part of its time, starting the virtual machine is. The open edition searches in one thread.
Not expressed: crews with a skill, and gaps of more than a month.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.peers import LEFT_OUT_COST, Answer
from planner.domain.calendar import months_after
from planner.domain.case import NONE, Case
from planner.domain.plan import LATER, LEFT_OUT
from planner.law.later import comes_alone
from planner.solve.site.arrays import allowed_days

SOURCES = Path(__file__).with_name("java")
NEVER = 99_999
LAST_STEPS = 0.4
"""Seconds left for writing the answer and leaving the virtual machine."""


def missing() -> str:
    """Return what is not there: the JDK or the package."""
    if not (shutil.which("javac") and shutil.which("java")):
        return "no JDK on this machine"
    return "" if find_spec("timefold") else "the package timefold is not installed (extra: peers)"


def _jars() -> str:
    spec = find_spec("timefold")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return os.pathsep.join(str(jar) for folder in folders for jar in sorted(Path(folder).rglob("*.jar")))


def compiled() -> Path:
    """Return the folder of the compiled classes. Raises CalledProcessError where they do not compile."""
    sources = sorted(SOURCES.glob("*.java"))
    try:
        number = version("timefold")
    except PackageNotFoundError:
        number = ""
    digest = sha256(b"".join(source.read_bytes() for source in sources) + number.encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"joint-inspection-planner-timefold-{digest}"
    if not (folder / "Main.class").exists():
        with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
            command = ["javac", "-nowarn", "-proc:none", "-cp", _jars(), "-d", fresh, *map(str, sources)]
            subprocess.run(command, check=True, capture_output=True)
            shutil.copytree(fresh, folder, dirs_exist_ok=True)
    return folder


def _lines(case: Case) -> Iterable[str]:
    """Yield the case as numbers: units, groups, then a line a task with the days it may take."""

    def numbers(values: Iterable[int]) -> str:
        return " ".join(str(int(v)) for v in values)

    ends = [months_after(day, 1) for day in case.days]
    yield numbers(case.setup)
    yield numbers(int(np.searchsorted(case.ordinals, end.toordinal())) for end in ends)
    yield numbers(end.toordinal() for end in ends)
    yield numbers(group.gap_months for group in case.groups)
    yield numbers(min(group.quota, NEVER) for group in case.groups)
    for row in case.plan_capacity[: len(case.units)].tolist():
        yield numbers(row)
    allowed = allowed_days(case)
    for t, task in enumerate(case.tasks):
        days = [*np.flatnonzero(allowed[t]).tolist(), *([LATER] if case.later_to[t] else []), LEFT_OUT]
        weight = LEFT_OUT_COST[task.strength] * task.priority
        facts = (case.site_of[t], case.unit_of[t], case.parent_of[t], case.quarters[t], case.group_of[t], weight)
        company = case.parent_of[t] if comes_alone(case, t) else NONE  # an agency's others could come along, too
        waits = (case.later_from[t], case.later_to[t], company)
        yield numbers((*facts, case.listed[case.site_of[t]], *waits)) + ";" + numbers(days)


def solve_timefold(case: Case, seconds: float, seed: int) -> Answer:
    """Let Timefold construct a plan and search from it until its time is up."""
    classes = compiled()
    start = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "case.txt", Path(folder) / "days.txt"
        given.write_text("\n".join(_lines(case)), encoding="ascii")
        left = seconds - (perf_counter() - start) - LAST_STEPS
        if left <= 0:
            return Answer(None, note="writing the case took all of its time")
        path = os.pathsep.join([str(classes), _jars()])
        arguments = [str(given), str(found), str(round(left * 1000)), str(seed)]
        run = subprocess.run(["java", "-cp", path, "Main", *arguments], capture_output=True, text=True, check=False)
        if run.returncode or not found.exists():
            return Answer(None, note=f"failed: {run.stderr.strip().splitlines()[-1:]}")
        told = dict(line.split(" ", 1) for line in run.stdout.splitlines() if line.startswith(("first ", "score ")))
        day = np.array(found.read_text(encoding="ascii").split(), dtype=np.int64)
        first = float(told["first"]) / 1000 if "first" in told else None
        return Answer(day, None, first, note=f"score {told.get('score', '')}")

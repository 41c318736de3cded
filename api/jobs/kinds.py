"""The kinds of jobs. Each does its work, leaving nothing that lasts, and returns what stores its results at the end.

Payloads: `demo` {seed?}; `import` {path, replace?}, a workbook or folder that the worker can read; `plan` {month,
seed?, parent?}; `export` {plan}, which writes a stored plan's files anew.

The planner's engines are imported by the kinds that need them: a child that only reads tables starts in half the time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.jobs.run import Ending, Run, kind
from api.store.engine import Tx
from api.store.errors import StateError
from api.store.imports import import_in
from api.store.library import file_hash, latest, tables_in
from api.store.plans import add_plan, case_revision, document_of, plan_of
from api.store.rows import raw_tables
from planner.draw.record import record_to_json
from planner.intake.kept_findings import write_findings
from planner.intake.reader import read_tables
from planner.intake.records import Tables
from planner.intake.writer import write_folder

if TYPE_CHECKING:
    from planner.service import Step

INPUT = "input"
"""Folder beside a plan's files with what it was made from, so that `planner verify` can hold one against the other."""


@kind("demo")
def demo(run: Run) -> Ending:
    """Make the demonstration district and import it; its tables replace what is there."""
    from scenarios.demo import DEFAULT_SEED, write_demo

    run.tell("generate")
    with _scratch(run) as folder:
        source = write_demo(folder / "demo", seed=run.job.payload.get("seed", DEFAULT_SEED))
        return _import(run, source, replace=True)


@kind("import")
def import_file(run: Run) -> Ending:
    """Read a workbook or folder and store its usable rows and its findings."""
    return _import(run, Path(run.job.payload["path"]), replace=run.job.payload.get("replace", False))


@kind("plan")
def plan(run: Run) -> Ending:
    """Plan a month of the store as it stands, and store the plan, its draws and its files. Stopped, it keeps its best.

    A month without a plan has none stored; the result says why.
    """
    from planner.service import describe, plan_tables, write_outputs
    from planner.service.plan_file import plan_document

    payload, month = run.job.payload, run.job.payload["month"]
    run.tell("read")
    with run.store.read() as tx:
        revision = payload.get("revision") or latest(tx)
        tables = tables_in(tx, month, revision)
    with _scratch(run) as folder:
        out = folder / "out"
        _keep_input(tables, out / INPUT)
        planned = plan_tables(
            tables,
            month,
            payload.get("seed"),
            tell=teller(run),
            cancel=run.cancelled,
            credits=_credits(tables),
            source=out / INPUT,
        )
        headline = describe(planned)
        if planned.result.plan is None:
            notes = list(planned.result.notes)
            return lambda tx: {**headline, "plan": None, "revision": revision, "notes": notes}
        run.tell("write")
        document = plan_document(planned)
        artefacts = _publishable(run, out, write_outputs(planned, out))
    records = [record_to_json(record) for record in planned.prepared.draws]

    def store(tx: Tx) -> Any:
        row = add_plan(
            tx,
            document,
            run.job.created_by,
            revision=revision,
            synthetic=tables.synthetic,
            draw_records=records,
            parent=payload.get("parent"),
            job=run.job.id,
            artefacts=artefacts,
        )
        return {**headline, "plan": row.id, "revision": revision, "artefacts": artefacts}

    return store


@kind("export")
def export(run: Run) -> Ending:
    """Write the files of a stored plan anew, without solving. Raises InputError where library or law have changed."""
    from planner.service import write_outputs
    from planner.service.plan_file import restore_tables

    with run.store.read() as tx:
        row = plan_of(tx, run.job.payload["plan"])
        document = document_of(tx, row.id)
        revision = case_revision(tx, row.case_hash)
        if revision is None:
            raise StateError("该方案不是由数据库中的数据排出的 / the plan was not made from the store")
        tables = tables_in(tx, row.month, revision)
    with _scratch(run) as folder:
        out = folder / "out"
        _keep_input(tables, out / INPUT)
        planned = restore_tables(document, tables, out / INPUT, teller(run))
        artefacts = _publishable(run, out, write_outputs(planned, out))
    return lambda tx: {"plan": row.id, "plan_hash": row.plan_hash, "artefacts": artefacts}


def teller(run: Run) -> Callable[[Step], None]:
    """Return what the planner tells its steps to, as progress of the run."""

    def tell(step: Step) -> None:
        solving = step.solving
        if solving is None:
            run.tell(step.stage, note=step.detail)
        else:
            run.tell(step.stage, level=solving.level, best=solving.best, bound=solving.bound, note=solving.note)

    return tell


def _import(run: Run, source: Path, *, replace: bool) -> Ending:
    run.tell("read")
    tables = read_tables(source, lambda table, rows: run.tell("read", note=f"{table} {rows:,}"))
    sha256 = file_hash(source)
    run.tell("store")

    def store(tx: Tx) -> Any:
        done = import_in(tx, tables, run.job.created_by, replace=replace, sha256=sha256)
        return {"revision": done.revision, "rows": done.counts, "findings": done.findings}

    return store


def _keep_input(tables: Tables, folder: Path) -> None:
    """Write what a plan is made from, with what was found in reading it."""
    write_folder(raw_tables(tables), folder)
    write_findings(folder, tables.findings)


def _credits(tables: Tables) -> str:
    from planner.cli.plan_commands import MAP_CREDITS

    return MAP_CREDITS if tables.synthetic else ""


def _publishable(run: Run, folder: Path, paths: list[Path]) -> list[dict[str, Any]]:
    """Move `folder` with its files to the artefacts, under job and attempt: no attempt meets another's files."""
    name = f"{run.job.id}/{run.job.attempt}"
    target = run.settings.artefacts / name
    target.parent.mkdir(parents=True, exist_ok=True)
    names = [path.relative_to(folder).as_posix() for path in paths]
    shutil.move(folder, target)
    return [
        {"name": part, "path": f"{name}/{part}", "sha256": file_hash(target / part), "bytes": size}
        for part in names
        if (size := (target / part).stat().st_size)
    ]


@contextmanager
def _scratch(run: Run) -> Iterator[Path]:
    """Give a folder beside the artefacts that is gone afterwards; what earlier attempts left is removed."""
    above = run.settings.data / "scratch" / run.job.id
    shutil.rmtree(above, ignore_errors=True)
    folder = above / str(run.job.attempt)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        # Only this attempt's: one that was taken for dead must not clear away its successor's.
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            above.rmdir()

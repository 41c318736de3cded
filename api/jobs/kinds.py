"""The kinds of jobs. Each does its work, leaving nothing that lasts, and returns what stores its results at the end.

Payloads: `demo` {seed?}; `import` {path, replace?}, a workbook or folder that the worker can read; `plan` {month,
seed?, year?}; `validate` {month, seed?}, which screens and draws and solves nothing; `revise` {plan, operation,
operations, reason}, another plan made of a stored one by hand; `export` {plan}, which writes a stored plan's files
anew.

The planner's engines are imported by the kinds that need them: a child that only reads tables starts in half the time.
"""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.desk.library.identities import matched_with
from api.desk.plans.patches import changes_of, held_of
from api.desk.plans.restoring import keep, pack
from api.jobs.run import Ending, Run, kind
from api.store.database.engine import Tx
from api.store.database.errors import StateError
from api.store.inputs.imports import import_in
from api.store.inputs.library import file_hash, latest, tables_in
from api.store.inputs.rows import raw_tables
from api.store.planned.hidden import hidden_of
from api.store.planned.plans import Document, Made, PlanRow, add_plan, case_source, document_of, plan_of, replace_files
from api.store.queue import part_of
from planner.draw.record import record_to_json
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.words.kept_findings import write_findings
from planner.intake.write.writer import write_folder

if TYPE_CHECKING:
    from planner.service import Planned, Step
    from planner.service.month.planning import Incumbent

INPUT = "input"
"""Folder beside a plan's files with what it was made from, so that `planner verify` can hold one against the other."""


@kind("demo")
def demo(run: Run) -> Ending:
    """Make the demonstration district and import it; its tables replace what is there."""
    from scenarios.demo import DEFAULT_SEED, write_demo

    run.tell("generate")
    with scratch(run) as folder:
        source = write_demo(folder / "demo", seed=run.job.payload.get("seed", DEFAULT_SEED))
        return _import(run, source, replace=True)


@kind("import")
def import_file(run: Run) -> Ending:
    """Read a workbook or folder and store its usable rows and its findings."""
    return _import(run, Path(run.job.payload["path"]), replace=run.job.payload.get("replace", False))


@kind("plan")
def plan(run: Run) -> Ending:
    """Plan a month of the store as it stands, and store the plan, its draws and its files; what `year` put into the
    month has to be done in it.

    Stopped, it keeps its best; taken over, it goes on from the best that was stored.

    A month without a plan has none stored; the result says why.
    """
    from planner.service import NOTHING, describe, due_in, plan_tables
    from planner.service.month.planning import Attempts

    payload, month = run.job.payload, run.job.payload["month"]
    run.tell("read")
    with run.store.read() as tx:
        revision = payload.get("revision") or latest(tx)
        tables = tables_in(tx, month, revision)
        year = part_of(tx, payload["year"], 1) if "year" in payload else None
    keeper = Keeper()
    with scratch(run) as folder:
        out = folder / "out"
        keep_input(tables, out / INPUT)
        planned = plan_tables(
            tables,
            month,
            payload.get("seed"),
            tell=teller(run, keeper),
            cancel=run.cancelled,
            credits=_credits(tables),
            source=out / INPUT,
            given=NOTHING if year is None else due_in(month, year),
            attempts=Attempts(keeper.keep, unpacked(run.incumbent)),
        )
        if planned.result.plan is None:
            headline, notes = describe(planned), list(planned.result.notes)
            return lambda tx: {**headline, "plan": None, "revision": revision, "notes": notes}
        return kept(run, planned, out, revision)


def kept(
    run: Run,
    planned: Planned,
    out: Path,
    revision: int,
    *,
    parent: str | None = None,
    change: Mapping[str, Any] | None = None,
) -> Ending:
    """Write a plan's files to `out` and move them to the artefacts; return what stores the plan."""
    from planner.service import describe, figures
    from planner.service.files.own_outputs import audience_figures
    from planner.service.files.plan_file import plan_document

    run.tell("write")
    headline, document = describe(planned), plan_document(planned)
    artefacts = _files(run, planned, out)
    of_each = audience_figures(planned, figures(planned))
    records = [record_to_json(record) for record in planned.prepared.draws]
    packed = pack(planned)

    def store(tx: Tx) -> Any:
        row = add_plan(
            tx,
            document,
            run.job.created_by,
            revision=revision,
            synthetic=planned.tables.synthetic,
            draw_records=records,
            parent=parent,
            made=Made(run.job.id, artefacts, of_each),
            change=change,
        )
        keep(run.store, row.id, packed)
        return {**headline, "plan": row.id, "revision": revision, "artefacts": artefacts}

    return store


@kind("validate")
def validate(run: Run) -> Ending:
    """Screen and draw a month of the store as it stands: what would be planned, and what was found."""
    from planner.service import findings_summary, prepare_tables

    payload, month = run.job.payload, run.job.payload["month"]
    run.tell("read")
    with run.store.read() as tx:
        revision = latest(tx)
        tables = tables_in(tx, month, revision)
    prepared, rulebook, _ = prepare_tables(tables, month, payload.get("seed"), teller(run))
    found = findings_summary(prepared)
    return lambda tx: {**found, "month": month, "revision": revision, "rulebook_version": rulebook.version}


@kind("revise")
def revise(run: Run) -> Ending:
    """Make another draft of a plan by operations on its visits and tasks.

    `operation` hold keeps all that they do not touch; solve plans the month anew around what is held. Fails where a
    rule stands against it.
    """
    from planner.service.changes.revising import apply_changes, solve_around
    from planner.service.changes.revising import revise as revised
    from planner.service.files.plan_file import restore_tables

    payload = run.job.payload
    run.tell("read")
    row, document, revision, tables = stored(run, payload["plan"])
    with scratch(run) as folder:
        out = folder / "out"
        planned = restore_tables(document, tables, out / INPUT, teller(run))
        changed = apply_changes(planned, changes_of(payload["operations"]), held_of(row))
        change = {
            "operation": payload["operation"],
            "operations": payload["operations"],
            "reason": payload["reason"],
            "held": asdict(changed.held),
        }
        keep_input(tables, out / INPUT)
        if payload["operation"] == "solve":
            done = solve_around(planned, changed, payload["reason"], teller(run), run.cancelled)
        else:
            done = revised(planned, changed, payload["reason"], teller(run))
        return kept(run, done, out, revision, parent=row.id, change=change)


def stored(run: Run, plan_id: str) -> tuple[PlanRow, Document, int, Tables]:
    """Return a stored plan with its document, the library's revision and the rows that it was made of."""
    with run.store.read() as tx:
        row = plan_of(tx, plan_id)
        source = case_source(tx, row)
        if source is None:
            raise StateError("该方案不是由数据库中的数据排出的 / the plan was not made from the store")
        return row, document_of(tx, row.id), *source


@kind("export")
def export(run: Run) -> Ending:
    """Write the files of a stored plan anew, without solving, in place of those before.

    Raises InputError where library or law have changed.
    """
    from planner.service.files.plan_file import restore_tables

    row, document, _, tables = stored(run, run.job.payload["plan"])
    with scratch(run) as folder:
        out = folder / "out"
        keep_input(tables, out / INPUT)
        planned = restore_tables(document, tables, out / INPUT, teller(run))
        run.tell("write")
        with run.store.read() as tx:
            gone = not_standing(tx, row, document)
        artefacts = _files(run, planned, out, gone)

    def store(tx: Tx) -> Any:
        replace_files(tx, row.id, artefacts, run.job.created_by)
        return {"plan": row.id, "plan_hash": row.plan_hash, "artefacts": artefacts}

    return store


class Keeper:
    """Holds the newest incumbent until it is told with the next step."""

    def __init__(self) -> None:
        self._newest: bytes | None = None

    def keep(self, incumbent: Incumbent) -> None:
        """Take an incumbent."""
        text = json.dumps([incumbent.case_hash, list(incumbent.days)])
        self._newest = zlib.compress(text.encode(), 1)

    def take(self) -> bytes | None:
        """Return the newest that was not taken yet."""
        newest, self._newest = self._newest, None
        return newest


def unpacked(incumbent: bytes | None) -> Incumbent | None:
    """Return the incumbent that an earlier attempt kept, None where it kept none."""
    from planner.service.month.planning import Incumbent

    return None if incumbent is None else Incumbent(*json.loads(zlib.decompress(incumbent)))


def teller(run: Run, keeper: Keeper | None = None) -> Callable[[Step], None]:
    """Return what the planner tells its steps to, as progress of the run, with what `keeper` holds."""

    def tell(step: Step) -> None:
        solving = step.solving
        if solving is None:
            run.tell(step.stage, note=step.detail)
        else:
            kept = keeper.take() if keeper else None
            best, bound = solving.best, solving.bound
            run.tell(step.stage, level=solving.level, best=best, bound=bound, note=solving.note, keep=kept)

    return tell


def _import(run: Run, source: Path, *, replace: bool) -> Ending:
    run.tell("read")
    tables = read_tables(source, lambda table, rows: run.tell("read", note=f"{table} {rows:,}"))
    sha256 = file_hash(source)
    premises = matched_with(run.store, tables, replace=replace)
    run.tell("store")

    def store(tx: Tx) -> Any:
        done = import_in(tx, tables, run.job.created_by, replace=replace, sha256=sha256)
        return {"revision": done.revision, "rows": done.counts, "findings": done.findings, "premises": premises}

    return store


def keep_input(tables: Tables, folder: Path) -> None:
    """Write what a plan is made from, with what was found in reading it."""
    write_folder(raw_tables(tables), folder)
    write_findings(folder, tables.findings)


def _credits(tables: Tables) -> str:

    from planner.service import MAP_CREDITS

    return MAP_CREDITS if tables.synthetic else ""


def not_standing(tx: Tx, plan: PlanRow, document: Document) -> frozenset[str]:
    """Return the unannounced tasks of a published plan that have a day in it and do not stand now; of a draft none."""
    if plan.state != "published":
        return frozenset()
    days = (document.get("hidden") or {}).get("days", {})
    stand = {task for row in hidden_of(tx, plan.id, None) for task in row["tasks"]}
    return frozenset(task for task, day in days.items() if day != "out" and task not in stand)


def _files(run: Run, planned: Planned, out: Path, gone: Collection[str] = ()) -> list[dict[str, Any]]:
    """Write all files of a plan, and move them to the artefacts; return each with whom it is for.

    Unannounced tasks that are `gone` are in none that is handed out.
    """
    from planner.service import write_outputs
    from planner.service.files.letters import write_letters
    from planner.service.files.own_outputs import audience_of, telling, write_own_outputs, write_without

    names = [path.relative_to(out).as_posix() for path in write_outputs(planned, out)]
    audiences = {name: audience_of(planned, name) for name in names} | write_own_outputs(planned, out)
    if planned.result.duty is not None:
        audiences |= write_letters(planned, out, Path(run.settings.letters) if run.settings.letters else None)
    if gone:
        written = write_without(planned, gone, out)
        for name in telling(planned, gone) - written.keys():
            audiences.pop(name, None)
            (out / name).unlink(missing_ok=True)
    return publishable(run, out, audiences)


def publishable(run: Run, folder: Path, audiences: Mapping[str, str]) -> list[dict[str, Any]]:
    """Move `folder` with its files to the artefacts, under job and attempt: no attempt meets another's files."""
    name = f"{run.job.id}/{run.job.attempt}"
    target = run.settings.artefacts / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder, target)
    return [
        {"name": part, "path": f"{name}/{part}", "sha256": file_hash(target / part), "bytes": size, "for": audience}
        for part, audience in audiences.items()
        if (size := (target / part).stat().st_size)
    ]


@contextmanager
def scratch(run: Run) -> Iterator[Path]:
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

"""The kind of job that makes the next version of a published plan after an event.

Payload: {plan, month, event, reason}. The version is a draft with its lineage: the event, what it changes with its
proof, and each agency's notice stand in its `change`. Bookings made while it ran are missing in it, and publishing it
is then refused: whoever published it would break what was promised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.desk.plans.patches import held_of
from api.desk.published.kept_books import Kept, caught_up, kept_of
from api.jobs.kinds import INPUT, keep_input, kept, scratch, stored, teller
from api.jobs.run import Ending, Run, kind
from api.store.inputs.library import latest, tables_in
from api.store.planned.plans import PlanRow

if TYPE_CHECKING:
    from planner.service import Planned
    from planner.service.changes.revising import Held


@kind("replan")
def replan(run: Run) -> Ending:
    """Replan after an event and store the version as a draft. Fails where pins or crews leave nothing lawful."""
    from planner.service.changes.replanning import version_of
    from planner.service.files.plan_file import restore_tables

    payload = run.job.payload
    run.tell("read")
    row, document, revision, tables = stored(run, payload["plan"])
    with scratch(run) as folder:
        out = folder / "out"
        planned = restore_tables(document, tables, out / INPUT, teller(run))
        book = kept_of(run.store, row, planned)
        caught_up(run.store, book)
        if payload["event"]["kind"] == "accepted":
            return _with_accepted(run, row, planned, book, out)
        run.tell("match")
        done = version_of(planned, book.book, payload["event"], held_of(row), payload["reason"], teller(run))
        change = _change(run, done.held, book, done.found)
        keep_input(tables, out / INPUT)
        return kept(run, done.planned, out, revision, parent=row.id, change=change)


def _with_accepted(run: Run, row: PlanRow, planned: Planned, book: Kept, out: Path) -> Ending:
    """Plan the month anew from the data as they are, all that stands pinned, and store it as the next version."""
    from planner.service.changes.admitting import admit

    payload = run.job.payload
    with run.store.read() as tx:
        revision = latest(tx)
        tables = tables_in(tx, row.month, revision)
    keep_input(tables, out / INPUT)
    held = held_of(row)
    done = admit(planned, book.book, held, tables, out / INPUT, payload["reason"], teller(run), run.cancelled)
    change = _change(run, held, book, done.found)
    return kept(run, done.planned, out, revision, parent=row.id, change=change)


def _change(run: Run, held: Held, book: Kept, found: Mapping[str, Any]) -> dict[str, Any]:
    payload = run.job.payload
    return {
        "operation": "replan",
        "operations": [payload["event"]],
        "reason": payload["reason"],
        "held": asdict(held),
        "number": book.number,
        **{name: found[name] for name in ("changed_visits", "proven", "entries_proven", "diff", "notices")},
    }

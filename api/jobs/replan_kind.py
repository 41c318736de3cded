"""The kind of job that makes the next version of a published plan after an event.

Payload: {plan, month, event, reason}. The version is a draft with its lineage: the event, what it changes with its
proof, and each agency's notice stand in its `change`. Bookings made while it ran are missing in it, and publishing it
is then refused: whoever published it would break what was promised.
"""

from __future__ import annotations

from dataclasses import asdict

from api.desk.kept_books import caught_up, kept_of
from api.jobs.kinds import INPUT, keep_input, kept, scratch, stored, teller
from api.jobs.patches import held_of
from api.jobs.run import Ending, Run, kind


@kind("replan")
def replan(run: Run) -> Ending:
    """Replan after an event and store the version as a draft. Fails where pins or crews leave nothing lawful."""
    from planner.service.plan_file import restore_tables
    from planner.service.replanning import version_of

    payload = run.job.payload
    run.tell("read")
    row, document, revision, tables = stored(run, payload["plan"])
    with scratch(run) as folder:
        out = folder / "out"
        planned = restore_tables(document, tables, out / INPUT, teller(run))
        book = kept_of(run.store, row, planned)
        caught_up(run.store, book)
        run.tell("match")
        done = version_of(planned, book.book, payload["event"], held_of(row), payload["reason"], teller(run))
        change = {
            "operation": "replan",
            "operations": [payload["event"]],
            "reason": payload["reason"],
            "held": asdict(done.held),
            "number": book.number,
            **{name: done.found[name] for name in ("changed_visits", "proven", "entries_proven", "diff", "notices")},
        }
        keep_input(tables, out / INPUT)
        return kept(run, done.planned, out, revision, parent=row.id, change=change)

"""The kinds of jobs that ask a stored plan what would be if; they change nothing of it.

`whatif` {plan, month, depth, scenarios: [{name, text}]} plays scenarios one after the other. Each is kept as it is
finished, with its document, so that a run which is taken over does not play it again; one that was begun is begun anew.
`worth` {plan, month} reckons what a crew more of each unit in each week is worth, as one part.
`compare` {plan, other, month} sets the other plan of the month beside the first, as one part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.desk.plans.restoring import at_hand, restored
from api.jobs.kinds import stored, teller
from api.jobs.run import Ending, Run, kind
from api.store import queue
from api.store.database.engine import Tx
from planner.domain.errors import InputError

if TYPE_CHECKING:
    from planner.service import Base, Planned


@kind("whatif")
def whatif(run: Run) -> Ending:
    """Play scenarios from a plan, as far as `depth` says. Stopped, it keeps those that are finished."""
    from planner.service import Depth, play, played_json, scenarios_of

    payload = run.job.payload
    scenarios = [one for file in payload["scenarios"] for one in scenarios_of(file["text"], file["name"])]
    with run.store.read() as tx:
        done = queue.parts_of(tx, run.job.id)
    base = _base(run)
    for number, one in enumerate(scenarios, start=1):
        if number in done:
            continue
        if run.cancelled():
            break
        _step(run, f"{number}/{len(scenarios)} {one.file.title}")
        head = {"name": one.name, "title": one.file.title, "argues": one.file.argues}
        try:
            document = played_json(base.planned, play(base, one, Depth(payload["depth"]), run.cancelled))
        except InputError as error:  # this one cannot be played; the others can
            document = {"scenario": head, "refused": str(error)}
        if run.cancelled():
            break  # a search that was cut short proves less than it might
        queue.keep_part(run.store, run.job, number, told_of(head, document), document)

    def store(tx: Tx) -> Any:
        told = queue.parts_of(tx, run.job.id)
        refused = sum(one["refused"] is not None for one in told.values())
        return {"plan": payload["plan"], "scenarios": len(scenarios), "played": len(told) - refused, "refused": refused}

    return store


@kind("worth")
def worth(run: Run) -> Ending:
    """Reckon what a crew more is worth, by unit and week, and play the best of them at once."""
    from planner.service import worth_json

    with run.store.read() as tx:
        done = queue.parts_of(tx, run.job.id)
    if not done:
        base = _base(run)
        document = worth_json(base, told=lambda unit: _step(run, unit))
        queue.keep_part(run.store, run.job, 1, {"crews": len(document["crews"])}, document)
    return lambda tx: {"plan": run.job.payload["plan"], **queue.parts_of(tx, run.job.id)[1]}


@kind("compare")
def compare(run: Run) -> Ending:
    """Compare two stored plans on the same service, as `planner compare` does."""
    from planner.service import compare_plans, units_beside

    payload = run.job.payload
    with run.store.read() as tx:
        done = queue.parts_of(tx, run.job.id)
    if not done:
        first, second = (_planned(run, payload[name]) for name in ("plan", "other"))
        _step(run, "")
        document = compare_plans(first, second, payload["other"])
        told = told_of({}, document) | {"figures": document["figures"], "units": units_beside(first, second)}
        queue.keep_part(run.store, run.job, 1, told, document)
    return lambda tx: {"plan": payload["plan"], "other": payload["other"]}


def _step(run: Run, note: str) -> None:
    run.tell("play", note=note)
    run.flush(at_once=True)


def _base(run: Run) -> Base:
    from planner.service import Base

    return Base(_planned(run, run.job.payload["plan"]))


def _planned(run: Run, plan_id: str) -> Planned:
    """Return a plan with its case: as the run that made it left it, else made again."""
    from planner.service.files.plan_file import restore_tables

    run.tell("read")
    planned = restored(run.store, plan_id) if at_hand(run.store, plan_id) else None
    if planned is None:
        _, document, _, tables = stored(run, plan_id)
        planned = restore_tables(document, tables, tell=teller(run))
    if planned.result.violations:
        raise InputError("方案违反规则，不能作基准 / the plan breaks rules and is no base")
    return planned


def told_of(head: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the short of a scenario's document: nothing of single tasks, sites or people, and nothing that counts
    what is not announced.
    """
    same = document.get("same_service")
    return {
        **head,
        "refused": document.get("refused"),
        "status": document.get("status"),
        "reason": document.get("reason_zh") or document.get("not_comparable_zh") or "",
        "plan_hash": document.get("plan_hash") or None,
        "touched": document.get("touched", []),
        "findings": [text.partition(" / ")[0] for text in document.get("findings", ())],
        "common": document["requirements"]["common"] if "requirements" in document else None,
        "entries": None if same is None else same["effect"],
        "holds_for": "" if same is None else same["holds_for"],
        "verdict": document["verdict"]["zh"] if document.get("verdict") else None,
        "levels": document.get("levels", []),
    }

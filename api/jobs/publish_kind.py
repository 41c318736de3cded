"""The kind of job that checks a draft once more, independently of the solver, and publishes it.

Payload: {plan, month, version, reason}. The check reads the plan's own file and the library's rows that it was made of;
it takes seconds to minutes and as much memory as planning, so it runs here and not in the process that answers people.
Publishing itself is the end of the run, in one transaction: a run that is killed, stopped or out of time has published
nothing. An unannounced check whose filing is not proven is withheld and stops nothing: others would see that it did.
For the same reason the plan is published without its unannounced checks where something is wrong with these alone. In
both cases no file that is handed out tells of what does not stand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.desk.filings.proving import barred, unproven_of
from api.desk.plans.calendars import numbered
from api.desk.plans.publishing import refuse_unpublishable
from api.jobs.kinds import publishable, scratch
from api.jobs.run import Ending, Run, kind
from api.store import queue
from api.store.database.engine import Tx
from api.store.database.errors import StateError
from api.store.planned.plans import PlanRow, case_source, document_of, plan_of, standing_of, with_artefacts
from api.store.planned.plans import publish as publish_in
from planner.domain.errors import PlannerError
from planner.domain.finding import Severity
from planner.intake.routes.standing import Refusal

if TYPE_CHECKING:
    from planner.service import Planned, Problem

TOLD = 50
"""How many of the things wrong are kept with a run that failed."""


class CheckFailedError(PlannerError):
    """The independent check found something wrong; `errors` has a dict (`where`, `detail`) for each of the first."""

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        count = len(errors)
        super().__init__(f"发布前核验未通过（{count} 处），方案未发布。请重新统筹 / the check found {count} errors")
        self.errors = [dict(error) for error in errors[:TOLD]]


class UnfiledError(PlannerError):
    """Filings of the plan must not be published yet; `code` is that of the first, `errors` has a dict for each."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        names = sorted({one.filing for one in refusals})
        super().__init__(
            f"有 {len(names)} 份计划还不得公布，方案未发布。请补齐程序和编码；没有凭据的请认可并写明理由"
            f" / {len(names)} filings must not be published yet"
        )
        self.code = refusals[0].code
        self.clauses = tuple(dict.fromkeys(clause for one in refusals for clause in one.clauses))
        self.errors = [
            {"where": one.filing, "detail": f"[{one.code}] {one.zh}（{'、'.join(one.clauses)}）"} for one in refusals
        ]


@kind("publish")
def publish(run: Run) -> Ending:
    """Check a draft and publish it.

    Fails where the check does, where a filing of it must not be published yet, or where the draft has changed in the
    meantime.
    """
    from planner.service import unannounced_visits, verified, visited_filings
    from planner.service.files.own_outputs import telling

    payload = run.job.payload
    _step(run, "read")
    with run.store.read() as tx:
        row = refuse_unpublishable(tx, payload["plan"], payload["version"])
        source = case_source(tx, row)
        document = document_of(tx, row.id)
    path = file_of(run, row)
    errors = differences(path, row, document)
    _step(run, "check")
    found, planned = verified(path, tables=source and source[1])
    wrong = [one for one in found if one.severity is Severity.ERROR]
    errors += [_told(one) for one in wrong if not one.hidden]
    if errors:
        raise CheckFailedError(errors)
    assert planned is not None
    refused = [_told(one) for one in wrong][:TOLD]
    visited, known = visited_filings(planned), {one.filing_id for one in planned.tables.filings}
    unannounced = unannounced_visits(planned)
    with run.store.read() as tx:
        unproven = unproven_of(tx, row.month, unannounced, known)
    gone = {task.id for task in unannounced} if refused else set(unproven)
    artefacts = _without(run, row, planned, gone)
    _step(run, "store")

    def store(tx: Tx) -> Any:
        if queue.job_in(tx, run.job.id).stop:
            return {"plan": row.id, "published": False}
        refuse_unpublishable(tx, row.id, payload["version"])
        refusals = barred(tx, row.month, visited, known)
        if refusals:
            raise UnfiledError(refusals)
        unproven = unproven_of(tx, row.month, unannounced, known)
        late = telling(planned, unproven.keys() - gone)  # withdrawn since the files were written: these wait, too
        kept = [one for one in artefacts if one["name"] not in late]
        before = standing_of(tx, row.month)  # first of all: the files of what is published are bound with it
        with_artefacts(tx, row.id, numbered(run.settings, row.id, kept, before.artefacts) if before else kept)
        who, version = run.job.created_by, payload["version"]
        publish_in(tx, row.id, who, version, payload["reason"], unproven, [one["where"] for one in refused])
        done = {"plan": row.id, "published": True, "version": plan_of(tx, row.id).etag}
        return {**done, "refused": refused} if refused else done

    return store


def _told(one: Problem) -> dict[str, str]:
    return {"where": one.code, "detail": one.text("zh")}


def _without(run: Run, row: PlanRow, planned: Planned, gone: Collection[str]) -> list[Mapping[str, Any]]:
    """Return a plan's files; those that tell of unannounced tasks that are `gone` are written anew without these."""
    from planner.service.files.own_outputs import telling, write_without

    if not gone:
        return list(row.artefacts)
    with scratch(run) as folder:
        out = folder / "out"
        out.mkdir()
        anew = {one["name"]: one for one in publishable(run, out, write_without(planned, gone, out))}
    names = telling(planned, gone) - anew.keys()
    return [anew.get(one["name"], one) for one in row.artefacts if one["name"] not in names]


def _step(run: Run, stage: str) -> None:
    """Tell a step and store it at once: how many steps others are shown must not depend on how long each takes."""
    run.tell(stage)
    run.flush(at_once=True)


def file_of(run: Run, row: PlanRow) -> Path:
    """Return the path of a plan's own file. Raises StateError where it is gone."""
    kept = next((one for one in row.artefacts if one["name"] == "plan.json"), None)
    path = run.settings.artefacts / str(kept["path"]) if kept else None
    if path is None or not path.is_file():
        raise StateError(
            "方案的文件 plan.json 已不在服务器上，无法核验。请先重新生成文件 / "
            "the plan's file is gone: export the plan first"
        )
    return path


def differences(path: Path, row: PlanRow, document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return where file and database differ from what was stored: what is checked must be what is published."""
    content = path.read_bytes()
    recorded = next(one["sha256"] for one in row.artefacts if one["name"] == "plan.json")
    if hashlib.sha256(content).hexdigest() != recorded:
        return [{"where": "file", "detail": "文件 plan.json 与生成时登记的 SHA-256 不符：文件被改动。"}]
    if json.loads(content) != document:
        return [{"where": "document", "detail": "数据库中的方案与文件 plan.json 不一致：数据库中的方案被改动。"}]
    return []

"""The kind of job that checks a draft once more, seals it, draws its inspectors and publishes it.

Payload: {plan, month, version, reason}. The check reads the plan's own file and the library's rows that it was made of;
it takes seconds to minutes and as much memory as planning, so it runs here and not in the process that answers people.
The seal is a transaction of its own: from then on the plan's hash is public and the numbers promised for the draw are
called for. Where bodies have promised some, the run ends there, and another one goes on once they are revealed or
their time is over. Publishing is the end of the run, in one transaction: a run that is killed, stopped or out of time
has published nothing, and the next one goes on from the seal. An unannounced check whose filing is not proven is
withheld and stops nothing: others would see that it did. For the same reason the plan is published without its
unannounced checks where something is wrong with these alone. In both cases no file that is handed out tells of what
does not stand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.desk.filings.proving import barred, unproven_of
from api.desk.plans.calendars import numbered
from api.desk.plans.corrected import refuse_corrected
from api.desk.plans.publishing import refuse_unpublishable
from api.desk.plans.restoring import keep, pack
from api.jobs.kinds import INPUT, files_of, keep_input, scratch
from api.jobs.run import Ending, Run, kind
from api.store import queue
from api.store.database.clock import local_date
from api.store.database.engine import Tx
from api.store.database.errors import StateError
from api.store.planned.plans import (
    Document,
    Made,
    PlanRow,
    case_source,
    document_of,
    name_plan,
    plan_of,
    refuse_conflicts,
    standing_of,
    with_artefacts,
)
from api.store.planned.plans import publish as publish_in
from api.store.planned.sealing import called_by, seal, waiting_for
from planner.domain.errors import PlannerError
from planner.domain.finding import Severity
from planner.draw.sites import Commitment
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
    """Check a draft, seal it, draw its inspectors and publish it; a sealed one is checked and gone on with.

    Fails where the check does, where a filing of it must not be published yet, or where the draft has changed in the
    meantime.
    """
    from planner.service import sealed_hash, unannounced_visits, verified, visited_filings
    from planner.service.files.own_outputs import telling
    from planner.service.files.plan_file import plan_document

    payload = run.job.payload
    _step(run, "read")
    with run.store.read() as tx:
        row = refuse_unpublishable(tx, payload["plan"], payload["version"], run.job.id)
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
    announced, law = [one for one in document["visits"] if not one["unannounced"]], planned.rulebook

    def refuse(tx: Tx) -> None:
        refusals = barred(tx, row.month, visited, known)
        if refusals:
            raise UnfiledError(refusals)
        if source is not None:
            stands = standing_of(tx, row.month)
            refuse_corrected(tx, announced, source[1].sites, stands.id if stands else None, law)

    _step(run, "seal")
    row, waiting = _sealed(run, row, document, sealed_hash(planned.result), refuse)
    if waiting or row.sealed is None:
        return lambda tx: {"plan": row.id, "published": False, "sealed": row.sealed is not None, "waiting": waiting}
    _step(run, "names")
    with scratch(run) as folder:
        named, made = _named(run, row, planned, folder / "out", document, gone)
    packed, document = pack(named), plan_document(named)
    _step(run, "store")

    def store(tx: Tx) -> Any:
        if queue.job_in(tx, run.job.id).stop:
            return {"plan": row.id, "published": False, "sealed": True, "waiting": []}
        now = refuse_unpublishable(tx, row.id, payload["version"], run.job.id)
        if now.sealed != row.sealed:
            raise StateError("封存在核验期间被撤回，方案未发布 / the seal was withdrawn in the meantime")
        refuse(tx)
        unproven = unproven_of(tx, row.month, unannounced, known)
        late = telling(named, unproven.keys() - gone)  # withdrawn since the files were written: these wait, too
        kept = [one for one in made.artefacts if one["name"] not in late]
        name_plan(tx, row.id, document, made)
        before = standing_of(tx, row.month)  # first of all: the files of what is published are bound with it
        with_artefacts(tx, row.id, numbered(run.settings, row.id, kept, before.artefacts) if before else kept)
        who = run.job.created_by
        publish_in(tx, row.id, who, now.etag, payload["reason"], unproven, [one["where"] for one in refused])
        keep(run.store, row.id, packed)
        done = {"plan": row.id, "published": True, "version": plan_of(tx, row.id).etag}
        return {**done, "refused": refused} if refused else done

    return store


def _told(one: Problem) -> dict[str, str]:
    return {"where": one.code, "detail": one.text("zh")}


def _sealed(
    run: Run, row: PlanRow, document: Document, hash_: str, refuse: Callable[[Tx], None]
) -> tuple[PlanRow, list[str]]:
    """Return the plan, sealed now or before, and whom it waits for; unsealed where the run was asked to stop.

    What bars publishing, and `refuse` raises for, is looked at before the seal, so that no seal has to be withdrawn
    for it.
    """
    payload = run.job.payload
    with run.store.write() as tx:
        now = refuse_unpublishable(tx, row.id, payload["version"], run.job.id)
        refuse(tx)
        refuse_conflicts(tx, now, document)
        if now.state == "draft":
            if queue.job_in(tx, run.job.id).stop:
                return now, []
            hours = run.settings.reveal_hours
            now = seal(tx, row.id, run.job.created_by, run.job.id, hash_, hours, payload["reason"])
        elif now.sealed is None or now.sealed["timetable_hash"] != hash_:
            raise StateError("方案与封存时不同：请撤回封存后重新发布 / the plan is not the one that was sealed")
        return now, waiting_for(tx, now)


def _named(
    run: Run, row: PlanRow, planned: Planned, out: Path, draft: Mapping[str, Any], gone: Collection[str]
) -> tuple[Planned, Made]:
    """Return the plan with its inspectors, and its files and figures; what is written is held against the draft.

    Unannounced tasks that are `gone` are in no file that is handed out.
    """
    from planner.service import Revealed, figures, name_month, named_problems, with_teams_of
    from planner.service.files.own_outputs import audience_figures

    with run.store.read() as tx:
        called = called_by(tx, row)
        before = standing_of(tx, row.month)
        standing = None if before is None else document_of(tx, before.id)
    assert row.sealed is not None
    nonces = {
        one.holder: (one.number, Commitment(one.holder, one.commitment, local_date(one.promised_at)))
        for one in called
        if one.number is not None and one.revealed_at is not None
    }
    withheld = tuple(sorted(one.holder for one in called if one.revealed_at is None))
    revealed = Revealed(local_date(datetime.fromisoformat(row.sealed["at"])), nonces, withheld)
    keep_input(planned.tables, out / INPUT)
    named = name_month(with_teams_of(replace(planned, source=out / INPUT), standing), revealed)
    run.tell("write")
    path = out / "plan.json"
    artefacts = files_of(run, named, out, gone)
    found = named_problems(
        run.settings.artefacts / next(str(a["path"]) for a in artefacts if a["name"] == path.name), draft, named
    )
    if found:
        raise CheckFailedError([_told(one) for one in found])
    return named, Made(run.job.id, artefacts, audience_figures(named, figures(named)))


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

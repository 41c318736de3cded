"""What proves that filings went their route: asked before publishing, listed for a month, accepted by the bureau.

A filing that was accepted in the service has its code by that; one that was imported proves by its steps or the code in
its row. Where nothing does, the bureau accepts it with a reason before visits for it are published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import select

from api.desk.filings.filings import may_see, visible
from api.desk.filings.proving_models import Accepted, AcceptUnproven, FilingProof, ProofRefusal, Proofs
from api.problems import Problem
from api.rights import Who, own_agencies
from api.store import log
from api.store.database.clock import local_date
from api.store.database.engine import Tx
from api.store.database.schema import filings
from api.store.inputs.filings import Filing
from api.store.inputs.library import Row, held_since, new_revision, put
from planner.domain.calendar import month_bounds
from planner.domain.case import RowRef, TaskInfo
from planner.intake.month.filed_states import filing_standings
from planner.intake.month.lookups import Lookups
from planner.intake.routes.standing import STATE_ZH, Refusal, Standing, State, may_publish
from planner.intake.tables.records import FilingStepRow, Tables
from planner.rulebook.routes import cited_of_filing

CODED_BY_SERVICE = frozenset({"plan.no-code", "plan.unproven"})
"""What a code given at acceptance in the service answers."""


def barred(tx: Tx, month: str, visited: Mapping[str, Collection[str]], known: Collection[str]) -> list[Refusal]:
    """Return what bars publishing visits for the filings `visited`, at their sites, as filings stand now.

    `known` are the filings that the plan was made of: one of them that is no longer in force bars. Filings that are
    not among them are of checks that need no plan.
    """
    found, codes = _standings(tx, month_bounds(month)), _codes(tx)
    refusals = []
    for name in sorted(set(visited) & set(known)):
        if name not in found:
            zh, en = f"计划 {name} 已撤回，不得公布，请重新统筹", f"{name} was withdrawn: plan the month anew"
            refusals.append(Refusal("plan.route-open", name, "", True, cited_of_filing("late"), zh, en))
        else:
            refusals += _against(found[name], visited[name], codes)
    return [one for one in refusals if one.bars]


def unproven_of(tx: Tx, month: str, tasks: Iterable[TaskInfo], known: Collection[str]) -> dict[str, str]:
    """Return, by task id, a filing that bars publishing it as filings stand now, for those of `tasks` that one bars."""
    from planner.service import sites_by_filing

    chosen = list(tasks)
    bars = {(one.filing, one.site) for one in barred(tx, month, sites_by_filing(chosen), known)}
    return {task.id: name for task in chosen for name in task.filings if {(name, task.site), (name, "")} & bars}


def proofs(tx: Tx, who: Who, month: str) -> Proofs:
    """Return where each filing stands whose window meets the month, of those that the caller may see."""
    first, last = month_bounds(month)
    found, codes, own = _standings(tx, (first, last)), _codes(tx), own_agencies(tx, who)
    due = select(filings).where(filings.c.window_from <= last, filings.c.window_to >= first)
    rows = [Filing(**row) for row in tx.rows(due.order_by(filings.c.filing_id))]
    items = [
        _shown(filing, found[filing.filing_id], codes)
        for filing in rows
        if filing.filing_id in found and may_see(who, own, filing)
    ]
    return Proofs(month=month, barred=sum(any(one.bars for one in item.refusals) for item in items), items=items)


def accept_unproven(tx: Tx, who: Who, order: AcceptUnproven) -> Accepted:
    """Accept filings that nothing proves, all or none of them; from then on visits for them may be published.

    Raises NotFoundError where one is not there, Problem 409 naming those that need no acceptance.
    """
    found, codes = _standings(tx, (date.min, date.max)), _codes(tx)
    chosen = [visible(tx, who, name) for name in dict.fromkeys(order.ids)]
    needless = [
        one.filing_id
        for one in chosen
        if one.filing_id not in found
        or "plan.unproven" not in {refusal.code for refusal in _against(found[one.filing_id], (), codes)}
    ]
    if needless:
        errors = [{"where": name, "detail": "不是未证实的计划，或已认可"} for name in needless]
        detail = f"有 {len(needless)} 份计划不需要认可，全部未办。请去掉后再提交。"
        raise Problem(409, "not-unproven", detail, clauses=cited_of_filing("open"), errors=errors)
    revision = new_revision(tx, who.login, "accept", "accept-unproven")
    today = local_date(tx.now())
    steps = [_tick(one, today, order.reason, who.login, number) for number, one in enumerate(chosen, 1)]
    put(tx, revision, [Row("filing_steps", step, step.ref.row) for step in steps])
    for one in chosen:
        grounds = {"version": one.version, "reason": order.reason}
        about = f"filing:{one.filing_id}"
        log.append(
            tx,
            who.login,
            "filing.accept-unproven",
            about,
            grounds,
            reserved=one.unannounced,
            agency_id=one.agency_id,
        )
    return Accepted(ids=[one.filing_id for one in chosen], reason=order.reason)


def _tick(filing: Filing, day: date, reason: str, who: str, number: int) -> FilingStepRow:
    return FilingStepRow(
        filing_id=filing.filing_id,
        version=filing.version,
        step="accept",
        date=day,
        outcome="pass",
        note=reason,
        document_no="",
        by=who,
        code="",
        adds=(),
        ref=RowRef("filing_steps", number),
    )


def _standings(tx: Tx, period: tuple[date, date]) -> dict[str, Standing]:
    """Return where the filings in force stand. An acceptance holds for what the filing said when it was given."""
    rows = held_since(tx, "filings")
    since = {row.filing_id: revision for revision, row in rows}
    steps = [
        step
        for revision, step in held_since(tx, "filing_steps")
        if step.step != "accept" or revision >= since.get(step.filing_id, 0)
    ]
    tables = Tables(
        source="library",
        findings=(),
        agencies=tuple(row for _, row in held_since(tx, "agencies")),
        items=tuple(row for _, row in held_since(tx, "items")),
        filings=tuple(row for _, row in rows),
        filing_steps=tuple(steps),
    )
    return filing_standings(tables, Lookups(tables, *period), *period)


def _codes(tx: Tx) -> frozenset[str]:
    """Return the filings in force that were accepted in the service under a code."""
    query = select(filings.c.filing_id).where(filings.c.accepted_version.is_not(None), filings.c.code != "")
    return frozenset(tx.values(query))


def _against(standing: Standing, sites: Iterable[str], codes: Collection[str]) -> list[Refusal]:
    coded = standing.filing in codes
    return [one for one in may_publish(standing, sites) if not (coded and one.code in CODED_BY_SERVICE)]


def _shown(filing: Filing, standing: Standing, codes: Collection[str]) -> FilingProof:
    by_code: dict[str, list[Refusal]] = defaultdict(list)
    for one in _against(standing, standing.shut, codes):
        by_code[one.code].append(one)
    coded = standing.state in (State.UNPROVEN, State.PASSED) and filing.filing_id in codes
    state = State.CODED if coded else standing.state
    return FilingProof(
        filing_id=filing.filing_id,
        agency_id=filing.agency_id,
        state=str(state),
        state_zh=STATE_ZH[state],
        coded_on=standing.coded_on,
        open_step=standing.open_step,
        accepted=standing.accepted,
        shut=sorted(standing.shut),
        refusals=[
            ProofRefusal(code=code, bars=told[0].bars, detail=told[0].zh, clauses=list(told[0].clauses))
            for code, told in by_code.items()
        ],
    )

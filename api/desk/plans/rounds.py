"""Consultation rounds as each may see them: an agency its own visits of the draft and its own answers, the coordinator
all. Of a joint visit an agency is told what it is told of published ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.desk.filings.filings import told
from api.desk.plans.moves import cases
from api.desk.plans.patches import operations_of
from api.desk.plans.plans import cut_for, names_of, parts
from api.desk.plans.round_models import (
    AnswerIn,
    AskedList,
    AskedVisit,
    FormTaken,
    GivenOut,
    ProposalList,
    ProposalOut,
    RoundOut,
    RoundStatus,
)
from api.marks import cursor_of
from api.problems import Problem
from api.rights import Who, own_agencies
from api.store import Store
from api.store.database.clock import local_date
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.planned.plans import PlanRow, plan_of
from api.store.planned.rounds import Given, Round, add_answers, answers_of, open_round, round_of, rounds_of

if TYPE_CHECKING:
    from planner.intake.read.consultation import Asked


class Eye:
    """Which visits of a draft a caller sees, and in whose name it answers."""

    def __init__(self, tx: Tx, who: Who) -> None:
        self.all = who.sees_all
        self.own = frozenset[str]() if self.all else own_agencies(tx, who) or frozenset()
        self.names = names_of(tx, self.own)

    def parties(self, row: Mapping[str, Any]) -> set[str]:
        """Return the agencies at a visit that the caller speaks for, by id."""
        return {
            party["id"]
            for party in row["agencies"]
            if self.all or party["id"] in self.own or self.names & set(party["units"])
        }

    def rows(self, tx: Tx, plan_id: str) -> Iterator[tuple[int, dict[str, Any], set[str]]]:
        """Yield (place, visit, agencies that the caller speaks for) of the visits that it sees."""
        for place, row in enumerate(parts.of(tx, plan_id, "visits"), 1):
            parties = self.parties(row)
            if parties:
                yield place, row, parties


def open_on(tx: Tx, who: Who, plan_id: str, closes_on: date) -> Round:
    """Open a round on a draft. Raises Problem 409 where it is none, 422 where the date has passed."""
    plan = plan_of(tx, plan_id)
    if plan.state != "draft":
        raise Problem(409, "state", "只有草案可以征求意见。", plan_hash=plan.plan_hash)
    if closes_on < local_date(tx.now()):
        raise Problem(422, "date-passed", f"答复期限 {closes_on} 已过，请另定日期。")
    asked = {party["id"] for row in parts.of(tx, plan_id, "visits") for party in row["agencies"]}
    return open_round(tx, plan_id, closes_on, sorted(asked), who.login)


def visible(tx: Tx, who: Who, round_id: str) -> Round:
    """Return a round. Raises NotFoundError, also where the caller is not asked in it."""
    found = round_of(tx, round_id)
    if who.sees_all or next(Eye(tx, who).rows(tx, found.plan_id), None) is not None:
        return found
    raise NotFoundError(f"没有征求意见 {round_id} / there is no round {round_id}")


def listed(tx: Tx, who: Who, month: str | None, plan_id: str | None) -> list[RoundOut]:
    """Return the rounds that the caller is asked in, newest first."""
    found = []
    for one in rounds_of(tx, month=month, plan_id=plan_id):
        shape = shown(tx, who, one)
        if who.sees_all or shape.agencies:
            found.append(shape)
    return found


def shown(tx: Tx, who: Who, one: Round) -> RoundOut:
    """Return a round with how far the agencies are that the caller speaks for."""
    eye = Eye(tx, who)
    given = answers_of(tx, one.id)
    over = one.closes_on < local_date(tx.now())
    count: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("visits", "agree", "move", "object"), 0))
    names: dict[str, str] = {}
    for _, row, parties in eye.rows(tx, one.plan_id):
        names |= {party["id"]: party["name"] for party in row["agencies"]}
        for agency in parties:
            count[agency]["visits"] += 1
            if (row["id"], agency) in given:
                count[agency][given[row["id"], agency].answer] += 1
    agencies = []
    for agency, told_ in sorted(count.items()):
        open_ = told_["visits"] - told_["agree"] - told_["move"] - told_["object"]
        agencies.append(
            RoundStatus(
                agency_id=agency,
                name=names[agency],
                visits=told_["visits"],
                agreed=told_["agree"],
                moved=told_["move"],
                objected=told_["object"],
                unanswered=open_,
                answered_at=max((g.at for (_, a), g in given.items() if a == agency), default=None),
                late=over and open_ > 0,
            )
        )
    same = ("id", "plan_id", "month", "opened_at", "opened_by", "closes_on", "closed_at")
    values = {name: getattr(one, name) for name in same}
    return RoundOut(**values, overdue=over and one.closed_at is None, agencies=agencies)


def asked(tx: Tx, who: Who, one: Round, agency: str | None, only_open: bool, after: int, limit: int) -> AskedList:
    """Return the visits that the caller is asked about; `only_open`: those that lack an answer of its agencies."""
    plan, eye, given = plan_of(tx, one.plan_id), Eye(tx, who), answers_of(tx, one.id)
    found: list[tuple[int, AskedVisit]] = []
    for place, row, parties in eye.rows(tx, one.plan_id):
        mine = parties if agency is None else parties & {agency}
        said = [given[row["id"], name] for name in sorted(mine) if (row["id"], name) in given]
        if place <= after or not mine or (only_open and len(said) == len(mine)):
            continue
        visit = cut_for(row, None if eye.all else eye.own, eye.names)
        found.append((place, AskedVisit(visit=visit, answers=[_given(one_) for one_ in said])))
        if len(found) == limit:
            break
    more = cursor_of(found[-1][0]) if len(found) == limit else None
    items = [visit for _, visit in found]
    return AskedList(plan_hash=plan.plan_hash, rulebook_version=plan.rulebook_version, items=items, next=more)


def answer(store: Store, who: Who, round_id: str, answers: Iterable[AnswerIn], agency: str | None) -> None:
    """Take an agency's answers: all, or none where one does not say what it must (Problem 422 with each of them)."""
    with store.read() as tx:
        one = visible(tx, who, round_id)
        eye = Eye(tx, who)
        seen = {row["id"]: parties for _, row, parties in eye.rows(tx, one.plan_id)}
        plan = plan_of(tx, one.plan_id)
    if eye.all and agency is None:
        raise Problem(422, "agency", "请写明代哪个检查主体填写（agency_id）。")
    given, errors = list(answers), []
    faults = _Faults(store, plan)
    by_agency: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, item in enumerate(given):
        mine = seen.get(item.visit, set()) if agency is None else seen.get(item.visit, set()) & {agency}
        wrong = None if mine else f"本单位没有入企 {item.visit}"
        for name in sorted(mine):
            wrong = wrong or faults.of(name, item)
            values = {"visit": item.visit, "answer": item.answer, "reason": item.reason, "note": item.note}
            proposed = item.proposed.isoformat() if item.answer == "move" and item.proposed else None
            by_agency[name].append({**values, "proposed": proposed})
        if wrong is not None:
            errors.append({"where": f"answers.{number}", "detail": wrong, "visit": item.visit})
    if errors:
        raise Problem(422, "answers", f"有 {len(errors)} 项答复不能收，全部未收：{errors[0]['detail']}", errors=errors)
    with store.write() as tx:
        for name, said in by_agency.items():
            add_answers(tx, one, name, said, who.login)


def form(store: Store, who: Who, round_id: str, agency: str | None, folder: Path) -> Path:
    """Write the workbook of one agency to mark, and return its path. Raises Problem 404, 422."""
    from planner.service.consultation.consulting import draft_own_form

    with store.read() as tx:
        one = visible(tx, who, round_id)
        name = _speaks_for(tx, who, one, agency)
        plan = plan_of(tx, one.plan_id)
    path = folder / f"征求意见-{plan.month}-{name}.xlsx"
    if not draft_own_form(cases.of(store, plan), name, path):
        raise Problem(404, "not-found", f"草案中没有 {name} 的入企。")
    return path


def take_form(store: Store, who: Who, round_id: str, agency: str | None, path: Path) -> FormTaken:
    """Take the answers of a marked workbook that are in order. Raises Problem 403 where one is another agency's."""
    from planner.service.consultation.consulting import read_consultation

    with store.read() as tx:
        one = visible(tx, who, round_id)
        name = _speaks_for(tx, who, one, agency)
        plan = plan_of(tx, one.plan_id)
    consulted = read_consultation(cases.of(store, plan), [path])
    said = [item for item in consulted.answers if item.verdict in ("agree", "move", "object")]
    if any(item.asked.agency != name for item in said):
        raise Problem(403, "not-own", "工作簿中有其他检查主体的答复，全部未收。请只上传本单位的征求意见稿。")
    rows = [
        {
            "visit": item.asked.visit,
            "answer": item.verdict,
            "proposed": item.day.isoformat() if item.day else None,
            "reason": item.reason,
            "note": item.note,
        }
        for item in said
    ]
    if rows:
        with store.write() as tx:
            add_answers(tx, one, name, rows, who.login)
    return FormTaken(taken=len(rows), findings=[told(finding) for finding in consulted.findings])


def proposals(store: Store, who: Who, round_id: str, kind: str | None, after: int, limit: int) -> ProposalList:
    """Return what the answers come to, visit by visit. Judging an objection takes some hundredths of a second."""
    from planner.service.consultation.proposing import Reply, propose

    with store.read() as tx:
        one = visible(tx, who, round_id)
        plan, given = plan_of(tx, one.plan_id), answers_of(tx, one.id)
        order = [row["id"] for row in parts.of(tx, one.plan_id, "visits")]
    by_visit: dict[str, list[Given]] = defaultdict(list)
    for (visit, _), said in sorted(given.items()):
        by_visit[visit].append(said)
    chosen = [
        (place, visit)
        for place, visit in enumerate(order, 1)
        if place > after and visit in by_visit and (kind is None or (kind == "pin") == _agreed(by_visit[visit]))
    ][:limit]
    replies = {
        visit: [Reply(g.agency_id, g.answer, date.fromisoformat(g.proposed) if g.proposed else None) for g in said]
        for _, visit in chosen
        for said in (by_visit[visit],)
    }
    items = [
        ProposalOut(
            visit=found.visit,
            kind=found.kind,
            day=found.day,
            asked=found.asked,
            agencies=list(found.agencies),
            operations=operations_of(found.changes),
            rules=list(found.breaches),
            answers=[_given(said) for said in by_visit[found.visit]],
        )
        for found in propose(cases.of(store, plan), replies)
    ]
    more = cursor_of(chosen[-1][0]) if len(chosen) == limit else None
    return ProposalList(plan_hash=plan.plan_hash, rulebook_version=plan.rulebook_version, items=items, next=more)


def _agreed(said: Iterable[Given]) -> bool:
    return all(one.answer == "agree" for one in said)


def _speaks_for(tx: Tx, who: Who, one: Round, agency: str | None) -> str:
    """Return the parent agency whose form is meant: the one named, else the only one that the caller speaks for."""
    mine = {name for _, _, parties in Eye(tx, who).rows(tx, one.plan_id) for name in parties}
    if agency is None and len(mine) == 1:
        return mine.pop()
    if agency is None:
        raise Problem(422, "agency", "请写明检查主体（agency_id）。")
    if agency not in mine:
        raise NotFoundError(f"没有检查主体 {agency} / there is no agency {agency}")
    return agency


class _Faults:
    """What is wrong with answers. Agreeing needs no look at the plan's case, which takes seconds to restore."""

    def __init__(self, store: Store, plan: PlanRow) -> None:
        self._store, self._plan = store, plan
        self._asked: dict[tuple[str, str], Asked] | None = None

    def of(self, agency: str, item: AnswerIn) -> str | None:
        """Return what is wrong with an answer, and what to do, None where nothing is."""
        from planner.service.consultation.consulting import asked_in, fault_in

        if item.answer == "agree" and item.proposed is None:
            return None
        planned = cases.of(self._store, self._plan)
        if self._asked is None:
            self._asked = asked_in(planned)
        one = self._asked[item.visit, agency]
        return fault_in(planned, one, item.answer, item.proposed, item.reason, item.note)


def _given(one: Given) -> GivenOut:
    return GivenOut(
        agency_id=one.agency_id,
        visit=one.visit,
        answer=one.answer,
        proposed=None if one.proposed is None else date.fromisoformat(one.proposed),
        reason=one.reason,
        note=one.note,
        at=one.at,
        who=one.who,
    )

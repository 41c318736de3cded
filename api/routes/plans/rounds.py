"""Consultation rounds: a draft goes round among its agencies, who confirm or object; the answers become proposals."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import Depends, Query, Response, UploadFile

from api.desk.filings.filing_models import ReturnOrder
from api.desk.filings.uploads import kept_small
from api.desk.models import Month
from api.desk.plans import rounds as desk
from api.desk.plans.round_models import AnswerOrder, AskedList, FormTaken, ProposalList, RoundOrder, RoundOut
from api.http.deps import Listed, PageDep, SettingsDep, StoreDep
from api.http.downloads import WORKBOOK, workbook
from api.http.routing import router as new_router
from api.rights import Who, allow
from api.store.planned.rounds import close_round

router = new_router("征求意见")

AgencyId = Annotated[str | None, Query(max_length=200, description="检查主体编号；一个账号只代表一个时可省")]


@router.post("/plans/{plan_id}/rounds", operation_id="rounds.open", summary="就草案征求意见", status_code=201)
def open_round(
    plan_id: str, body: RoundOrder, who: Annotated[Who, Depends(allow("rounds.open"))], store: StoreDep
) -> RoundOut:
    """Open a round on a draft: every agency with a visit in it is asked to answer by the date."""
    with store.write() as tx:
        return desk.shown(tx, who, desk.open_on(tx, who, plan_id, body.closes_on))


@router.get("/rounds", operation_id="rounds.list", summary="征求意见列表，新的在前")
def list_rounds(
    who: Annotated[Who, Depends(allow("rounds.list"))],
    store: StoreDep,
    month: Annotated[Month | None, Query(description="月份")] = None,
    plan: Annotated[str | None, Query(max_length=64, description="方案编号")] = None,
) -> Listed[RoundOut]:
    """Return the rounds in which the caller is asked, with how far it is; the coordinator sees who is late."""
    with store.read() as tx:
        return Listed(items=desk.listed(tx, who, month, plan), next=None)


@router.get("/rounds/{round_id}", operation_id="rounds.get", summary="一次征求意见：谁答复了，谁逾期")
def get_round(round_id: str, who: Annotated[Who, Depends(allow("rounds.get"))], store: StoreDep) -> RoundOut:
    """Return a round with how far each agency is that the caller speaks for."""
    with store.read() as tx:
        return desk.shown(tx, who, desk.visible(tx, who, round_id))


@router.get("/rounds/{round_id}/visits", operation_id="rounds.visits", summary="征求意见的入企安排及答复")
def list_asked(
    round_id: str,
    who: Annotated[Who, Depends(allow("rounds.visits"))],
    store: StoreDep,
    page: PageDep,
    agency_id: AgencyId = None,
    unanswered: Annotated[bool, Query(description="只看未答复的")] = False,
) -> AskedList:
    """Return the draft's visits that the caller is asked about, cut to what it may see, with its answers."""
    with store.read() as tx:
        one = desk.visible(tx, who, round_id)
        return desk.asked(tx, who, one, agency_id, unanswered, page.number() or 0, page.limit)


@router.post("/rounds/{round_id}/answers", operation_id="rounds.answer", summary="答复：同意、改期、不能")
def answer_round(
    round_id: str, body: AnswerOrder, who: Annotated[Who, Depends(allow("rounds.answer"))], store: StoreDep
) -> RoundOut:
    """Take answers, all or none. A visit may be answered again until the round is closed; the newest answer counts."""
    desk.answer(store, who, round_id, body.answers, body.agency_id)
    with store.read() as tx:
        return desk.shown(tx, who, desk.visible(tx, who, round_id))


@router.get(
    "/rounds/{round_id}/form",
    operation_id="rounds.form",
    summary="下载征求意见稿（工作簿）",
    response_class=Response,
    responses=WORKBOOK,
)
def get_form(
    round_id: str, who: Annotated[Who, Depends(allow("rounds.form"))], store: StoreDep, agency_id: AgencyId = None
) -> Response:
    """Return one agency's workbook with drop-downs to mark; its own unannounced checks are in it."""
    with tempfile.TemporaryDirectory() as folder:
        return workbook(desk.form(store, who, round_id, agency_id, Path(folder)))


@router.post("/rounds/{round_id}/form", operation_id="rounds.upload", summary="上传填好的征求意见稿")
def take_form(
    round_id: str,
    file: UploadFile,
    who: Annotated[Who, Depends(allow("rounds.upload"))],
    store: StoreDep,
    settings: SettingsDep,
    agency_id: AgencyId = None,
) -> FormTaken:
    """Take the answers of a marked workbook; rows that do not say what they must are told and not taken."""
    return desk.take_form(store, who, round_id, agency_id, Path(kept_small(file, settings)))


@router.post("/rounds/{round_id}/close", operation_id="rounds.close", summary="结束征求意见")
def close(
    round_id: str, body: ReturnOrder, who: Annotated[Who, Depends(allow("rounds.close"))], store: StoreDep
) -> RoundOut:
    """Close a round; no more answers are taken. What they come to is under `/proposals`, before and after."""
    with store.write() as tx:
        return desk.shown(tx, who, close_round(tx, round_id, who.login, body.reason))


@router.get("/rounds/{round_id}/proposals", operation_id="rounds.proposals", summary="由答复得出的锁定与改期建议")
def list_proposals(
    round_id: str,
    who: Annotated[Who, Depends(allow("rounds.proposals"))],
    store: StoreDep,
    page: PageDep,
    kind: Annotated[
        Literal["pin", "move"] | None, Query(description="pin：一致同意的；move：有人要求改期或不能的")
    ] = None,
) -> ProposalList:
    """Return operations for `from-patch`: visits that all who answered agree to are held, others moved where the law
    allows it, as near as can be; what has no lawful day is for the coordinator to decide.
    """
    return desk.proposals(store, who, round_id, kind, page.number() or 0, page.limit)

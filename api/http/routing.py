"""The router that modules of routes are made with: its writes may carry an idempotency key.

`Idempotency-Key: <text>` on a write makes it safe to send again: the answer is kept for two days under the account and
the key, sealed with it (`sealing.py`), and given again. A key that is under way, or whose answer was lost with the
process, is refused with 409 and never done twice; used for another request, it is refused with 422.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute
from sqlalchemy import delete, insert, select, update

from api.accounts.identify import SAFE, identify
from api.http.sealing import Seal
from api.problems import Problem, problem_of
from api.rights import allow
from api.store import Store
from api.store.database.schema import replies

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(days=2)
LONGEST = 200
KEPT_HEADERS = ("content-type", "etag", "location")


KIB, MIB = 2**10, 2**20
LIMITS = {
    "session.login": 4 * KIB,
    "rounds.answer": 8 * MIB,
    "plans.from-patch": 8 * MIB,
}
"""How large the body of an operation may be, where that is neither a file nor the usual."""
USUAL = 256 * KIB
TOLD_ONCE = frozenset({"tokens.issue"})
"""Operations whose answer holds a secret: it is kept nowhere, under no key."""

UNASKED = frozenset({"healthz", "session.login"})
"""Operations that do not ask who is there: one must answer whatever the database does, one is how one gets in."""


class OnceRoute(APIRoute):
    """A route that asks for its right before anything else, and whose writes are done once for each key."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Make the route. Raises KeyError where `api.rights` has no row for its operation."""
        operation = options["operation_id"]
        if operation not in UNASKED:
            # First of all dependencies: whoever may not do it is not told what else is wrong with the request.
            asked = [one for one in options.get("dependencies") or [] if one.dependency is not allow(operation)]
            options["dependencies"] = [Depends(allow(operation)), *asked]
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with what a key asks for around it."""
        handler = super().get_route_handler()
        operation = str(self.operation_id)
        file = any(part.field_info.annotation is UploadFile for part in self.dependant.body_params)
        limit = None if file else LIMITS.get(operation, USUAL)

        async def once(request: Request) -> Response:
            # Who may not, or sends too much, is refused by the headers: no body is read, and no JSON made, for nothing.
            if limit is not None:
                request.scope["body_limit"] = limit
                declared = request.headers.get("content-length", "0")
                if declared.isdecimal() and int(declared) > limit:
                    raise Problem(413, "http-413", f"此操作的内容不得超过 {limit // KIB} KiB。请分几次提交。")
            if request.method not in SAFE and operation not in UNASKED:
                await run_in_threadpool(allow(operation), request)
            key = request.headers.get(HEADER)
            if key is None or request.method in SAFE:
                return await handler(request)
            if not 1 <= len(key) <= LONGEST or not key.isprintable():
                raise Problem(400, "idempotency-key", f"请求头 {HEADER} 应为 1–{LONGEST} 个可见字符。")
            who = await run_in_threadpool(identify, request)
            if not who.account_id:
                return await handler(request)  # the public writes nothing that could be done twice
            store: Store = request.app.state.store
            asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + await request.body()
            seal = Seal.of(who.account_id, key)
            kept = await run_in_threadpool(_reserve, store, who.account_id, seal, asked)
            if kept is not None:
                return kept
            try:
                response = await handler(request)
            except Exception as error:
                problem = problem_of(error)
                if problem.status < 500:
                    await run_in_threadpool(_forget, store, who.account_id, seal)
                raise problem from error
            if isinstance(response, StreamingResponse) or response.status_code >= 500:
                await run_in_threadpool(_forget, store, who.account_id, seal)
            else:
                kept_ = _told_once() if operation in TOLD_ONCE else response
                await run_in_threadpool(_keep, store, who.account_id, seal, kept_)
            return response

        return once


def _told_once() -> Response:
    """Return what a key gives again of an answer with a secret in it."""
    detail = "令牌已经发出，密钥只显示一次，不再保存。没有收到的，请撤销该令牌后重新申请。"
    return Problem(409, "told-once", detail).response()


def router(tag: str) -> APIRouter:
    """Return a router for the operations on one noun; `tag` is its name in Chinese."""
    return APIRouter(tags=[tag], route_class=OnceRoute)


def _reserve(store: Store, account: str, seal: Seal, asked: bytes) -> Response | None:
    """Take the key for a request; return the answer that is there already. Raises Problem 409, 422."""
    request = seal.marked(asked)
    with store.write() as tx:
        now = tx.now()
        tx.run(delete(replies).where(replies.c.at < now - KEPT))
        row = tx.row(select(replies).where(replies.c.account == account, replies.c.key == seal.name))
        if row is None:
            tx.run(insert(replies).values(account=account, key=seal.name, request=request, at=now))
            return None
    if row["request"] not in (request, ""):  # "": kept before answers were sealed
        raise Problem(422, "idempotency-reused", f"此 {HEADER} 已用于另一请求。请换一个。")
    if row["status"] is None:
        detail = "同一请求仍在处理，或处理时服务中断。请先查询结果，确认未完成后换一个键重发。"
        raise Problem(409, "idempotency-open", detail)
    headers, body = seal.opened(row["body"])
    return Response(body, row["status"], {**headers, REPLAYED: "true"})


def _keep(store: Store, account: str, seal: Seal, response: Response) -> None:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    values = {"status": response.status_code, "body": seal.closed(headers, bytes(response.body))}
    with store.write(alone=False) as tx:
        tx.run(update(replies).where(replies.c.account == account, replies.c.key == seal.name).values(values))


def _forget(store: Store, account: str, seal: Seal) -> None:
    with store.write(alone=False) as tx:
        tx.run(delete(replies).where(replies.c.account == account, replies.c.key == seal.name))

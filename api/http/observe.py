"""Around every request: an id, its time and outcome in log and metrics, safe headers, a limit on its size.

What nobody foresaw ends here as a 500 that names an incident and tells nothing of the inside.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.accounts.who import Who
from api.problems import incident, problem_of

logger = logging.getLogger("api.requests")


def content_policy(nonce: str = "") -> str:
    """Return the content security policy: nothing from outside, no style or script that stands in the document itself.

    `nonce` lets in the style sheet of the one who knows it: the calendar's, which it makes in the browser.
    """
    styles = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return (
        f"default-src 'self'; script-src 'self'; style-src {styles}; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


SAFE_HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MIB = 2**20
BODY_SECONDS = 30.0
"""How long the next part of a body may keep a request waiting."""
BODY_IN_ALL = 600.0
"""How long all of a body may take."""


class Metrics:
    """The service's figures, in a registry of their own: several services may live in one process, as in tests."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["operation", "status"]
        self.requests = Counter("planner_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "planner_request_seconds",
            "Seconds until a request was answered",
            ["operation"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
            registry=self.registry,
        )
        self.jobs = Gauge("planner_jobs", "Jobs in the store", ["state"], registry=self.registry)
        self.log = Gauge("planner_log_entries", "Entries in the log", registry=self.registry)


class Observe:
    """The outermost layer of the service."""

    def __init__(self, app: ASGIApp, metrics: Metrics, upload_mib: int) -> None:
        self.app, self.metrics, self.limit = app, metrics, upload_mib * MIB

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, began, status, took = uuid.uuid4().hex[:16], time.perf_counter(), 0, 0
        whole = False

        async def limited() -> Message:
            nonlocal took, whole
            if not whole and time.perf_counter() - began > BODY_IN_ALL:
                raise HTTPException(408, "内容迟迟没有传完，已中止。请检查网络后重试。")
            try:
                # Only a body that is still to come has to hurry: afterwards this waits for the client to leave.
                message = await (receive() if whole else asyncio.wait_for(receive(), BODY_SECONDS))
            except TimeoutError:
                raise HTTPException(408, "内容迟迟没有传完，已中止。请检查网络后重试。") from None
            took += len(message.get("body", b""))
            whole = whole or not message.get("more_body", False)
            limit = min(self.limit, scope.get("body_limit", self.limit))
            if took > limit:
                raise self._too_large(limit)
            return message

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                if scope["path"].startswith("/v1/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            declared = Headers(scope=scope).get("content-length", "0")
            if declared.isdecimal() and int(declared) > self.limit:
                await problem_of(self._too_large(self.limit)).response()(scope, receive, observed)
            else:
                await self.app(scope, limited, observed)
        except ClientDisconnect:
            status = status or 499
        except Exception as error:
            problem = incident(error)
            if status:
                raise  # too late for another answer; the connection breaks, which the client sees
            await problem.response()(scope, receive, observed)
        finally:
            self._note(scope, request_id, status, time.perf_counter() - began)

    def _too_large(self, limit: int) -> HTTPException:
        if limit < self.limit:
            return HTTPException(413, f"此操作的内容不得超过 {limit // 2**10} KiB。请分几次提交。")
        detail = f"内容超过上限 {self.limit // MIB} MiB。请分开上传，或请管理员调整 PLANNER_UPLOAD_MIB。"
        return HTTPException(413, detail)

    def _note(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = scope.get("route")
        operation = getattr(route, "operation_id", None) or ("page" if scope["method"] == "GET" else "none")
        self.metrics.requests.labels(operation, str(status)).inc()
        self.metrics.seconds.labels(operation).observe(seconds)
        who = scope.get("state", {}).get("who")
        logger.info(
            "%s %s %d",
            scope["method"],
            operation,
            status,
            extra={
                "fields": {
                    "request": request_id,
                    "method": scope["method"],
                    "operation": operation,
                    "status": status,
                    "ms": round(1000 * seconds, 1),
                    "who": who.login if isinstance(who, Who) else "",
                }
            },
        )


class JsonLines(logging.Formatter):
    """Log records as JSON lines: time, level, logger, message, and the fields that a record brings."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        found: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            found["error"] = self.formatException(record.exc_info)
        return json.dumps(found, ensure_ascii=False, default=str)

"""Errors as `application/problem+json` (RFC 9457), with a Chinese detail and the clauses it rests on.

What is raised on purpose says what is wrong; everything else is a 500 with an incident id that the log tells more of.
"""

from __future__ import annotations

import errno
import logging
import re
import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from starlette.exceptions import HTTPException

from api.store.database.errors import ConflictError, NotFoundError, StateError
from planner.domain.errors import InputError, PlannerError, RulebookGap
from planner.intake.words.catalogue import finding_types

MEDIA_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)

TITLES = {
    400: "请求不可用",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的方法",
    406: "不支持的格式",
    408: "等待超时",
    409: "与现状冲突",
    412: "已被他人改动",
    413: "内容过大",
    415: "不支持的格式",
    422: "填写有误",
    428: "缺少版本",
    429: "请求过多",
    500: "服务出错",
    503: "服务暂不可用",
    507: "磁盘已满",
}


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """An answer that is not the one asked for. `detail` is Chinese: what is wrong, where, and what to do.

    `clauses` are rulebook clause ids, `errors` a dict for each thing wrong (`where`, `detail`), `extra` more members.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        title: str = "",
        clauses: Sequence[str] = (),
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.title = title or TITLES.get(status) or HTTPStatus(status).phrase
        self.clauses, self.errors = tuple(clauses), tuple(errors)
        self.headers, self.extra = dict(headers or {}), extra

    def body(self) -> dict[str, Any]:
        """Return the JSON object."""
        listed = self.code in finding_types()
        found: dict[str, Any] = {
            "type": f"/v1/finding-types/{self.code}" if listed else "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "clauses": list(self.clauses),
            "errors": [dict(error) for error in self.errors],
        }
        return {**found, **self.extra}

    def response(self) -> JSONResponse:
        """Return the HTTP response."""
        return JSONResponse(self.body(), self.status, self.headers, media_type=MEDIA_TYPE)


def incident(error: BaseException) -> Problem:
    """Log a defect under a new id and return the problem that names the id, and nothing else."""
    number = uuid.uuid4().hex[:12]
    logger.error("incident %s: %s", number, type(error).__name__, exc_info=error)
    detail = f"服务内部出错，未完成此操作。请把事件编号 {number} 告诉管理员。"
    return Problem(500, "defect", detail, incident=number)


def problem_of(error: Exception) -> Problem:
    """Return the problem that an exception means to whoever asked."""
    text = chinese(str(error))
    match error:
        case Problem():
            return error
        case NotFoundError():
            return Problem(404, "not-found", text)
        case RulebookGap():
            return Problem(404, "rulebook-gap", f"规则库中没有所问内容（{text}）。版本与施行日期见 /v1/rulebook。")
        case ConflictError():
            return Problem(409, "conflict", text)
        case StateError():
            return Problem(409, "state", text)
        case InputError():
            named = re.match(r"\[([a-z0-9.-]+)\] *", text)
            return Problem(422, named[1] if named else "input", text[named.end() :] if named else text)
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            detail = {404: "没有这个地址。", 405: "这个地址不支持该方法。"}.get(error.status_code, str(error.detail))
            return Problem(error.status_code, f"http-{error.status_code}", detail, headers=error.headers)
        case DataError():
            return Problem(422, "value", "内容中有数据库不能接受的字符（如空字符）或过大的数。请改正后再试。")
        case OSError() if error.errno in FULL:
            return _full(error)
        case DBAPIError() if _says(error, "disk is full", "53100"):
            return _full(error)
        case DBAPIError() if _says(error, "readonly database", "25006"):
            logger.error("the database cannot be written: %s", error.orig)
            detail = "数据库是只读的，操作未完成。可以查看，不能修改；请管理员检查磁盘、权限或数据库主从状态。"
            return Problem(503, "read-only", detail, headers={"Retry-After": "60"})
        case SQLAlchemyError() if not isinstance(error, DBAPIError) or error.connection_invalidated or _busy(error):
            logger.warning("the database: %s", error)
            detail = "数据库正忙或连接中断，操作未完成。请稍后再试。"
            return Problem(503, "database", detail, headers={"Retry-After": "2"})
    return incident(error)


FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says where nothing more can be written."""


def _full(error: Exception) -> Problem:
    logger.error("the disk is full: %s", error)
    detail = "服务器磁盘已满，操作未完成，没有留下不完整的内容。请管理员清理磁盘（planner retention）后重试。"
    return Problem(507, "disk-full", detail, headers={"Retry-After": "60"})


def _says(error: DBAPIError, words: str, state: str) -> bool:
    return words in str(error.orig) or getattr(error.orig, "sqlstate", None) == state


def chinese(text: str) -> str:
    """Return the Chinese half of a message that is written in both languages, "中文 / English"."""
    return re.split(r"(?<=[ 。])/ ", text, maxsplit=1)[0].strip()


def install(app: FastAPI) -> None:
    """Answer every exception that is raised on purpose by its problem; `api.http.observe` answers the others."""

    async def answer(_: Request, error: Exception) -> JSONResponse:
        return problem_of(error).response()

    for kind in (Problem, PlannerError, RequestValidationError, HTTPException, SQLAlchemyError, OSError):
        app.add_exception_handler(kind, answer)


_WORDS = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是合法的 JSON",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "string_type": "应为文字",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_attributes_type": "应为对象",
    "date_from_datetime_parsing": "应为日期 YYYY-MM-DD",
    "date_parsing": "应为日期 YYYY-MM-DD",
    "date_type": "应为日期 YYYY-MM-DD",
    "greater_than_equal": "不得小于 {ge}",
    "less_than_equal": "不得大于 {le}",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "至多 {max_length} 个字",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "string_pattern_mismatch": "格式应符合 {pattern}",
    "literal_error": "应为 {expected} 之一",
    "enum": "应为 {expected} 之一",
}
_PLACES = {"body": "内容", "query": "查询参数", "path": "地址", "header": "请求头", "cookie": "Cookie"}


def _invalid(error: RequestValidationError) -> Problem:
    errors = []
    for one in error.errors():
        place, *rest = [str(part) for part in one["loc"]]
        words = _WORDS.get(one["type"])
        said = words.format_map({**one.get("ctx", {})}) if words else f"不可用（{one['type']}）"
        errors.append({"where": ".".join((place, *rest)), "place": _PLACES.get(place, place), "detail": said})
    first = errors[0]
    detail = f"{first['place']} {first['where'].partition('.')[2]}：{first['detail']}"
    return Problem(422, "invalid", detail + (f"；共 {len(errors)} 处。" if len(errors) > 1 else "。"), errors=errors)


def _busy(error: DBAPIError) -> bool:
    """Return whether the database is only busy or away: SQLite's lock, PostgreSQL's time-outs and lost servers."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return "locked" in str(error.orig) or state[:2] in ("08", "57") or state == "55P03" or "connect" in str(error.orig)

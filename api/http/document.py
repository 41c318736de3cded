"""The OpenAPI document: what every operation may answer, and who may ask, added to what the routes say."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.accounts.identify import CSRF_HEADER, SAFE
from api.accounts.sessions import COOKIE
from api.accounts.who import ROLE_NAMES, ROLES
from api.http.routing import HEADER, LONGEST, OnceRoute
from api.problems import MEDIA_TYPE, TITLES
from api.rights import OPERATIONS

DESCRIPTION = """涉企检查统筹服务接口。

写操作可带请求头 `Idempotency-Key`，重发不会重复执行。修改须带 `If-Match`（读取时的 ETag）。列表以 `cursor` 翻页。
出错时返回 `application/problem+json`：`code` 供程序判断，`detail` 为中文说明，`clauses` 为所依据条款。
"""

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "clauses", "errors"],
    "properties": {
        "type": {"type": "string", "description": "问题类型的地址；没有专页的为 about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "出了什么问题、在哪里、怎么办"},
        "code": {"type": "string"},
        "clauses": {"type": "array", "items": {"type": "string"}, "description": "所依据的条款编号"},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "逐处的问题"},
        "incident": {"type": "string", "description": "事件编号（仅服务出错时）"},
    },
    "example": {
        "type": "about:blank",
        "title": "没有找到",
        "status": 404,
        "detail": "没有任务 6f1c",
        "code": "not-found",
        "clauses": [],
        "errors": [],
    },
}


def document_of(app: FastAPI) -> dict[str, Any]:
    """Return the document, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    found = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM_SCHEMA
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "接口令牌"},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": f"写操作另须请求头 {CSRF_HEADER}"},
    }
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _complete(path, method.upper(), operation)
    app.openapi_schema = found
    return found


def operations_of(app: FastAPI) -> dict[str, APIRoute]:
    """Return the routes that the document tells of by operation id."""
    return {
        route.operation_id or route.name: route
        for route in app.routes
        if isinstance(route, APIRoute) and route.include_in_schema
    }


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    right = OPERATIONS[operation["operationId"]]
    answers = {400, 422, 429, 500, 503}
    if operation.get("parameters") or operation.get("requestBody"):
        answers.add(404)
    if method not in SAFE:
        answers |= {409, 412, 413, 428, 415}
    operation["security"] = [{"token": []}, {"session": []}]
    if "public" in right.roles:
        operation["security"].insert(0, {})
    answers |= {401, 403}  # a token that is no longer good is refused everywhere
    responses = operation.setdefault("responses", {})
    answers |= {int(status) for status in responses if int(status) >= 400 and "content" not in responses[status]}
    for status in sorted(answers):
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        if "content" not in responses.get(str(status), {}) or status == 422:
            responses[str(status)] = {"description": TITLES[status], "content": content}
    names = "、".join(ROLE_NAMES[role] for role in ROLES if role in right.roles)
    note = f"角色：{names}；令牌权限：{right.scope}；数据范围：{right.rows}。"
    operation["description"] = "\n\n".join(part for part in (operation.get("description", ""), note) if part)
    if method not in SAFE:
        key = {"type": "string", "minLength": 1, "maxLength": LONGEST}
        parameter = {"name": HEADER, "in": "header", "required": False, "schema": key, "description": "重发时不变"}
        operation.setdefault("parameters", []).append(parameter)


__all__ = ["OnceRoute", "document_of", "operations_of"]

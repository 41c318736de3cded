"""The OpenAPI document is a contract: every operation has its right, its example, its problems, and Chinese words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.problems import MEDIA_TYPE
from api.rights import OPERATIONS
from api.settings import Settings

METHODS = ("get", "post", "put", "patch", "delete")
NOT_ANSWERED_WITH_JSON = ("text/event-stream",)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document; it needs no database."""
    return create_app(Settings(data=Path("unused"), workers=0)).openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, op) for path, item in document["paths"].items() for method, op in item.items()]


def test_every_operation_has_its_row_in_the_table_of_rights_and_every_row_its_operation(
    document: dict[str, Any],
) -> None:
    ids = [op["operationId"] for _, _, op in operations(document)]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(OPERATIONS)


def test_every_operation_says_what_it_is_and_how_it_fails(document: dict[str, Any]) -> None:
    for path, method, op in operations(document):
        name = op["operationId"]
        assert method in METHODS
        assert path.startswith("/v1/") or path in ("/healthz", "/readyz", "/metrics"), name
        assert re.search(r"[\u4e00-\u9fff]", op["summary"]), name
        problems = {status for status, answer in op["responses"].items() if MEDIA_TYPE in answer.get("content", {})}
        assert {"400", "401", "403", "422", "429", "500", "503"} <= problems, name
        if method != "get":
            assert {"409", "412", "428"} <= problems, name


def test_every_answer_and_every_body_has_an_example(document: dict[str, Any]) -> None:
    for _, _, op in operations(document):
        contents = [answer.get("content", {}) for answer in op["responses"].values()]
        contents.append(op.get("requestBody", {}).get("content", {}))
        for content in contents:
            for kind, media in content.items():
                if kind in NOT_ANSWERED_WITH_JSON:
                    continue
                assert _exemplified(document, media), (op["operationId"], kind)


def _exemplified(document: dict[str, Any], media: dict[str, Any]) -> bool:
    if "example" in media or "examples" in media:
        return True
    schema = _resolved(document, media.get("schema", {}))
    if "example" in schema or "examples" in schema:
        return True
    if schema.get("format") == "binary" or schema.get("contentMediaType") == "application/octet-stream":
        return True  # a file's contents
    if schema.get("type") == "array":
        return _exemplified(document, {"schema": schema["items"]})
    # A page of a list is exemplified by what is on it, a form by its fields.
    fields = schema.get("properties", {})
    if set(fields) == {"items", "next"}:
        return _exemplified(document, {"schema": fields["items"]})
    return bool(fields) and all(_exemplified(document, {"schema": field}) for field in fields.values())


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    return dict(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])


def test_the_document_names_no_validation_errors_of_the_framework(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in str(document)
    assert document["info"]["title"].startswith("综合查一次")

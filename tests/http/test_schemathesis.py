"""The whole document is fuzzed over HTTP: no 5xx, and no answer that the document does not tell of."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.rights import OPERATIONS, Role
from api.settings import Settings
from tests.http.conftest import Service

EXAMPLES = 12
"""Requests of each operation; `make soak` is the place for more."""

ORDER: tuple[Role, ...] = ("bureau", "admin", "agency", "town", "auditor", "integrator", "security", "audit")
"""Who asks: the first of these who may."""
LOGINS = {"agency": "a1"}

CHECKED = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


@cache
def document() -> dict[str, Any]:
    return create_app(Settings(data=Path("unused"), workers=0)).openapi()


@cache
def schema() -> BaseSchema:
    return schemathesis.openapi.from_dict(document())


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """The service on a port of its own."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    app = create_app(replace(service.settings, plain_http=0))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def test_no_operation_breaks_its_word(service: Service, address: str) -> None:
    """All operations against one service: what one leaves behind the next meets."""
    for name in sorted(OPERATIONS):
        right = OPERATIONS[name]
        role = next((role for role in ORDER if role in right.roles), None)
        secret = service.secrets[LOGINS.get(str(role), str(role))]
        _fuzz(name, address, {"Authorization": f"Bearer {secret}"})


def _fuzz(name: str, address: str, headers: dict[str, str]) -> None:
    operation = schema().find_operation_by_id(name)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        response = case.call(base_url=address, headers=headers)
        case.validate_response(response, checks=list(CHECKED))

    one()

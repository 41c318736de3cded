"""Login by an identity provider: a small one in this process, that answers rightly, or as somebody who cheats would."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import RSAKey

from api.accounts import accounts, oidc
from api.app import create_app
from api.store.database.errors import ConflictError
from tests.http.conftest import Service

CLIENT, SECRET = "planner", "s3cret"


@dataclass
class Issuer:
    """What the provider hands out; tests change it to see what is refused."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signs_with: RSAKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    """The query of the last authorization."""
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "1"})

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Return the answer to a request."""
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return 200, {"issuer": self.url, **{name: f"{self.url}/{end}" for name, end in ends.items()}}
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if authorization != f"Basic {expected}" or challenge.rstrip("=") != self.asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        right = {
            "iss": self.url,
            "sub": "u-77",
            "aud": CLIENT,
            "exp": int(time.time()) + 300,
            "iat": int(time.time()),
            "nonce": self.asked["nonce"],
        }
        return 200, {"id_token": jwt.encode(self.header, right | self.claims, self.signs_with or self.key)}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """A provider that listens on this machine."""
    found = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def _say(self, form: dict[str, str]) -> None:
            status, value = found.answer(self.path, form, self.headers.get("Authorization", ""))
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._say({})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say({key: values[0] for key, values in parse_qs(text).items()})

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def browser(service: Service, issuer: Issuer) -> Iterator[TestClient]:
    """A browser before a service that knows the provider; the bureau's account is linked."""
    named = {"oidc_issuer": issuer.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    with service.store.write() as tx:
        found = accounts.by_login(tx, "bureau")
        assert found is not None
        oidc.link(tx, found[0], "u-77", "test")
    app = create_app(replace(service.settings, **named))
    with TestClient(app, follow_redirects=False) as client:
        yield client


def there_and_back(browser: TestClient, issuer: Issuer, state: str | None = None) -> Any:
    gone = browser.get("/v1/session/oidc")
    assert gone.status_code == 302, gone.text
    issuer.asked = {key: values[0] for key, values in parse_qs(urlsplit(gone.headers["location"]).query).items()}
    assert issuer.asked["redirect_uri"] == "http://testserver/v1/session/oidc/callback"
    return browser.get("/v1/session/oidc/callback", params={"code": "c0de", "state": state or issuer.asked["state"]})


def test_whoever_is_linked_comes_in(browser: TestClient, issuer: Issuer) -> None:
    assert browser.get("/v1/session").status_code == 401
    back = there_and_back(browser, issuer)
    assert (back.status_code, "url=/" in back.text) == (200, True)
    me = browser.get("/v1/session").json()
    assert (me["login"], me["role"]) == ("bureau", "bureau")
    cookies = back.headers.get_list("set-cookie")
    assert any("planner_session" in one and "HttpOnly" in one and "SameSite=strict" in one for one in cookies)
    again = browser.get("/v1/session/oidc/callback", params={"code": "c0de", "state": issuer.asked["state"]})
    assert again.json()["code"] == "oidc"  # what was remembered is gone: a code is good once


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "u-78"},
        {"iss": "http://elsewhere"},
        {"aud": "another"},
        {"aud": ["another", CLIENT]},
        {"exp": int(time.time()) - 3600},
        {"nonce": "another"},
    ],
)
def test_what_is_not_meant_for_this_login_is_refused(
    browser: TestClient, issuer: Issuer, claims: dict[str, Any]
) -> None:
    issuer.claims = claims
    answer = there_and_back(browser, issuer)
    assert (answer.status_code, answer.json()["code"]) == (401, "oidc")
    assert browser.get("/v1/session").status_code == 401


def test_anothers_link_another_key_and_a_disabled_account_are_refused(
    service: Service, browser: TestClient, issuer: Issuer
) -> None:
    assert there_and_back(browser, issuer, state="another").json()["code"] == "oidc"
    issuer.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    assert there_and_back(browser, issuer).json()["code"] == "oidc"
    issuer.signs_with = None
    with service.store.write() as tx:
        found = accounts.by_login(tx, "bureau")
        other = accounts.by_login(tx, "auditor")
        assert found is not None
        assert other is not None
        accounts.change(tx, found[0].id, found[0].etag, {"active": False}, "test")
        with pytest.raises(ConflictError):
            oidc.link(tx, other[0], "u-77", "test")
    assert there_and_back(browser, issuer).json()["code"] == "oidc"


def test_keys_that_the_provider_has_changed_are_asked_for_again(browser: TestClient, issuer: Issuer) -> None:
    assert there_and_back(browser, issuer).status_code == 200
    issuer.key, issuer.header = RSAKey.generate_key(2048, {"kid": "2"}), {"alg": "RS256", "kid": "2"}
    assert there_and_back(browser, issuer).status_code == 200


def test_without_a_provider_nobody_is_sent_anywhere(service: Service) -> None:
    assert service.client().get("/v1/session/oidc").status_code == 404
    lost = replace(service.settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT)
    with TestClient(create_app(lost), follow_redirects=False) as client:
        assert client.get("/v1/session/oidc").json()["code"] == "oidc-provider"

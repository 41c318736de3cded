"""Tokens: scoped, with an end, revocable; their secrets are kept by nobody."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from api.store import log
from api.store.database.schema import tokens
from tests.http.conftest import Service


def test_a_token_does_what_its_scopes_allow_and_no_more(service: Service) -> None:
    bureau = service.client("bureau")
    issued = bureau.post("/v1/tokens", json={"label": "只读", "scopes": ["read"], "days": 30}).json()
    reader = service.client()
    reader.headers["Authorization"] = f"Bearer {issued['secret']}"
    assert reader.get("/v1/jobs").status_code == 200
    assert reader.get("/v1/session").json()["scopes"] == ["read"]
    for refused in (
        reader.post("/v1/tokens", json={"label": "x", "scopes": ["read"], "days": 1}),
        reader.delete("/v1/jobs/none"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "scope")


def test_a_token_cannot_be_given_more_than_its_maker_has(service: Service) -> None:
    bureau = service.client("bureau")
    keeper = bureau.post("/v1/tokens", json={"label": "k", "scopes": ["accounts"], "days": 1}).json()["secret"]
    client = service.client()
    client.headers["Authorization"] = f"Bearer {keeper}"
    answer = client.post("/v1/tokens", json={"label": "x", "scopes": ["accounts", "publish"], "days": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope")
    assert "publish" in answer.json()["detail"]


def test_revoked_and_expired_tokens_are_refused_everywhere(service: Service) -> None:
    bureau = service.client("bureau")
    made = [bureau.post("/v1/tokens", json={"label": n, "scopes": ["read"], "days": 1}).json() for n in "ab"]
    assert bureau.delete(f"/v1/tokens/{made[0]['token']['id']}").json()["revoked_at"] is not None
    with service.store.write() as tx:
        past = tx.now() - timedelta(seconds=1)
        tx.run(update(tokens).where(tokens.c.id == made[1]["token"]["id"]).values(expires_at=past))
    for one in made:
        for path in ("/v1/jobs", "/v1/rulebook"):
            client = service.client()
            answer = client.get(path, headers={"Authorization": f"Bearer {one['secret']}"})
            assert (answer.status_code, answer.json()["code"]) == (401, "token")
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_wrong_tokens_are_refused_alike(service: Service) -> None:
    details = set()
    for value in (
        "Bearer zhc_wrong",
        "Bearer x",
        "Bearer",
        "Basic YTpi",
        "Bearer zhc_\udce4".encode("latin-1", "replace"),
    ):
        answer = service.client().get("/v1/jobs", headers={"Authorization": value})
        assert answer.status_code == 401
        details.add(answer.text)
    assert len(details) == 1


def test_everybody_has_ones_own_and_an_administrator_all(service: Service) -> None:
    a1, b1, admin = (service.client(login) for login in ("a1", "b1", "admin"))
    token = a1.post("/v1/tokens", json={"label": "own", "scopes": ["read"], "days": 1}).json()["token"]
    assert {row["label"] for row in a1.get("/v1/tokens").json()["items"]} == {"own", "test"}
    assert {row["account_id"] for row in b1.get("/v1/tokens").json()["items"]}.isdisjoint({token["account_id"]})
    assert b1.get("/v1/tokens", params={"account_id": token["account_id"]}).status_code == 403
    other = b1.delete(f"/v1/tokens/{token['id']}")
    unknown = b1.delete("/v1/tokens/none")
    assert other.status_code == unknown.status_code == 404
    assert other.json()["detail"].replace(token["id"], "") == unknown.json()["detail"].replace("none", "")
    body = {"label": "x", "scopes": ["read"], "days": 1, "account_id": token["account_id"]}
    assert b1.post("/v1/tokens", json=body).status_code == 403
    assert admin.post("/v1/tokens", json=body).json()["code"] == "consent"
    listed = admin.get("/v1/accounts").json()["items"]
    program = next(one["id"] for one in listed if one["role"] == "integrator")
    assert admin.post("/v1/tokens", json={**body, "account_id": program}).status_code == 201
    assert admin.delete(f"/v1/tokens/{token['id']}").status_code == 200


def test_secrets_are_kept_nowhere_and_use_is_noted(service: Service) -> None:
    issued = service.client("bureau").post("/v1/tokens", json={"label": "s", "scopes": ["read"], "days": 1}).json()
    service.client().get("/v1/jobs", headers={"Authorization": f"Bearer {issued['secret']}"})
    assert service.app.state.uses.write(service.store) > 0
    with service.store.read() as tx:
        rows = tx.rows(select(tokens))
    assert issued["secret"] not in repr(rows) + repr(log.entries(service.store))
    assert next(row for row in rows if row["id"] == issued["token"]["id"])["used_at"] is not None
    acts = [entry for entry in log.entries(service.store) if entry["what"] == "key.issue"]
    assert acts[-1]["grounds"] == {"account": "bureau", "label": "s", "scopes": ["read"], "days": 1}

"""Uploads are read by an agency's own words and register: told once, matched where sure, the rest told row by row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.accounts import accounts, tokens
from api.store import log
from api.store.inputs.imports import import_tables
from api.store.inputs.library import rows_of
from planner.intake.read.reader import read_tables
from planner.intake.write.writer import write_workbook
from tests.filings.district import SITES, Raw, district, written
from tests.filings.test_identity import one_by_one, two_registers
from tests.http.conftest import Service

Client = Callable[[str], TestClient]


@pytest.fixture
def client(service: Service, tmp_path: Path) -> Client:
    """Clients by agency of the district, whose library is stored without its filings; and by login."""

    def edit(raw: Raw) -> None:
        one_by_one(raw)
        raw["filings"] = []

    import_tables(service.store, read_tables(written(tmp_path, edit)), "test")
    secrets = {}
    with service.store.write() as tx:
        for agency in ("SCJG", "YJJ"):
            account = accounts.add(tx, agency, agency, "agency", None, "test", agency_id=agency)
            secrets[agency] = tokens.issue(tx, account, "t", ["read", "filings"], 1, "test")[1]

    def of(name: str) -> TestClient:
        if name not in secrets:
            return service.client(name)
        found = service.client()
        found.headers["Authorization"] = f"Bearer {secrets[name]}"
        return found

    return of


def filed(agency: str, **cells: Any) -> dict[str, Any]:
    raw: Raw = district()
    return next(row for row in raw["filings"] if row["agency_id"] == agency) | cells


def send(client: TestClient, folder: Path, raw: Raw, **params: str) -> dict[str, Any]:
    file = folder / "up.xlsx"
    write_workbook(raw, file)
    with file.open("rb") as stream:
        answer = client.post("/v1/filings", files={"file": (file.name, stream)}, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def sites_of(client: TestClient, filing: str) -> list[str]:
    row: list[str] = client.get(f"/v1/filings/{filing}").json()["row"]["sites"]
    return row


def told(answer: dict[str, Any], code: str) -> list[dict[str, Any]]:
    return [one for one in answer["findings"] if one["code"] == code]


def register(raw: Raw) -> list[dict[str, Any]]:
    """Return the second body's own rows of sites."""
    two_registers(raw)
    return raw["sites"][6:]


def test_a_word_is_told_once_read_with_a_notice_and_forgotten(service: Service, client: Client, tmp_path: Path) -> None:
    raw: Raw = {"filings": [filed("SCJG", kind="自由裁量")]}
    first = send(client("SCJG"), tmp_path, raw)
    assert (first["filings"], [one["value"] for one in told(first, "cell.choice")]) == ([], ["自由裁量"])
    word = {"column": "计划类型", "said": "自由裁量", "meant": "日常", "reason": "本局用语"}
    made = client("SCJG").post("/v1/words", json=word)
    assert (made.status_code, made.json()["column"], made.json()["who"]) == (201, "kind", "SCJG")
    again = send(client("SCJG"), tmp_path, raw)
    assert [one["state"] for one in again["filings"]] == ["submitted"]
    assert [one["value"] for one in told(again, "cell.learned")] == ["自由裁量"]
    other: Raw = {"filings": [filed("YJJ", kind="自由裁量")]}
    assert send(client("YJJ"), tmp_path, other)["filings"] == []  # nobody else's words
    assert client("YJJ").get("/v1/words").json()["items"] == []
    assert client("YJJ").get("/v1/words", params={"agency_id": "SCJG"}).status_code == 404
    assert len(client("bureau").get("/v1/words", params={"agency_id": "SCJG"}).json()["items"]) == 1
    for_them = send(
        client("bureau"), tmp_path, {"filings": [filed("SCJG", filing_id="N", kind="自由裁量")]}, agency_id="SCJG"
    )
    assert [one["filing_id"] for one in for_them["filings"]] == ["N"]
    which = {"column": "kind", "said": "自由裁量"}
    assert client("YJJ").delete("/v1/words", params=which).status_code == 404
    assert client("SCJG").delete("/v1/words", params=which).status_code == 204
    assert client("SCJG").delete("/v1/words", params=which).status_code == 404
    assert told(
        send(client("SCJG"), tmp_path, {"filings": [filed("SCJG", filing_id="M", kind="自由裁量")]}), "cell.choice"
    )
    assert log.verify_log(service.store) == []


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ({"column": "kind", "said": "日常", "meant": "专项"}, 422),
        ({"column": "kind", "said": "随便", "meant": "也行"}, 422),
        ({"column": "sites", "said": "X-1", "meant": "X-2"}, 422),
        ({"column": "sites", "said": SITES[0], "meant": SITES[1]}, 422),
        ({"column": "filing_id", "said": "a", "meant": "b"}, 422),
        ({"column": "result", "said": "合格", "meant": "未发现问题"}, 422),
        ({"column": "kind", "said": "", "meant": "日常"}, 422),
        ({"column": "kind", "said": "甲", "meant": "日常", "agency_id": "YJJ"}, 404),
        ({"column": "sites", "said": "X-1", "meant": SITES[0]}, 201),
    ],
)
def test_what_can_be_learned(word: dict[str, str], status: int, client: Client) -> None:
    assert client("SCJG").post("/v1/words", json={**word, "reason": "试"}).status_code == status


def test_an_own_register_is_matched_and_its_ids_stay_good(service: Service, client: Client, tmp_path: Path) -> None:
    raw: Raw = district()
    own = register(raw)
    yj = filed("YJJ", sites=";".join(f"YJ-{n}" for n in range(1, 7)), due="YJ-1=2026-06-10")
    answer = send(client("YJJ"), tmp_path, {"sites": own, "filings": [yj]})
    assert len(told(answer, "register.same")) == 6
    assert len(told(answer, "register.read")) == 1
    assert sites_of(client("YJJ"), "F-YJ") == list(SITES)
    assert client("YJJ").get("/v1/filings/F-YJ").json()["row"]["due"] == [f"{SITES[0]}=2026-06-10"]
    with service.store.read() as tx:
        assert len(rows_of(tx, "sites")) == 6  # the library is the coordinator's
    later = send(client("YJJ"), tmp_path, {"filings": [filed("YJJ", filing_id="F-2", sites="YJ-2")]})
    assert sites_of(client("YJJ"), "F-2") == [SITES[1]]
    assert len(told(later, "cell.learned")) == 1
    words = client("YJJ").get("/v1/words").json()["items"]
    assert {one["said"]: one["meant"] for one in words} == {f"YJ-{n}": site for n, site in enumerate(SITES, 1)}
    # Nobody else's id, and where a person says otherwise, the person is right.
    assert send(client("SCJG"), tmp_path, {"filings": [filed("SCJG", sites="YJ-2")]})["filings"] == []
    other = {"column": "sites", "said": "YJ-2", "meant": SITES[5], "reason": "换了门店"}
    assert client("YJJ").post("/v1/words", json=other).status_code == 201
    send(client("YJJ"), tmp_path, {"sites": own, "filings": [filed("YJJ", filing_id="F-3", sites="YJ-2")]})
    assert sites_of(client("YJJ"), "F-3") == [SITES[5]]


def test_one_unknown_site_does_not_keep_the_rest_out(client: Client, tmp_path: Path) -> None:
    rows = [filed("YJJ", filing_id="A", sites=f"{SITES[0]};ZZ-9"), filed("YJJ", filing_id="B", sites="ZZ-8")]
    answer = send(client("YJJ"), tmp_path, {"filings": [*rows, filed("YJJ", filing_id="C")]})
    assert [one["filing_id"] for one in answer["filings"]] == ["A", "C"]
    assert sites_of(client("YJJ"), "A") == [SITES[0]]
    assert [one["value"] for one in told(answer, "ref.lost")] == ["ZZ-9"]
    assert [one["value"] for one in told(answer, "ref.unknown")] == ["ZZ-8"]


def test_a_doubtful_row_of_an_own_register_is_named_and_kept_out(client: Client, tmp_path: Path) -> None:
    raw: Raw = district()
    own = [row | {"credit_code": ""} for row in register(raw)[:2]]
    own[1] |= {"name": "从未听说的工厂", "address": "亭林镇别处9号"}
    rows = [filed("YJJ", filing_id="A", sites=f"YJ-1;YJ-2;{SITES[4]}"), filed("YJJ", filing_id="B", sites="YJ-1")]
    answer = send(client("YJJ"), tmp_path, {"sites": own, "filings": rows})
    assert [one["filing_id"] for one in answer["filings"]] == ["A"]
    assert sites_of(client("YJJ"), "A") == [SITES[4]]
    first, second = told(answer, "ref.lost")
    assert f"可能是“{SITES[0]}”" in first["message"]
    assert "可能" not in second["message"]
    assert [one["value"] for one in told(answer, "ref.unknown")] == ["YJ-1"]
    assert client("YJJ").get("/v1/words").json()["items"] == []
    kept = client("YJJ").get("/v1/filings/A").json()["findings"]
    assert [one["value"] for one in kept if one["code"] == "ref.lost"] == ["YJ-1", "YJ-2"]

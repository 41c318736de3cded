"""A full disk and a read-only database are told as what they are; nothing half-written is left, and reading goes on."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from api.problems import problem_of
from tests.cli.district import workbook
from tests.http.conftest import Service


def test_an_upload_to_a_full_disk_is_507_and_leaves_nothing(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, bureau = workbook(tmp_path / "申报.xlsx"), service.client("bureau")

    def write_half(path: Path, content: bytes) -> None:
        with path.open("wb") as stream:
            stream.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full, file.open("rb") as stream:
        full.setattr(Path, "write_bytes", write_half)
        answer = bureau.post("/v1/imports", files={"file": (file.name, stream)})
    assert (answer.status_code, answer.json()["code"]) == (507, "disk-full")
    assert not [one for one in (service.settings.data / "uploads").rglob("*") if one.is_file()]
    assert bureau.get("/v1/jobs").json()["items"] == []
    with file.open("rb") as stream:
        assert bureau.post("/v1/imports", files={"file": (file.name, stream)}).status_code == 202


def test_readiness_tells_of_a_disk_that_fills(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    assert service.client().get("/readyz").status_code == 200
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=2**40, free=100 * 2**20))
    answer = service.client().get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "disk-full")
    assert service.client().get("/healthz").status_code == 200


def test_a_full_sqlite_database_is_507_and_what_was_accepted_stays(service: Service) -> None:
    """The database may have no page more: SQLite says so as it does on a full disk."""
    if service.store.on_postgresql:
        pytest.skip("PostgreSQL's pages cannot be limited from here")
    bureau, store = service.client("bureau"), service.app.state.store
    before = bureau.post("/v1/demo").json()["id"]
    with store.write() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    seen: list[Any] = []
    for _ in range(200):
        seen.append(bureau.post("/v1/demo"))
        if seen[-1].status_code != 202:
            break
    assert (seen[-1].status_code, seen[-1].json()["code"]) == (507, "disk-full")
    assert bureau.get(f"/v1/jobs/{before}").json()["state"] == "queued"
    with store._writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert bureau.post("/v1/demo").status_code == 202
    accepted = {one.json()["id"] for one in seen if one.status_code == 202}
    listed = {one["id"] for one in bureau.get("/v1/jobs", params={"limit": 500}).json()["items"]}
    assert accepted < listed


def test_a_read_only_database_can_be_read(service: Service) -> None:
    if service.store.on_postgresql:
        pytest.skip("done with SQLite's own switch")
    bureau, store = service.client("bureau"), service.app.state.store
    with store._writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
    answer = bureau.post("/v1/demo")
    assert (answer.status_code, answer.json()["code"]) == (503, "read-only")
    assert bureau.get("/v1/jobs").status_code == 200
    store._writer.dispose()  # the next connection has no such switch
    assert bureau.post("/v1/demo").status_code == 202


@pytest.mark.parametrize(
    ("state", "status", "code"), [("53100", 507, "disk-full"), ("25006", 503, "read-only"), ("55P03", 503, "database")]
)
def test_what_postgresql_says_of_itself(state: str, status: int, code: str) -> None:
    class Said(Exception):  # noqa: N818 - as the driver's errors carry it
        sqlstate = state

    found = problem_of(OperationalError("x", {}, Said()))
    assert (found.status, found.code) == (status, code)

"""A plan's case as its run left it is the case made again, and nothing depends on the file but time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from api.accounts import accounts, tokens
from api.accounts.passwords import hash_password
from api.accounts.who import SCOPES
from api.app import create_app
from api.desk.plans import restoring
from api.desk.plans.restoring import code_hash, restored
from api.settings import Settings
from api.store import Store
from api.store.planned.plans import document_of, plan_of
from planner.intake.write.writer import write_folder
from planner.service.files.plan_file import plan_document
from tests.api.test_kinds import ran
from tests.cli.district import MONTH, district

PASSWORD = "correct horse battery"

if TYPE_CHECKING:
    from planner.service import Planned


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", database=store.url, workers=0, poll_seconds=0.05, progress_seconds=0.05)


@pytest.fixture
def keeping(store: Store, settings: Settings) -> Iterator[Store]:
    """The same database, with a folder beside it."""
    own = Store(store.url, pool=1, beside=settings.beside)
    yield own
    own.close()


def planned(store: Store, settings: Settings, tmp_path: Path) -> tuple[str, Path]:
    """Plan the small district; return the plan's id and the file that the run left."""
    write_folder(district(), tmp_path / "district")
    ran(store, settings, "import", path=str(tmp_path / "district"))
    plan_id = ran(store, settings, "plan", month=MONTH).result["plan"]
    return plan_id, settings.beside / f"{plan_id}-{code_hash()}.case"


def told(one: Planned | None) -> list[object]:
    """Return what questions about a plan rest on."""
    assert one is not None
    result = one.result
    assert result.case is not None
    assert result.plan is not None
    assert result.duty is not None
    return [
        result.case.content_hash(), result.plan.day.tolist(), result.objective, result.violations, result.plan_hash,
        list(result.visits), result.duty.start.tolist(), result.duty.crew.tolist(),
        result.status, result.levels, one.names, one.rulebook.version, one.month, one.tables.calendar,
        [(draw.order, draw.teams) for draw in one.team_draws],
    ]  # fmt: skip


@pytest.mark.slow
def test_what_a_run_left_is_what_is_made_again(
    store: Store, keeping: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id, path = planned(store, settings, tmp_path)
    assert path.stat().st_mode & 0o077 == 0
    assert not list(path.parent.glob("*.[0-9]*"))
    again = told(restored(store, plan_id))
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "ProcessPoolExecutor", None)  # nothing is made again
        assert told(restored(keeping, plan_id)) == again
    path.write_bytes(b"spoilt")
    assert told(restored(keeping, plan_id)) == again
    assert len(path.read_bytes()) > 1000
    stranger = path.rename(path.with_name(f"{plan_id}-0123456789abcdef.case"))  # other code, other law
    assert told(restored(keeping, plan_id)) == again
    assert path.exists()
    assert stranger.exists()


@pytest.mark.slow
def test_a_corrected_site_is_restored_in_each_plan_as_it_was_planned(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    """Two plans of one month that differ in a name and a town only: neither is taken for the other, over HTTP too."""
    before, _ = planned(store, settings, tmp_path)
    corrected = district()
    corrected["sites"][0] |= {"name": "化工一厂（更名）", "town": "山阳镇"}
    write_folder(corrected, tmp_path / "corrected")
    ran(store, settings, "import", path=str(tmp_path / "corrected"))
    after = ran(store, settings, "plan", month=MONTH).result["plan"]
    hashes, seen = {}, {}
    for plan_id in (before, after):
        with store.read() as tx:
            hashes[plan_id] = plan_of(tx, plan_id).case_hash
        again = restored(store, plan_id)
        assert again is not None
        assert again.result.case is not None
        assert again.result.case.content_hash() == hashes[plan_id]
        seen[plan_id] = next(
            (one.name, one.town) for one in again.result.case.sites if one.id == corrected["sites"][0]["site_id"]
        )
    assert hashes[before] != hashes[after]
    assert seen == {before: ("化工1厂", "漕泾镇"), after: ("化工一厂（更名）", "山阳镇")}
    with store.write() as tx:
        account = accounts.add(tx, "li", "李敏", who="test", role="bureau", password_hash=hash_password(PASSWORD))
        token = tokens.issue(tx, account, "test", SCOPES, 1, "test")[1]
    with TestClient(create_app(settings), headers={"Authorization": f"Bearer {token}"}) as client:
        for plan_id, expected in seen.items():
            items = client.get(f"/v1/plans/{plan_id}/visits").json()["items"]
            shown = {(one["site"]["name"], one["site"]["town"]) for one in items}
            assert shown & set(seen.values()) == {expected}


@pytest.mark.slow
def test_a_plan_is_read_back_from_the_revision_that_it_was_made_of(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    """A filing of July changes no case of June, but the account of what is filed: each plan keeps its own."""
    before, _ = planned(store, settings, tmp_path)
    more = district()
    july = {"filing_id": "F-JULY", "window_from": date(2026, 7, 1), "window_to": date(2026, 7, 31)}
    more["filings"].append({**more["filings"][0], **july})
    write_folder(more, tmp_path / "more")
    ran(store, settings, "import", path=str(tmp_path / "more"))
    after = ran(store, settings, "plan", month=MONTH).result["plan"]
    with store.read() as tx:
        rows = [plan_of(tx, plan_id) for plan_id in (before, after)]
        documents = [document_of(tx, plan_id) for plan_id in (before, after)]
    assert rows[0].case_hash == rows[1].case_hash
    later = []
    for plan_id, document in zip((before, after), documents, strict=True):
        again = restored(store, plan_id)
        assert again is not None
        assert plan_document(again)["summary"] == document["summary"]
        later.append(again.prepared.account.fates["later"])
    assert later[0] < later[1]


def test_the_oldest_files_go(keeping: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "KEPT", 2)
    for name in ("a", "b", "c"):
        restoring.keep(keeping, name, restoring.pack(None))
    assert len(list(settings.beside.glob("*.case"))) == 2
    assert (settings.beside / f"c-{code_hash()}.case").exists()

"""What need not be kept is told first and removed on demand; what is in use, and the log, stay."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from api.settings import Settings
from api.store import Store, log, queue
from api.store.database.schema import job_events, job_parts, jobs, plans
from api.store.inputs.library import new_revision
from api.store.planned.plans import Made, add_plan, plan_of, publish
from api.store.retention import removable, remove
from api.store.state.verify import verify_state
from tests.http.test_plans import DOCUMENT, visit

LONG_AGO = 1_600_000_000


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", database=store.url)


def folder(path: Path, old: bool = True) -> Path:
    path.mkdir(parents=True)
    (path / "file").write_text("x" * 100)
    if old:
        os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def made(store: Store, settings: Settings, n: int, published: bool, old: bool = True) -> str:
    """Return a plan whose run has left a file, made long ago where `old`."""
    kept = folder(settings.artefacts / f"job{n}" / "1")
    file = {"name": "file", "path": f"job{n}/1/file", "sha256": "0" * 64, "bytes": 100}
    document: dict[str, Any] = {**DOCUMENT, "month": f"2026-0{n}", "visits": [visit(n, f"2026-0{n}-01", ["A1"])]}
    document |= {"case_hash": f"{n}" * 64, "plan_hash": f"{n}" * 64}
    with store.write() as tx:
        revision = new_revision(tx, "li", "import", "x")
        plan = add_plan(tx, document, "li", revision=revision, synthetic=True, made=Made(f"job{n}", [file], {}))
        if old:
            tx.run(update(plans).where(plans.c.id == plan.id).values(created_at=tx.now() - timedelta(days=500)))
        if published:
            publish(tx, plan.id, "li", 1)
    assert kept.is_dir()
    return plan.id


def test_what_is_old_is_told_then_removed_and_what_is_in_use_stays(store: Store, settings: Settings) -> None:
    draft, standing = made(store, settings, 1, published=False), made(store, settings, 2, published=True)
    fresh = made(store, settings, 3, published=False, old=False)
    orphan = folder(settings.artefacts / "gone" / "2")
    sent, waited = folder(settings.data / "uploads" / "a"), folder(settings.data / "uploads" / "b")
    new = folder(settings.data / "uploads" / "c", old=False)
    ended = queue.enqueue(store, "plan", {"month": "2026-01"}, "li")
    claim = queue.claim(store, "w", 60.0)
    assert claim is not None
    queue.keep_part(store, claim, 1, {}, {})
    queue.give_back(store, claim, died=False)
    queue.ask_to_stop(store, ended.id, "li")
    waiting = queue.enqueue(store, "import", {"path": str(waited / "file")}, "li")
    with store.write() as tx:
        tx.run(update(jobs).where(jobs.c.id == ended.id).values(ended_at=tx.now() - timedelta(days=500)))
    head = log.head_of(store)

    found = removable(store, settings)
    assert found.folders["uploads"] == [sent]
    assert [path.parent.name for path in found.folders["drafts"]] == ["job1"]
    assert found.folders["orphans"] == [orphan]
    assert found.rows["jobs"] == 1
    assert found.told()["folders"]["uploads"] == [1, 100]
    assert sent.is_dir()
    assert log.head_of(store) == head  # asking changes nothing

    remove(store, settings, "li")
    assert not sent.exists()
    assert not orphan.parent.exists()
    assert not (settings.artefacts / "job1").exists()
    assert all(path.is_dir() for path in (waited, new, settings.artefacts / "job2", settings.artefacts / "job3"))
    with store.read() as tx:
        assert tx.values(select(jobs.c.id)) == [waiting.id]
        assert set(tx.values(select(job_events.c.job_id))) == {waiting.id}
        assert tx.values(select(job_parts.c.job_id)) == []
        assert [len(plan_of(tx, one).artefacts) for one in (draft, standing, fresh)] == [0, 1, 1]
    assert log.entries(store)[-1]["what"] == "retention.run"
    assert log.verify_log(store) == []
    assert verify_state(store) == []
    again = removable(store, settings)
    assert (sum(map(len, again.folders.values())), again.rows["jobs"]) == (0, 0)

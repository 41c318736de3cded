"""What need not be kept is told first and removed on demand; what is in use, and the log, stay."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from api.accounts import accounts
from api.settings import Settings
from api.store import Store, log, queue
from api.store.database.engine import Tx
from api.store.database.schema import accounts as accounts_table
from api.store.database.schema import job_events, job_parts, jobs, library, plans, revisions
from api.store.inputs.library import Row, latest, new_revision, put, tables_in
from api.store.inputs.rows import decode
from api.store.personal import ERASED, Personal, due, erase
from api.store.planned.plans import Made, add_plan, plan_of, publish
from api.store.planned.sealing import seal, withdraw
from api.store.retention import removable, remove
from api.store.state.verify import verify_state
from planner.domain.case import RowRef
from planner.intake.tables.records import InspectorRow
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


def test_personal_data_that_nothing_rests_on_goes_and_what_a_plan_was_made_of_stays(
    store: Store, settings: Settings
) -> None:
    """A draft that nobody went on from, rows of people no stored plan used, and who a disabled account was."""
    person = InspectorRow("P1", "张三", "A1", "沪-1", None, None, (), "", RowRef("inspectors", 1))
    with store.write() as tx:  # four names one after the other, each until the next revision
        for name in ("张一", "张二", "张三", "张四"):
            put(tx, new_revision(tx, "li", "import", "x"), [Row("inspectors", replace(person, name=name), 1)])
            if name == "张二":
                resting = latest(tx)
    standing = made(store, settings, 1, published=True)
    used, gone, kept = made(store, settings, 2, False), made(store, settings, 3, False), made(store, settings, 4, False)
    child, sealed = made(store, settings, 5, False, old=False), made(store, settings, 6, False)
    with store.write() as tx:  # sealed and taken back: its withdrawal is counted, so the draft stays
        withdraw(tx, sealed, "li", seal(tx, sealed, "li", "run", "hash", 0).etag, "企业停产")
    with store.write() as tx:
        long_ago = tx.now() - timedelta(days=2000)
        tx.run(update(plans).where(plans.c.id == standing).values(revision=resting))
        tx.run(update(plans).where(plans.c.id == child).values(parent=used))
        tx.run(update(plans).where(plans.c.id.in_((used, gone, sealed))).values(created_at=long_ago))
        tx.run(update(revisions).values(at=long_ago))
        ended = accounts.add(tx, "wang", "王五", "auditor", None, "li")
        tx.run(update(accounts_table).where(accounts_table.c.id == ended.id).values(active=False, created_at=long_ago))
    found = removable(store, settings)
    assert (found.people.drafts, found.people.accounts) == ([gone], [])  # the log has told of the account lately
    assert (found.rows["personal_drafts"], found.rows["personal_rows"], found.rows["accounts"]) == (1, 2, 0)
    with store.read() as tx:
        assert plan_of(tx, gone)

    remove(store, settings, "li")
    with store.read() as tx:
        names = [row.name for row in history(tx)]
        assert names == ["张二", "张四"]  # what the published plan was made of, and what holds now
        assert set(tx.values(select(plans.c.id))) == {standing, used, kept, child, sealed}
        assert tables_in(tx, "2026-01", resting).inspectors[0].name == "张二"
    (told,) = log.entries(store, what="retention.run")
    assert told["grounds"] == {}
    counts = log.entries(store, what="retention.run", reserved=True)[-1]
    assert counts["grounds"]["rows"]["personal_rows"] == 2
    assert removable(store, settings).people == Personal([], [], [])

    with store.write() as tx:
        (account,) = due(tx, tx.now() + timedelta(seconds=1)).accounts
        erase(tx, Personal([], [], [account]), "li")
        left = accounts.account_in(tx, ended.id)
        assert (left.id, left.login, left.name, left.active) == (account, "wang", ERASED, False)
        assert due(tx, tx.now() + timedelta(seconds=1)).accounts == []
    assert log.entries(store)[-1]["what"] == "account.erase"


def history(tx: Tx) -> list[InspectorRow]:
    """Return every row of the inspector that was ever stored and is there, oldest first."""
    rows = tx.rows(select(library).where(library.c.kind == "inspectors").order_by(library.c.since))
    return [decode("inspectors", row["row"], row["number"]) for row in rows]

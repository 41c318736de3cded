"""A backup holds everything, is found out where it is damaged, and fills an empty database of either kind."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from api.store import StateError, Store, log
from api.store.backup import BackupError, backup, check, restore
from api.store.database.migrate import migrate
from planner.domain.errors import InputError
from tests.api.conftest import new_database
from tests.api.filled import contents, fill


def test_a_backup_restores_into_either_database(store: Store, tmp_path: Path, postgres: str) -> None:
    fill(store)
    path = tmp_path / "all.zip"
    counts = backup(store, path)
    assert counts == check(path) == {name: len(rows) for name, rows in contents(store).items()}
    for url in (f"sqlite:///{tmp_path / 'new.sqlite'}", new_database(postgres)):
        new = Store(url)
        assert restore(new, path) == counts
        assert contents(new) == contents(store)
        with new.write() as tx:  # numbers go on, and the chain too
            log.append(tx, "li", "x", "y")
        assert log.verify_log(new) == []
        new.close()


def test_numbers_go_on_after_a_restore(store: Store, tmp_path: Path, postgres: str) -> None:
    fill(store)
    backup(store, tmp_path / "all.zip")
    new = Store(new_database(postgres))
    restore(new, tmp_path / "all.zip")
    from api.store import queue

    job = queue.enqueue(new, "k", {}, "li")
    events = queue.events_of(new, job.id)
    assert [event["id"] for event in events] == [8]
    new.close()


def test_sqlite_copies_itself_while_written_to(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    migrate(store)
    fill(store)
    with store.write() as tx:
        log.append(tx, "li", "unfinished", "y")
        counts = backup(store, tmp_path / "copy.sqlite")
    assert counts["log"] == 3
    new = Store(f"sqlite:///{tmp_path / 'b.sqlite'}")
    restore(new, tmp_path / "copy.sqlite")
    assert len(contents(new)["log"]) == 3
    store.close()
    new.close()


def test_nothing_is_overwritten(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with pytest.raises(StateError, match="empty"):
        backup(store, path)  # of another database than was meant
    assert not path.exists()
    fill(store)
    backup(store, path)
    with pytest.raises(InputError, match="already"):
        backup(store, path)
    before = contents(store)
    with pytest.raises(StateError, match="not empty"):
        restore(store, path)
    assert contents(store) == before


@pytest.mark.parametrize("harm", ["cut", "row", "missing", "no manifest", "text"])
def test_a_damaged_backup_is_found_out_and_restores_nothing(store: Store, tmp_path: Path, harm: str) -> None:
    fill(store)
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    backup(store, good)
    if harm == "cut":
        bad.write_bytes(good.read_bytes()[:-200])
    elif harm == "text":
        bad.write_text("no backup")
    else:
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
            for name in source.namelist():
                content = source.read(name)
                if name == "jobs.jsonl" and harm == "missing":
                    continue
                if name == "manifest.json" and harm == "no manifest":
                    continue
                if name == "jobs.jsonl" and harm == "row":
                    content = content.replace(b'"attempt":7', b'"attempt":8')
                target.writestr(name, content)
    new = Store(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with pytest.raises(BackupError):
        restore(new, bad)
    new.close()


def test_a_backup_whose_log_was_changed_says_so(store: Store, tmp_path: Path) -> None:
    import hashlib
    import json

    fill(store)
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    backup(store, good)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        manifest = json.loads(source.read("manifest.json"))
        changed = source.read("log.jsonl").replace(b'"who":"li"', b'"who":"xi"')
        manifest["tables"]["log"]["sha256"] = hashlib.sha256(changed).hexdigest()
        for name in source.namelist():
            new_parts = {"log.jsonl": changed, "manifest.json": json.dumps(manifest).encode()}
            target.writestr(name, new_parts.get(name) or source.read(name))
    new = Store(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with pytest.raises(BackupError, match="log"):
        restore(new, bad)
    new.close()

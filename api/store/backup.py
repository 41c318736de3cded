"""Backup and restore of a whole store, while it is in use.

Two forms, by the file's name:

- `.zip`: every table as JSON lines with counts and hashes, from one snapshot. Made of either database and restored
  into either, so it is also the way from SQLite to PostgreSQL. (`pg_dump` may be used beside it; it is not used here,
  because it refuses a server newer than itself.)
- `.sqlite`: a copy of an SQLite database by SQLite's own online backup.

A backup is verified once it is written, and before anything is restored from it. Both want an empty database to restore
into: nothing is overwritten. Artefacts (files of plans) are not in it: `export` writes them anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary, MetaData, Table, func, make_url, select, text
from sqlalchemy import types as sqltypes

from api.store import log
from api.store.database.bulk import insert_many
from api.store.database.engine import Store, Tx
from api.store.database.errors import StateError, StoreError
from api.store.database.migrate import migrate, revision_of
from api.store.database.schema import metadata
from api.store.state.bind import roots_of
from api.store.state.verify import verify_state
from planner.domain.errors import InputError

FORMAT = "joint-inspection-store/1"
BATCH = 5_000


class BackupError(StoreError):
    """The backup is damaged or incomplete."""


def backup(store: Store, path: Path) -> dict[str, int]:
    """Write a backup to `path` (`.zip` or `.sqlite`), verify it, and return the rows by table; complete or not at all.

    Raises InputError where the file is there already or of another kind, BackupError where it does not verify.
    """
    if path.exists():
        raise InputError(f"{path} 已存在 / {path} is there already")
    if not _rows(store):
        raise StateError(
            f"数据库 {make_url(store.url).render_as_string()} 是空的，没有可备份的内容："
            "请用 --data 或 --database 指明服务的数据 / "
            "the database is empty: name the service's with --data or --database"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".unfinished-{path.name}")
    unfinished.unlink(missing_ok=True)
    try:
        if path.suffix == ".zip":
            _dump(store, unfinished)
        elif path.suffix == ".sqlite" and not store.on_postgresql:
            with closing(sqlite3.connect(store.sqlite_file)) as source, closing(sqlite3.connect(unfinished)) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
        else:
            raise InputError("备份文件应为 .zip,SQLite 也可为 .sqlite / a backup is a .zip, of SQLite also .sqlite")
        counts = check(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def check(path: Path) -> dict[str, int]:
    """Return the rows by table of a backup that is whole. Raises BackupError where it is not."""
    if path.suffix == ".sqlite":
        return _check_sqlite(path)
    with _opened(path) as archive:
        manifest = _manifest(archive)
        for name, told in manifest["tables"].items():
            digest, rows = hashlib.sha256(), 0
            for line in _lines(archive, name):
                digest.update(line)
                rows += 1
            if (rows, digest.hexdigest()) != (told["rows"], told["sha256"]):
                raise BackupError(f"备份中的表 {name} 已损坏 / table {name} of the backup is damaged")
        return {name: told["rows"] for name, told in manifest["tables"].items()}


def restore(store: Store, path: Path) -> dict[str, int]:
    """Fill an empty database from a backup and return the rows by table. All of it, or nothing.

    The database is brought to the backup's schema, filled, and then to this program's. Raises StateError where it is
    not empty, BackupError where the backup is damaged or its log does not verify.
    """
    counts = check(path)
    if revision_of(store)[0] and _rows(store):
        raise StateError("数据库不是空的 / the database is not empty")
    if path.suffix == ".sqlite":
        _restore_sqlite(store, path)
        migrate(store)
    else:
        with _opened(path) as archive:
            manifest = _manifest(archive)
            migrate(store, manifest["revision"])
            with store.write() as tx:
                _load(tx, archive, manifest)
        migrate(store)
    found = _rows(store)
    if found != {name: rows for name, rows in counts.items() if rows}:
        raise BackupError("恢复后的行数与备份不符 / rows restored differ from the backup")
    problems = log.verify_log(store)
    if problems:
        raise BackupError(f"恢复的日志不连贯 / the restored log does not verify: {problems[0].text('en')}")
    with store.read() as tx:
        bound = bool(roots_of(tx, 1)) or bool(roots_of(tx, log.HIDDEN))
    against = verify_state(store) if bound else []
    if against:
        raise BackupError(
            f"恢复的数据与日志不符：{against[0].text()} / the restored rows are not what the log has bound"
        )
    return counts


def _rows(store: Store) -> dict[str, int]:
    """Return the rows of the tables that have any."""
    with store.read() as tx:
        counts = {table.name: tx.value(select(func.count()).select_from(table)) for table in metadata.sorted_tables}
    return {name: rows for name, rows in counts.items() if rows}


def _dump(store: Store, path: Path) -> None:
    with store.read() as tx, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        revision = tx.value(text("SELECT version_num FROM alembic_version"))
        told: dict[str, dict[str, Any]] = {}
        for table in _tables(tx):
            digest, rows = hashlib.sha256(), 0
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
                for line in _dumped(tx, table):
                    digest.update(line)
                    file.write(line)
                    rows += 1
            told[table.name] = {"rows": rows, "sha256": digest.hexdigest()}
        manifest = {"format": FORMAT, "revision": revision, "at": tx.now().isoformat(), "tables": told}
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))


def _tables(tx: Tx) -> list[Table]:
    """Return the tables as they are in the database, with the plain types of its kind, those referred to first."""
    there = MetaData()
    there.reflect(tx.connection, only=lambda name, _: name in metadata.tables)
    return [there.tables[table.name] for table in metadata.sorted_tables if table.name in there.tables]


def _dumped(tx: Tx, table: Table) -> Iterator[bytes]:
    result = tx.connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*table.primary_key))
    for row in result.mappings():
        values = {name: _out(value) for name, value in row.items()}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _out(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def _load(tx: Tx, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    for table in _tables(tx):
        if table.name not in manifest["tables"]:
            continue
        readers = {column.name: _reader(column.type) for column in table.columns}
        batch: list[dict[str, Any]] = []
        for line in _lines(archive, table.name):
            batch.append({name: readers[name](value) for name, value in json.loads(line).items()})
            if len(batch) == BATCH:
                insert_many(tx, table, batch)
                batch = []
        insert_many(tx, table, batch)
        if tx.on_postgresql:
            _move_sequence(tx, table)


def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return what turns a value of the backup into the column's; moments are UTC in both databases."""
    if isinstance(kind, LargeBinary):
        return lambda value: None if value is None else base64.b64decode(value["base64"])
    if isinstance(kind, sqltypes.DateTime):
        zone = UTC if kind.timezone else None
        return lambda value: None if value is None else datetime.fromisoformat(value).replace(tzinfo=zone)
    if isinstance(kind, sqltypes.Date):
        return lambda value: None if value is None else date.fromisoformat(value)
    return lambda value: value


def _move_sequence(tx: Tx, table: Table) -> None:
    """Let the numbers that the database gives go on after the highest restored."""
    (key, *more) = table.primary_key
    if more or not isinstance(key.type, sqltypes.Integer):
        return
    sequence = tx.value(select(func.pg_get_serial_sequence(table.name, key.name)))
    if sequence is not None:
        highest = tx.value(select(func.max(key)))
        tx.value(select(func.setval(sequence, highest or 1, highest is not None)))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupError(f"{path} 不是备份 / {path} is no backup: {error}") from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest = json.loads(archive.read("manifest.json"))
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BackupError("备份没有清单 / the backup has no manifest") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BackupError("不是本程序的备份 / not a backup of this program")
    return manifest


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    try:
        with archive.open(f"{name}.jsonl") as file:
            yield from file
    except (KeyError, zipfile.BadZipFile, OSError) as error:
        raise BackupError(f"备份中的表 {name} 已损坏 / table {name} of the backup is damaged") from error


def _check_sqlite(path: Path) -> dict[str, int]:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise BackupError(f"备份已损坏 / the backup is damaged: {verdict}")
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            kept = [name for name in names if name in metadata.tables]
            return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in kept}
    except sqlite3.DatabaseError as error:
        raise BackupError(f"备份已损坏 / the backup is damaged: {error}") from error


def _restore_sqlite(store: Store, path: Path) -> None:
    if store.on_postgresql:
        raise InputError(".sqlite 备份只能恢复到 SQLite；PostgreSQL 请用 .zip / a .sqlite restores into SQLite only")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(store.sqlite_file)) as target:
        source.backup(target)

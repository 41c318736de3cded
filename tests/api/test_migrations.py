"""Migrations up and down with data, and the schema they make is the one the code uses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from api.store import StateError, Store
from api.store.database.migrate import SCRIPTS, migrate, require_current, revision_of
from api.store.database.schema import metadata
from tests.api.filled import contents, fill

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(SCRIPTS)).walk_revisions()))]


def test_the_schema_is_what_the_migrations_make(store: Store) -> None:
    with store.read() as tx:
        context = MigrationContext.configure(tx.connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert revision_of(store) == (REVISIONS[-1], REVISIONS[-1])


def test_down_step_by_step_and_up_again_keeps_the_data(store: Store) -> None:
    counts = fill(store)
    assert min(counts.values()) > 0
    before = contents(store)
    for revision in REVISIONS[-2::-1]:
        migrate(store, revision)
        if revision == REVISIONS[0]:
            break
    left = _left(store)
    assert left.keys() <= before.keys()
    assert left == {name: [_part(row, left[name]) for row in rows] for name, rows in before.items() if name in left}
    assert migrate(store) == (REVISIONS[0], REVISIONS[-1])
    after = contents(store)
    for name, kept in left.items():
        assert [_part(row, kept) for row in after[name]] == kept
    assert all(after[name] == [] for name in after.keys() - left.keys())


def test_down_to_nothing_and_up_again(store: Store) -> None:
    fill(store)
    assert migrate(store, "base") == (REVISIONS[-1], "")
    with store.read() as tx:
        assert set(inspect(tx.connection).get_table_names()) == {"alembic_version"}
    migrate(store)
    assert set(map(len, contents(store).values())) == {0}


def test_an_empty_database_is_refused_until_it_is_migrated(bare: Store) -> None:
    with pytest.raises(StateError, match="db upgrade"):
        require_current(bare)
    migrate(bare)
    require_current(bare)


def test_a_database_of_a_newer_program_is_left_alone(store: Store) -> None:
    with store.write() as tx:
        tx.run(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StateError, match="newer"):
        migrate(store)


def test_several_processes_may_migrate_at_once(bare: Store) -> None:
    def one(_: int) -> str:
        own = Store(bare.url, pool=1)
        try:
            return migrate(own)[0]
        finally:
            own.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(one, range(4))) == ["", *[REVISIONS[-1]] * 3]


def _left(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return everything in the tables and columns that the database has now."""
    with store.read() as tx:
        known = inspect(tx.connection)
        there = {
            t: {c["name"] for c in known.get_columns(t.name)} for t in metadata.sorted_tables if known.has_table(t.name)
        }
        return {
            table.name: tx.rows(select(*(c for c in table.columns if c.name in names)).order_by(*table.primary_key))
            for table, names in there.items()
        }


def _part(row: dict[str, Any], like: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: row[key] for key in like[0]}

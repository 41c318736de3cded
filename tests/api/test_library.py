"""Imports, versions, filings: what goes in comes out as the reader gave it, and what it was before is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from api.store import ConflictError, NotFoundError, StateError, Store, log
from api.store.database.migrate import migrate
from api.store.inputs import filings as filed
from api.store.inputs.imports import import_tables
from api.store.inputs.library import known_ids, row_of, rows_of, tables_of, versions_of
from api.store.inputs.rows import raw_tables
from planner.domain.case import RowRef
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import TABLES
from planner.intake.write.writer import write_folder
from scenarios.demo import write_demo
from tests.cli.district import MONTH, district


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The demonstration district, faulty rows and all."""
    return read_tables(write_demo(tmp_path_factory.mktemp("demo")))


@pytest.fixture
def small(tmp_path: Path) -> Tables:
    write_folder(district(), tmp_path / "district")
    return read_tables(tmp_path / "district")


def without_rows(tables: Tables) -> list[list[Any]]:
    none = RowRef("", 0)
    return [[replace(row, ref=none) for row in getattr(tables, table.key)] for table in TABLES]


def test_what_was_imported_comes_out_equal(store: Store, demo: Tables) -> None:
    done = import_tables(store, demo, "li")
    assert tables_of(store, MONTH) == demo
    assert done.counts["sites"] == {"added": len(demo.sites), "changed": 0, "ended": 0, "same": 0}
    assert done.findings == len(demo.findings) > 0
    entry = log.entries(store)[0]
    assert (entry["who"], entry["what"], entry["object"]) == ("li", "library.import", "library")


def test_raw_rows_read_back_equal(demo: Tables, tmp_path: Path) -> None:
    write_folder(raw_tables(demo), tmp_path / "again")
    assert without_rows(read_tables(tmp_path / "again")) == without_rows(demo)


def test_the_same_again_changes_nothing(store: Store, small: Tables) -> None:
    import_tables(store, small, "li")
    again = import_tables(store, small, "li")
    for counts in again.counts.values():
        assert counts["same"] > 0
        assert counts["added"] == counts["changed"] == counts["ended"] == 0
    with store.read() as tx:
        assert filed.filing_of(tx, "F-S").version == 1


def test_a_changed_row_is_a_new_version_and_the_old_state_can_be_had(store: Store, small: Tables) -> None:
    first = import_tables(store, small, "li")
    renamed = replace(small.sites[0], name="新厂名", town="朱泾镇")
    second = import_tables(store, Tables("new", sites=(renamed,)), "wang")
    assert second.counts == {"sites": {"added": 0, "changed": 1, "ended": 0, "same": 0}}
    with store.read() as tx:
        assert row_of(tx, "sites", "S1") == renamed
        assert [(a, b, row.name) for a, b, row in versions_of(tx, "sites", "S1")] == [
            (1, 2, "化工1厂"),
            (2, None, "新厂名"),
        ]
        assert [key for key, _ in rows_of(tx, "sites", town="朱泾镇")] == ["S1"]
        assert [key for key, _ in rows_of(tx, "sites", after="S2", limit=2)] == ["S3", "S4"]
        assert known_ids(tx)["sites"].usable == {f"S{n}" for n in range(1, 7)}
    assert tables_of(store, MONTH, first.revision) == small
    assert {row.name for row in tables_of(store, MONTH).sites if row.site_id == "S1"} == {"新厂名"}


def test_replacing_ends_what_is_not_there_and_what_refers_to_it_is_left_out_with_a_finding(
    store: Store, small: Tables
) -> None:
    import_tables(store, small, "li")
    done = import_tables(store, Tables("new", sites=small.sites[1:]), "li", replace=True)
    assert done.counts["sites"] == {"added": 0, "changed": 0, "ended": 1, "same": 5}
    assert "S1" not in {row.site_id for row in tables_of(store, MONTH).sites}
    item = replace(small.items[0], minutes=90)
    import_tables(store, Tables("newer", items=(item,)), "li")
    now = tables_of(store, MONTH)
    assert {s for filing in now.filings for s in filing.sites} == {"S2", "S3", "S4", "S5"}
    assert {(f.code, f.value) for f in now.findings} == {("ref.lost", "S1")}


def test_repeated_rows_of_a_table_without_key_are_all_kept(store: Store, small: Tables) -> None:
    from planner.intake.tables.records import AbsenceRow

    absence = AbsenceRow("SCJG-P0", date(2026, 6, 1), date(2026, 6, 2), "day", RowRef("absences", 2))
    twice = (absence, replace(absence, ref=RowRef("absences", 3)))
    import_tables(store, replace(small, absences=twice), "li")
    assert tables_of(store, MONTH).absences == twice
    assert import_tables(store, replace(small, absences=twice), "li").counts["absences"]["same"] == 2


def test_rows_of_a_site_are_not_looked_for_among_those_of_all_sites(tmp_path: Path) -> None:
    store, asked = Store(f"sqlite:///{tmp_path / 'store.sqlite'}"), list[tuple[str, Any]]()
    migrate(store)
    with store.read() as tx:
        event.listen(tx.connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        rows_of(tx, "grades", site_id="S1", limit=1000)
        query, values = asked[-1]
        plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all()
    assert ["ix_library_site (site_id=? AND kind=? AND key>?)" in str(row) for row in plan] == [True]
    store.close()


def test_an_unknown_row_is_not_found(store: Store) -> None:
    with store.read() as tx, pytest.raises(NotFoundError):
        row_of(tx, "sites", "S1")


def test_a_filing_goes_from_draft_to_accepted_with_every_version_kept(store: Store, small: Tables) -> None:
    import_tables(store, replace(small, filings=()), "li")
    row = small.filings[0]
    with store.write() as tx:
        (draft,) = filed.save(tx, [row], "zhang", "申报.xlsx")
        assert (draft.state, draft.version, draft.accepted_version) == ("draft", 1, None)
        filed.submit(tx, row.filing_id, 1, "zhang")
        filed.give_back(tx, row.filing_id, 1, "li", "对象有误")
        (second,) = filed.save(tx, [replace(row, sites=("S1",))], "zhang", "申报2.xlsx")
        assert (second.state, second.version) == ("draft", 2)
        assert filed.changes(tx, row.filing_id, 2) == {"sites": (row.sites, ("S1",))}
        filed.submit(tx, row.filing_id, 2, "zhang")
    assert tables_of(store, MONTH).filings == ()
    with store.write() as tx:
        accepted, _ = filed.accept(tx, row.filing_id, 2, "li", "JH-1")
    assert (accepted.state, accepted.accepted_version, accepted.code) == ("accepted", 2, "JH-1")
    assert [f.sites for f in tables_of(store, MONTH).filings] == [("S1",)]
    with store.write() as tx:  # a later draft leaves what is in force as it is
        filed.save(tx, [replace(row, sites=("S2",))], "zhang", "申报3.xlsx")
    assert [f.sites for f in tables_of(store, MONTH).filings] == [("S1",)]
    with store.read() as tx:
        assert filed.version_of(tx, row.filing_id, 1)[1] == row
        assert filed.version_of(tx, row.filing_id, 1)[0]["source"] == "申报.xlsx"
        states = [(s["state"], s["version"], s["reason"]) for s in filed.steps_of(tx, row.filing_id)]
    assert states == [
        ("draft", 1, ""),
        ("submitted", 1, ""),
        ("returned", 1, "对象有误"),
        ("draft", 2, ""),
        ("submitted", 2, ""),
        ("accepted", 2, ""),
        ("draft", 3, ""),
    ]
    with store.write() as tx:
        filed.withdraw(tx, row.filing_id, 3, "zhang", "不查了")
    assert tables_of(store, MONTH).filings == ()
    assert log.verify_log(store) == []


def test_filings_are_guarded_against_others_stale_versions_and_wrong_states(store: Store, small: Tables) -> None:
    import_tables(store, replace(small, filings=()), "li")
    row = small.filings[0]
    with store.write() as tx:
        filed.save(tx, [row], "zhang", "x")
    with pytest.raises(ConflictError, match="another agency"), store.write() as tx:
        filed.save(tx, [replace(row, agency_id="HBJ")], "zhou", "x")
    with pytest.raises(ConflictError, match="version"), store.write() as tx:
        filed.submit(tx, row.filing_id, 2, "zhang")
    with pytest.raises(StateError), store.write() as tx:
        filed.accept(tx, row.filing_id, 1, "li", "JH-1")
    with pytest.raises(NotFoundError), store.write() as tx:
        filed.submit(tx, "F-none", 1, "zhang")


def test_filings_are_listed_by_agency_state_and_month(store: Store, small: Tables) -> None:
    import_tables(store, small, "li")
    assert [f.filing_id for f in filed.filings_of(store)] == ["F-H", "F-S", "F-Y"]
    assert [f.filing_id for f in filed.filings_of(store, agency_id="SCJG", state="accepted")] == ["F-S"]
    assert filed.filings_of(store, month="2026-07") == []
    assert [f.filing_id for f in filed.filings_of(store, month=MONTH, after="F-H", limit=1)] == ["F-S"]


def test_an_unannounced_filings_steps_are_reserved_in_the_log(store: Store, small: Tables) -> None:
    import_tables(store, replace(small, filings=()), "li")
    row = replace(small.filings[0], unannounced=True)
    with store.write() as tx:
        filed.save(tx, [row], "zhang", "x")
        filed.submit(tx, row.filing_id, 1, "zhang")
    subject = f"filing:{row.filing_id}"
    assert log.entries(store, object=subject) == []
    assert log.entries(store, object=subject, agency_id="HBJ") == []
    assert len(log.entries(store, object=subject, agency_id="SCJG")) == 1
    assert len(log.entries(store, object=subject, reserved=True)) == 1

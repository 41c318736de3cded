"""The demo district is what it says: its size, its form, its faults, and the same every time."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from planner.intake.read.reader import read_tables
from planner.intake.tables.schema import BASELINE, DUTIES, FILINGS, IDENTITIES, RESULT_ITEMS, RESULTS, SUPERVISION, Kind
from planner.intake.tables.schema import TABLES as ALL_TABLES
from scenarios.credit_code import DEMO_MARK, is_valid
from scenarios.demo import NOTE_NAME, Demo, generate_demo, main, write_demo
from scenarios.parameters import DemoParameters, read_block

MARK = "(演示)"

LEFT_OUT = (IDENTITIES, RESULTS, RESULT_ITEMS, BASELINE, DUTIES, SUPERVISION)
TABLES = tuple(table for table in ALL_TABLES if table not in LEFT_OUT)
"""The district has one register: nobody had to decide what is one premises. Its month lies ahead: it has no results,
nor anything to supervise."""


@pytest.fixture(scope="module")
def demo() -> Demo:
    """The district with its faults."""
    return generate_demo()


@pytest.fixture(scope="module")
def clean() -> Demo:
    """The district without the rows that are wrong on purpose."""
    return generate_demo(faulty=False)


@pytest.fixture(scope="module")
def small() -> DemoParameters:
    """The same district with few sites, for tests that write it."""
    parameters = DemoParameters.read()
    parameters["district"]["site_count"] = 3000
    return parameters


def digests(folder: Path) -> dict[str, str]:
    """Return file name → hash of the content."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, small: DemoParameters) -> None:
    for name in ("one", "two"):
        write_demo(tmp_path / name, parameters=small)
        write_demo(tmp_path / f"book {name}", workbook=True, parameters=small)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert digests(tmp_path / "book one") == digests(tmp_path / "book two")


def test_another_seed_gives_another_district(small: DemoParameters) -> None:
    one, other = (generate_demo(small, seed).tables["sites"] for seed in (1, 2))
    assert [row["name"] for row in one] != [row["name"] for row in other]


def test_it_has_the_size_of_a_district(clean: Demo) -> None:
    count = {name: len(rows) for name, rows in clean.tables.items()}
    assert count["sites"] >= 20_000
    assert 25_000 <= count["history"] <= 35_000
    assert 150 <= count["items"] <= 220
    assert set(count) == {table.key for table in TABLES}
    assert min(count.values()) >= 1


def test_agencies_are_14_departments_and_11_town_teams(clean: Demo) -> None:
    agencies = clean.tables["agencies"]
    bodies = [row for row in agencies if not row["parent_id"]]
    towns = {row["town"] for row in bodies if row["level"] == "town"}
    assert len([row for row in bodies if row["level"] == "district"]) == 14
    assert len(towns) == 11
    assert towns == {row["town"] for row in clean.tables["sites"]}
    assert {row["domain"] for row in agencies} >= {f"A{number:02d}" for number in range(1, 15)}
    # Annexes 1 and 4 are two domains of one bureau.
    assert {row["domain"] for row in agencies if row["parent_id"] == "SCJG"} == {"A01", "A04"}


def test_credit_codes_are_valid_in_form_and_marked(clean: Demo) -> None:
    codes = [str(row["credit_code"]) for row in clean.tables["sites"]]
    assert all(is_valid(code) and DEMO_MARK in code for code in codes)
    # A published code of a listed company passes, with any sign changed it does not.
    assert is_valid("91440300708461136T")
    assert not is_valid("91440300708461136A")
    assert not is_valid("91440300708461163T")


def test_names_of_agencies_sites_and_people_are_marked(clean: Demo) -> None:
    for table in ("agencies", "inspectors", "sites"):
        assert all(MARK in str(row["name"]) for row in clean.tables[table]), table
    assert {"key": "synthetic", "value": "是"}.items() <= clean.tables["settings"][1].items()


def test_sites_lie_near_their_towns_and_only_where_their_trade_is(clean: Demo) -> None:
    towns = {row["name"]: row for row in read_block(DemoParameters.read()["geography"]["towns"])}
    for row in clean.tables["sites"]:
        town = towns[str(row["town"])]
        away = abs(float(str(row["lon"])) - float(town["lon"])) + abs(float(str(row["lat"])) - float(town["lat"]))
        assert away < 0.12, row["site_id"]
    chemical = {row["town"] for row in clean.tables["sites"] if row["industry"] == "化工"}
    assert chemical == {"漕泾镇", "石化街道", "金山卫镇", "亭林镇", "张堰镇"}


def cells(demo: Demo) -> Iterator[tuple[str, str, Kind, object]]:
    """Yield (table, column, kind, value) of every filled cell."""
    for table in TABLES:
        for column in table.columns:
            for row in demo.tables[table.key]:
                value = row.get(column.key, "")
                if value != "":
                    yield table.key, column.key, column.kind, value


def test_good_rows_refer_only_to_rows_that_are_there(clean: Demo) -> None:
    ids = {table.key: {row[table.columns[0].key] for row in clean.tables[table.key]} for table in TABLES}
    refers = {(table.key, column.key): column.refers for table in TABLES for column in table.columns if column.refers}
    for table, column, kind, value in cells(clean):
        if (table, column) in refers:
            named = str(value).split(";") if kind is Kind.IDS else [value]
            assert set(named) <= ids[refers[table, column]], (table, column, value)


def test_good_rows_repeat_no_key_and_fill_what_is_required(clean: Demo) -> None:
    for table in TABLES:
        rows = clean.tables[table.key]
        keys = [tuple(str(row.get(name, "")) for name in table.unique) for row in rows]
        assert not table.unique or len(set(keys)) == len(keys), table.key
        required = [column.key for column in table.columns if column.required]
        assert all(row.get(name, "") != "" for row in rows for name in required), table.key


def test_filings_show_every_kind_period_source_mode_and_strength(clean: Demo) -> None:
    filings = clean.tables["filings"]
    for name in ("kind", "period", "source", "mode", "strength"):
        column = FILINGS.column(name)
        seen = {str(row.get(name, column.default)) for row in filings}
        assert seen == {choice for choice, _ in column.choices}, name
    for name in ("sites", "scope", "ratio", "frequency", "necessity", "unannounced", "secret", "behaviour", "partners"):
        assert any(row.get(name) for row in filings), name
    filed = [row["filed_on"] for row in filings]
    assert any(isinstance(day, date) and day > date(2026, 5, 25) for day in filed), "none was filed late"
    for row in filings:
        assert bool(row["sites"]) != bool(row["scope"]), row["filing_id"]


def test_people_show_expired_certificates_skills_auxiliaries_and_half_days(clean: Demo) -> None:
    people = clean.tables["inspectors"]
    assert any(isinstance(row["valid_to"], date) and row["valid_to"] < date(2026, 6, 1) for row in people)
    assert any(row["role"] == "officer" and not row["certificate_no"] for row in people)
    assert any(row["role"] == "auxiliary" for row in people)
    assert {"特种设备", "食品", "药品", "危化", "消防"} <= {
        skill for row in people for skill in str(row["skills"]).split(";")
    }
    assert {row["half"] for row in clean.tables["absences"]} == {"day", "am", "pm"}


def test_commitments_are_the_hashes_of_the_nonces(clean: Demo) -> None:
    holders = {row["holder"] for row in clean.tables["nonces"]}
    assert holders == {"bureau"} | {row["agency_id"] for row in clean.tables["agencies"]}
    for row in clean.tables["nonces"]:
        assert row["commitment"] == hashlib.sha256(str(row["nonce"]).encode()).hexdigest()


def test_planned_on_site_checks_of_a_domain_fall_once_a_year(clean: Demo) -> None:
    domain_of = {row["item_id"]: row["domain"] for row in clean.tables["items"]}
    seen = set()
    for row in clean.tables["history"]:
        if row["trigger"] == "planned" and row["mode"] == "on_site":
            day = row["date"]
            assert isinstance(day, date)
            key = (row["site_id"], domain_of[str(row["items"]).split(";")[0]], day.year)
            assert key not in seen
            seen.add(key)


def test_the_reader_takes_every_good_row(tmp_path: Path, small: DemoParameters) -> None:
    tables = read_tables(write_demo(tmp_path, parameters=small, faulty=False))
    assert tables.findings == ()
    assert tables.synthetic


def test_the_reader_finds_the_faults_of_form(tmp_path: Path, small: DemoParameters) -> None:
    """Faults of law are found later; those of form carry the row that the list of faults names."""
    tables = read_tables(write_demo(tmp_path, parameters=small))
    found = {(finding.table, finding.row) for finding in tables.findings}
    faults = generate_demo(small).faults
    named = {(fault.table, fault.row) for fault in faults}
    assert found == {("filings", 1)} | (named & found), "a finding where no fault was planted"
    for_the_law = {fault.fault for fault in faults if (fault.table, fault.row) not in found}
    assert for_the_law == {
        "expired-window",
        "sites-and-scope",
        "neither-sites-nor-scope",
        "foreign-item",
        "files-what-has-no-basis",
        "missing-basis",
        "history-in-future",
        "pin-without-task",
        "waiver-of-mandatory-rule",
        "waiver-of-unknown-rule",
    }


def test_the_note_lists_every_fault_and_the_credit(tmp_path: Path, small: DemoParameters) -> None:
    text = small.source.read_text(encoding="utf-8").replace("site_count = 21000", "site_count = 3000")
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    main([str(tmp_path / "out"), "--seed", "3", "--parameters", str(tmp_path / "small.toml")])
    note = (tmp_path / "out" / NOTE_NAME).read_text(encoding="utf-8")
    faults = generate_demo(small, seed=3).faults
    assert len(faults) >= 36
    assert all(f"| {fault.table} | {fault.row} |" in note and fault.fault in note for fault in faults)
    assert "OpenStreetMap" in note
    with (tmp_path / "out" / "filings.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file))[-1] == "领导批示"


def test_a_fault_without_its_model_row_is_an_error(small: DemoParameters) -> None:
    spoiled = DemoParameters.read()
    spoiled["district"]["site_count"] = 3000
    spoiled["faults"]["rows"] = [{"fault": "x", "table": "filings", "like": "NONE", "set": {}, "says": "x"}]
    with pytest.raises(ValueError, match="no row NONE"):
        generate_demo(spoiled)


def test_a_block_with_a_missing_cell_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 cells where the header has 3"):
        read_block("a | b | c\n1 | 2")

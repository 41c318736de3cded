"""The ids of every register stay known: gate, ledger, suggestions, events and triggered checks take them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from planner.domain.errors import InputError
from planner.intake.identity.union import one_register
from planner.intake.read.reader import read_tables
from planner.rulebook.citing import opened_first
from planner.service import Planned, may_enter, plan_tables, register_triggered, replan_event, site_ledger, suggestions
from tests.filings.district import MONTH, SITES, Raw, screened, written
from tests.filings.test_identity import two_registers


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    def edit(raw: Raw) -> None:
        two_registers(raw)
        raw["history"][0]["site_id"] = "YJ-1"

    return plan_tables(read_tables(written(tmp_path_factory.mktemp("aliases"), edit)), MONTH)


def test_every_id_of_the_premises_gets_the_same_answer(planned: Planned) -> None:
    for n, site in enumerate(SITES, 1):
        other = f"YJ-{n}"
        for day in (date(2026, 6, 3), date(2026, 6, 24)):
            try:
                expected = may_enter(planned, "YJJ", site, day)
            except InputError:
                continue
            assert may_enter(planned, "YJJ", other, day) == expected
        assert site_ledger(planned, other, "YJJ") == site_ledger(planned, site, "YJJ")
        assert suggestions(planned, "YJJ", other) == suggestions(planned, "YJJ", site)


def test_the_gate_opens_its_clauses(planned: Planned) -> None:
    found = 0
    for site in SITES:
        for day in (date(2026, 6, 1), date(2026, 6, 3), date(2026, 6, 10)):
            answer = may_enter(planned, "YJJ", site, day)
            for clauses in (answer["clauses"], *(barrier["clauses"] for barrier in answer["barriers"])):
                if clauses:
                    found += 1
                    assert f"（依据：{opened_first(planned.rulebook, clauses)}）" in answer["text_zh"]
    assert found
    assert "”（" in opened_first(planned.rulebook, ("D-2.6a",))


def test_the_ledger_counts_what_any_register_has_recorded(planned: Planned) -> None:
    assert [entry["site"] for entry in site_ledger(planned, SITES[0], "YJJ")["past"]] == ["YJ-1"]
    assert site_ledger(planned, "YJ-1", "YJJ")["site"] == SITES[0]


def test_events_and_triggered_checks_take_an_alias(planned: Planned) -> None:
    days = ["2026-06-02"]
    one, other = (replan_event(planned, {"kind": "closed", "site": site, "days": days}) for site in (SITES[0], "YJ-1"))
    assert one["diff"] == other["diff"]
    check = {"unit": "YJJ", "items": ["AQ-1"], "day": "2026-06-03", "source": "complaint"}
    first, second = (register_triggered(planned, {**check, "site": site}) for site in (SITES[1], "YJ-2"))
    assert first == second
    assert second["check"]["site"] == SITES[1]


def test_an_id_without_a_row_means_the_site_that_somebody_decided(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["filings"][1]["sites"] = ";".join(["NEW-1", *SITES[1:]])
        raw["identities"] = [{"site_id": SITES[0], "other_id": "NEW-1", "verdict": "同一"}]

    tables, prepared = screened(written(tmp_path, edit))
    assert tables.filings[1].sites == SITES
    (told,) = [f for f in tables.findings if f.value == "NEW-1"]
    assert (told.code, told.params["read"]) == ("cell.read-as", SITES[0])
    assert prepared.registers is not None
    assert prepared.registers.aliases == {"NEW-1": SITES[0]}
    assert not [f for f in prepared.findings if f.code == "law.identity-unknown"]


@pytest.mark.parametrize("second", [("同一", SITES[1]), ("不同", SITES[0])])
def test_an_id_that_means_two_sites_or_none_is_no_alias(second: tuple[str, str], tmp_path: Path) -> None:
    verdict, site = second
    first = "同一" if site != SITES[0] else "不同"

    def edit(raw: Raw) -> None:
        raw["filings"][1]["sites"] = ";".join(["NEW-1", *SITES[1:]])
        raw["identities"] = [{"site_id": SITES[0], "other_id": "NEW-1", "verdict": first}]
        raw["identities"] += [{"site_id": site, "other_id": "NEW-1", "verdict": verdict}] if verdict == "同一" else []

    tables = read_tables(written(tmp_path, edit))
    assert one_register(tables).aliases == {}
    assert tables.filings[1].sites == SITES[1:]
    assert [f.code for f in tables.findings if f.value == "NEW-1" and f.table == "filings"] == ["ref.lost"]

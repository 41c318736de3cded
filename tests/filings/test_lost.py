"""No duty is lost in silence: what is filed and leads to no task is told, and the account balances."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.intake.month.account import lost_duties
from planner.intake.month.alike import same_towns, same_trades
from planner.intake.month.outcome import Prepared
from planner.intake.words.catalogue import render
from tests.filings.district import SITES, Raw, codes, filing, screened, visits_due, written


def prepared_with(folder: Path, **cells: object) -> Prepared:
    def edit(raw: Raw) -> None:
        raw["filings"][1] |= cells

    _, prepared = screened(written(folder, edit))
    assert prepared.account.balances
    assert not prepared.account.lost
    return prepared


def test_counts_in_are_counts_out(tmp_path: Path) -> None:
    _, prepared = screened(written(tmp_path))
    account = prepared.account
    assert (account.filed, account.balances) == (12, True)
    assert {key: count for key, count in account.fates.items() if count} == {"tasks": 10, "removed": 2}
    assert account.text() == "申报 12 项（计划×对象）＝安排任务 10＋不予安排 2"


@pytest.mark.parametrize("town", ["朱泾", "金山区朱泾镇", "朱泾镇人民政府"])
def test_a_town_in_other_words_is_the_town(town: str, tmp_path: Path) -> None:
    prepared = prepared_with(tmp_path, sites="", scope=f"街镇={town}")
    assert len({site for unit, site in visits_due(prepared) if unit == "YJJ"}) == 6
    assert "law.value-alike" in codes(prepared)


@pytest.mark.parametrize(
    ("scope", "near"), [("街镇=朱径镇", "朱泾镇"), ("行业=餐饮|餐引", "餐饮"), ("街镇=枫泾镇", "朱泾镇")]
)
def test_a_value_that_no_site_has_is_an_error_with_the_nearest(scope: str, near: str, tmp_path: Path) -> None:
    prepared = prepared_with(tmp_path, sites="", scope=scope)
    (found,) = [one for one in prepared.findings if one.code == "law.scope-value"]
    assert f"最接近的是“{near}”" in render(found)[1]
    assert found in lost_duties(prepared.findings)


def test_a_filing_that_is_left_out_as_a_whole_is_in_the_account(tmp_path: Path) -> None:
    account = prepared_with(tmp_path, window_from="不定期").account
    assert (account.filed, account.unread_filings) == (6, 1)
    assert "另有 1 份计划整行读不出" in account.text()


def test_a_credit_code_that_one_site_alone_has_names_it(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["sites"][0]["credit_code"] = "91310116MA1J8TEX1X"
        raw["history"][0]["site_id"] = "91310116MA1J8TEX1X"

    _, prepared = screened(written(tmp_path, edit))
    assert ("SCJG", "JS-001") not in visits_due(prepared)
    assert "cell.read-as" in codes(prepared)


def test_ids_are_compared_without_case_and_blanks_and_slips_are_errors(tmp_path: Path) -> None:
    assert len(visits_due(prepared_with(tmp_path, sites=";".join(s.lower() for s in SITES)))) == 10
    assert len(visits_due(prepared_with(tmp_path, sites=";".join(s.replace("-", " - ") for s in SITES)))) == 10
    prepared = prepared_with(tmp_path, sites="JS-OO1;JS-002;JS-003")
    (found,) = [one for one in prepared.findings if one.code == "ref.lost"]
    assert "最接近的是“JS-001”" in render(found)[1]
    assert prepared.account.unread == 1
    assert "另有 1 个对象编号读不出" in prepared.account.text()
    assert found in lost_duties(prepared.findings)


def test_names_of_agencies_and_items_stand_for_their_ids(tmp_path: Path) -> None:
    prepared = prepared_with(tmp_path, agency_id="区应急管理局", items="安全生产检查")
    assert len(visits_due(prepared)) == 10
    assert "cell.read-as" in codes(prepared)


def test_an_agency_that_is_not_there_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    prepared = prepared_with(tmp_path, agency_id="YJ")
    (found,) = [one for one in prepared.findings if one.code == "ref.unknown"]
    assert "最接近的是“YJJ”" in render(found)[1]
    assert found in lost_duties(prepared.findings)


def test_a_draw_a_later_window_and_a_past_one_are_in_the_account(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["grades"] = [{"site_id": s, "domain": "应急管理", "grade": "B", "valid_from": "2026-01-01"} for s in SITES]
        raw["filings"] += [
            filing("F-1", "YJJ", "AQ-1", kind="双随机", ratio="50%", sites="", scope="街镇=朱泾镇"),
            filing("F-2", "YJJ", "AQ-1", window_from="2026-08-01", window_to="2026-08-31"),
            filing("F-3", "YJJ", "AQ-1", window_from="2026-03-01", window_to="2026-03-31"),
            filing("F-4", "SCJG", "SP-1", secret="是"),
        ]

    _, prepared = screened(written(tmp_path, edit))
    account = prepared.account
    assert (account.filed, account.balances, account.lost) == (36, True, ())
    assert (account.fates["undrawn"], account.fates["later"]) == (3, 6)
    assert (account.fates["past"], account.fates["refused"]) == (6, 6)


def test_names_of_one_stem_are_one_unless_two_full_names_have_it() -> None:
    assert same_towns(["朱泾", "朱泾镇", "朱泾镇人民政府"]) == dict.fromkeys(
        ["朱泾", "朱泾镇", "朱泾镇人民政府"], "朱泾镇"
    )
    kept = same_towns(["石化街道", "石化镇", "石化", "石化街道办事处"])
    assert kept == {"石化": "石化", "石化镇": "石化镇", "石化街道": "石化街道", "石化街道办事处": "石化街道"}
    assert same_trades(["化工", "化工", "化工业", "餐饮"]) == {"化工": "化工", "化工业": "化工", "餐饮": "餐饮"}

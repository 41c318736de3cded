"""One premises in several registers: merged where sure, asked where not, planned as if it stood in one."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.registers import code, enterprise, measure
from planner.intake.identity.match import pairs_of
from planner.intake.identity.normal import plain_address, plain_name
from planner.intake.identity.union import joint_visits, one_register
from planner.intake.month.outcome import Prepared
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import SiteRow
from tests.filings.district import SITES, Raw, screened, visits_due, written

CODES = [code(__import__("random").Random(n)) for n in range(6)]


def two_registers(raw: Raw) -> None:
    """The second body files by its own register: other ids, full width, the city in front."""
    for row, own in zip(raw["sites"], CODES, strict=True):
        row["credit_code"] = own
    raw["sites"] += [
        row
        | {
            "site_id": f"YJ-{n}",
            "name": row["name"].replace("金山", "（金山）"),
            "address": "上海市金山区" + row["address"],
            "industry": "餐饮服务",
        }
        for n, row in enumerate(raw["sites"], 1)
    ]
    raw["filings"][1]["sites"] = ";".join(f"YJ-{n}" for n in range(1, 7))


def one_by_one(raw: Raw) -> None:
    for row, own in zip(raw["sites"], CODES, strict=True):
        row["credit_code"] = own


def shape(prepared: Prepared) -> set[tuple[str, str, tuple[str, ...]]]:
    assert prepared.case is not None
    return {(t.unit, t.site, t.items) for t in prepared.case.tasks}


def test_two_registers_of_one_premises_give_the_plan_of_one(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    _, one = screened(written(tmp_path / "1", one_by_one))
    _, two = screened(written(tmp_path / "2", two_registers))
    assert shape(one) == shape(two)
    assert one.case is not None
    assert two.case is not None
    assert [site.id for site in two.case.sites] == [site.id for site in one.case.sites]
    assert two.registers is not None
    assert two.registers.aliases == {f"YJ-{n}": site for n, site in enumerate(SITES, 1)}
    assert sum(f.code == "law.sites-merged" for f in two.findings) == 6
    assert two.account.balances


def test_what_one_register_restricts_holds_for_the_premises(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        two_registers(raw)
        raw["sites"][6] |= {"join": "不鼓励", "blackout_days": "2026-06-10", "tags": "人员密集"}
        raw["history"][0]["site_id"] = "YJ-1"
        raw["lists"][0]["site_id"] = "YJ-2"

    tables, prepared = screened(written(tmp_path, edit))
    assert ("SCJG", "JS-001") not in visits_due(prepared)
    assert ("SCJG", "JS-002") not in visits_due(prepared)
    row = one_register(tables).tables.sites[0]
    assert (row.join, row.tags, len(row.blackout_days)) == ("discouraged", ("人员密集",), 1)


def doubtful(raw: Raw) -> None:
    one_by_one(raw)
    first = raw["sites"][0]
    raw["sites"].append(first | {"site_id": "XZ-1", "credit_code": "", "address": "金山区" + first["address"]})
    raw["filings"][1]["sites"] = ";".join(["XZ-1", *SITES[1:]])
    raw["filings"][0]["items"] = "SP-1"


@pytest.mark.parametrize(("verdict", "sites"), [("", 7), ("同一", 6), ("不同", 7)])
def test_a_doubtful_pair_is_asked_once_and_remembered(verdict: str, sites: int, tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        doubtful(raw)
        if verdict:
            raw["identities"] = [{"site_id": "XZ-1", "other_id": "JS-001", "verdict": verdict, "decided_by": "李某"}]

    tables = read_tables(written(tmp_path, edit))
    found = one_register(tables)
    assert len(found.tables.sites) == sites
    assert len(found.doubtful) == (not verdict)
    if not verdict:
        assert joint_visits(found.tables, found.doubtful) == [1]
        _, prepared = screened(written(tmp_path, edit))
        (told,) = [f for f in prepared.findings if f.code == "law.sites-alike"]
        assert told.params["saved"] == "1"


def test_labelled_pairs_no_false_merge_and_few_unseen() -> None:
    found = measure(400, seed=7)
    assert found["false_merges"] == 0
    assert found["strangers_doubtful"] == 0
    assert found["recall"] >= 0.95


def test_names_and_addresses_as_they_are_compared() -> None:
    assert plain_name("（虚构）餐饮测试７有限责任公司") == plain_name("(虚构)餐饮测试7有限公司")
    assert plain_name("上海宏达餐饮有限公司") == plain_name("宏达餐饮有限责任公司")
    assert plain_address("上海市金山区枫泾镇人民路 7号") == plain_address("枫泾镇人民路7号") == ("枫泾镇", "人民路7号")
    assert plain_address("金山工业区大道1号")[1] != plain_address("朱泾工业区大道1号")[1]


def test_rows_of_one_company_at_two_places_stay_two(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        own = CODES[0]
        for n in (0, 1):
            raw["sites"][n] |= {"credit_code": own, "site_id": f"{own}-0{n + 1}", "address": "朱泾镇人民路1号"}
        raw["filings"] = [row | {"sites": ";".join(SITES[2:])} for row in raw["filings"]]
        raw["history"], raw["lists"] = [], []

    (pair,) = pairs_of(read_tables(written(tmp_path, edit)).sites)
    assert not pair.sure


def of_code(site: str, address: str, **cells: str) -> SiteRow:
    row = enterprise(random.Random(5), 1)
    return replace(row, **{"site_id": site, "address": address, "town": "朱泾镇", **cells})


@pytest.mark.parametrize(
    ("address", "other", "sure"),
    [
        ("朱泾镇人民路7号", {"address": "朱泾镇人民路7号一楼"}, True),
        ("朱泾镇人民路7号", {"address": "人民路7号3F"}, True),
        ("朱泾镇人民路7号1楼", {"address": "朱泾镇人民路7号2楼"}, False),
        ("朱泾镇人民路7号1楼", {"address": "朱泾镇人民路7号1楼2层"}, False),
        ("朱泾镇人民路7号", {"address": "朱泾镇人民路7号东侧"}, False),
        ("朱泾镇人民路7号", {"address": "朱泾镇人民路7号一楼", "name": "另一个名字"}, False),
        ("朱泾镇人民路7号", {"address": "枫泾镇人民路7号一楼", "town": "枫泾镇"}, False),
        ("朱泾镇人民路7号", {"address": "朱泾镇人民路7号一楼", "credit_code": "91310116MA1J8XXXX0"}, False),
    ],
)
def test_a_floor_that_one_register_adds_is_the_same_premises(address: str, other: dict[str, str], sure: bool) -> None:
    rows = [of_code("A-1", address), of_code("B-1", **other)]
    assert [pair.sure for pair in pairs_of(rows)] in ([[True]] if sure else [[False], []])
    third = replace(rows[1], site_id="C-1", address="朱泾镇人民路7号二楼")
    found = pairs_of([*rows, third])
    assert not any(pair.sure for pair in found), "with a third row of the code a person is asked"
    own = rows[0].credit_code
    numbered = [replace(row, site_id=f"{own}-0{n}") for n, row in enumerate(rows, 1)]
    assert not any(pair.sure for pair in pairs_of(numbered)), "numbered places are two"

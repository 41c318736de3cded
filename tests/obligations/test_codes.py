"""Batches of check codes: what goes to the city system and what is taken of what comes back."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from planner.domain.errors import InputError
from planner.service import Planned, Revealed, batch_rows, name_month, plan_tables, read_back, write_batches
from planner.service.published.codes import BACK, OUT
from tests.intake_law.build import MONTH, agency, filing, inspector, item, site, tables
from tests.obligations.test_filing import passed, step

NEW = "S3"


@pytest.fixture(scope="module")
def planned() -> Planned:
    """A month of two bodies at three sites, one of which a version under way has added."""
    steps = (*passed("A01"), step("code", code="JH-9"), step("section", version=2, adds=(NEW,)))
    draft = plan_tables(
        tables(
            agencies=(agency("SCJG"), agency("JT", "A08")),
            inspectors=tuple(
                inspector(f"{body}{n}", body, certificate_no=f"09{n}") for body in ("SCJG", "JT") for n in (1, 2)
            ),
            sites=tuple(site(name) for name in ("S1", "S2", NEW)),
            items=(item(), item("I2", "JT")),
            filings=(
                filing(sites=("S1", "S2", NEW), plan_code=""),
                filing("F2", "JT", items=("I2",), sites=("S1",), plan_code="JH-2"),
            ),
            filing_steps=steps,
        ),
        MONTH,
    )
    return name_month(draft, Revealed(date(2026, 5, 25)))


def test_each_agency_applies_for_its_own_tasks(planned: Planned) -> None:
    rows = batch_rows(planned)
    assert {body: sorted(row["site"] for row in own) for body, own in rows.items()} == {
        "JT": ["S1"],
        "SCJG": ["S1", "S2"],  # the new site's version has no code: its gate is shut
    }
    assert {row["plan_code"] for row in rows["SCJG"]} == {"JH-9"}
    for row in rows["SCJG"]:
        assert row.keys() == OUT.keys()
        assert row["officers"].count("09") == 2
        assert row["date"].startswith(MONTH)


def test_what_comes_back_is_taken_or_told(planned: Planned, tmp_path: Path) -> None:
    """D-2.7a."""
    paths = write_batches(planned, tmp_path)
    assert len(paths) == 2
    with paths[0].open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file)) == list(OUT.values())
    sent = batch_rows(planned)
    one, two = sorted(sent["SCJG"], key=lambda row: row["site"])
    other = sent["JT"][0]
    back = tmp_path / "back.csv"
    told = [
        [one["task_id"], "C1", "2026-05-29 09:00", "是", ""],
        [two["task_id"], "C1", "2026-05-29 09:00", "是", ""],
        [other["task_id"], "", "", "否", "事项不符"],
        ["NOBODY", "C3", "2026-05-29", "是", ""],
        [other["task_id"], "C4", "昨天", "是", ""],
        [one["task_id"], "C1", "2026-05-29 09:00", "是", ""],
        [one["task_id"], "C5", "2026-05-29 09:00", "是", ""],
    ]
    with back.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([list(BACK.values()), *told])
    coded, wrong = read_back(back, sent)
    assert [(found.task, found.check_code) for found in coded] == [(one["task_id"], "C1")]
    assert [(found.row, found.code) for found in wrong] == [
        (3, "code.foreign"),
        (4, "code.refused"),
        (5, "code.foreign"),
        (6, "code.unread"),
        (8, "code.unread"),  # the same row twice is one code; another code of one task is none
    ]
    assert "事项不符" in wrong[1].zh
    back.write_text("任务编号,检查码\nT,C\n", encoding="utf-8")
    with pytest.raises(InputError, match="缺少列"):
        read_back(back, sent)

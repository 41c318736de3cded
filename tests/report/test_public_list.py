"""The public list: agencies and sites, date and half-day; no people, nothing unannounced, nothing that runs."""

from __future__ import annotations

import csv
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from planner.domain.result import Status
from planner.report.public_list import write_public_csv, write_public_html
from tests.report.month import HOSTILE, NAMES, PEOPLE, SITE_NAMES, case_of, result_of, timed, unplanned


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("public")
    write_public_csv(timed(result_of()), NAMES, folder / "public.csv")
    write_public_html(timed(result_of()), NAMES, folder / "public.html")
    return folder


def test_rows(folder: Path) -> None:
    with (folder / "public.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["日期", "时段", "检查对象", "街镇", "检查主体", "检查事项"]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("2026-06-08 周一", "上午", "朱泾镇"),
        ("2026-06-09 周二", "上午", "朱泾镇"),
        ("2026-06-10 周三", "下午", "枫泾镇"),
        ("2026-06-12 周五", "上午", "石化街道"),
    ]
    assert rows[0][2] == "'=1+1小吃店"  # no spreadsheet may take it for a formula
    assert rows[0][4] == "区生态环境局、区市场监管局"


@pytest.mark.parametrize("name", ["public.csv", "public.html"])
def test_no_people_no_clock_nothing_unannounced(folder: Path, name: str) -> None:
    content = (folder / name).read_text("utf-8")
    assert "枫泾镇" in content
    for word in ("化工厂", "JH-MIMI", "09:15", "11:00", *(person for team in PEOPLE.values() for person in team)):
        assert word not in content


def test_the_page_runs_nothing_and_asks_nothing(folder: Path) -> None:
    tags: list[str] = []

    class Page(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not {"src", "href", "onerror"} & dict(attrs).keys()

    content = (folder / "public.html").read_text("utf-8")
    Page().feed(content)
    assert not {"script", "img", "link", "iframe"} & set(tags)
    assert tags.count("tr") == 1 + 4
    assert HOSTILE not in content
    assert "演示数据" in content
    assert "共 4 次，其中联合检查 2 次" in content


def test_an_empty_month_says_so(tmp_path: Path) -> None:
    write_public_html(unplanned(Status.INVALID), NAMES, tmp_path / "p.html")
    assert "本月没有公示的检查安排" in (tmp_path / "p.html").read_text("utf-8")


def test_a_visit_with_an_unannounced_check_in_it_is_not_listed_at_all(tmp_path: Path) -> None:
    """What else the agency does there that day would tell the site the day; the service's list keeps the same rule."""
    tasks = [replace(t, unannounced=True) if t.id == "D2" else t for t in case_of().tasks]
    write_public_csv(result_of(case_of(tasks=tasks), objective=None), NAMES, tmp_path / "public.csv")
    content = (tmp_path / "public.csv").read_text("utf-8-sig")
    assert SITE_NAMES["S2"] not in content
    assert SITE_NAMES["S3"] in content

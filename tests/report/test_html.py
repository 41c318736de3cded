"""The page: one file, no request, nothing in it runs but its own script."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from planner.domain.plan import LEFT_OUT
from planner.domain.result import MonthResult, Status
from planner.report.figures.kpis import month_kpis
from planner.report.page.html import VISITS_SHOWN, render_html, write_html
from planner.report.visits.view import Audience
from tests.report.month import HOSTILE, NAMES, case_of, result_of, timed, unplanned
from tests.report.steps import result_of_steps

VOID = {"meta", "input", "link", "br", "img", "hr"}


class _Page(HTMLParser):
    """Collects tags with attributes and the text of each, and that tags close in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif not self.open or self.open[-1] != "style":
            self.text.append(data)

    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))


def _page(result: MonthResult, audience: Audience = "bureau", credits: str = "") -> _Page:
    return _Page(render_html(result, month_kpis(result, audience, names=NAMES), names=NAMES, credits=credits))


@pytest.fixture(scope="module")
def page() -> _Page:
    return _page(result_of(), credits="街镇位置 © OpenStreetMap contributors")


def test_headline_and_charts(page: _Page) -> None:
    words = page.words()
    assert "少入企 1 次" in words
    assert "与先到先并相比，8 项共同任务的入企由 6 次减为 5 次，减少 16.7%" in words
    assert "与各自安排相比，少 2 次（28.6%）" in words
    charts = {str(attrs["class"]).split()[1] for tag, attrs in page.tags if tag == "svg"}
    assert charts == {"before-after", "donut", "map", "progress"}
    assert "演示数据" in words
    assert "OpenStreetMap" in words
    assert "石化街道" in words  # a town without a place is named beside the map
    assert "planner verify" in words
    assert "排污许可检查" in words


def test_every_chart_has_a_title_that_names_it(page: _Page) -> None:
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    for tag, attrs in page.tags:
        if tag == "svg":
            assert attrs["role"] == "img"
            assert set(str(attrs["aria-labelledby"]).split()) <= ids


def test_the_limit_of_all_tasks_stands_apart_from_that_of_the_common_ones() -> None:
    result = result_of_steps()
    words = _page(result).words()
    assert "全部任务（本月与顺延），入企（次）" in words
    assert "下限（共同任务）：任何合法方案在本月做完这些任务，入企都不会少于 5 次" in words
    assert "入企（本月与顺延合计）都不会少于 6 次；统筹后为 7 次" in words
    assert "其中 1 次是偶然同日、1 次是备案联合" in words


def test_the_curve_ends_at_the_headline() -> None:
    """What the match came to before days were given back is told beside the curve, not as its end."""
    result = result_of_steps()
    page = _page(result)
    assert result.objective is not None
    assert f"最好方案 {result.objective.all_entries} 次" in page.text
    assert "下限 6 次" in page.text
    assert "排定后为 7 次" in page.words()
    assert "全部任务：统筹后 7 次，下限 6 次" in page.words()


def test_nothing_is_requested(page: _Page) -> None:
    assert not [tag for tag, _ in page.tags if tag in {"link", "img", "iframe", "object", "base", "form"}]
    for _, attrs in page.tags:
        assert not {"src", "srcset", "action", "xlink:href"} & attrs.keys()
        assert not str(attrs.get("href", "#")).startswith(("http", "//", "data"))
    source = render_html(result_of(), month_kpis(result_of()))
    assert "url(" not in source
    assert "@import" not in source


def test_only_our_own_script_may_run(page: _Page) -> None:
    (script,) = page.scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert f"script-src 'sha256-{digest}'" in str(policy)
    assert "default-src 'none'" in str(policy)


def test_names_cannot_carry_markup(page: _Page) -> None:
    assert HOSTILE in page.words()
    assert len([tag for tag, _ in page.tags if tag == "script"]) == 1
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]


def test_a_town_cannot_carry_markup_into_the_map() -> None:
    case = case_of()
    sites = [replace(s, town='"><img src=x onerror=alert(1)>') if s.town == "朱泾镇" else s for s in case.sites]
    page = _page(replace(result_of(), case=case_of(sites=sites)))
    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert '"><img src=x onerror=alert(1)>' in page.words()


def test_the_public_page_does_not_know_the_unannounced_check() -> None:
    bureau, public = _page(result_of()).words(), _page(result_of(), "public").words()
    assert "-化工厂" in bureau
    assert "-化工厂" not in public
    assert "保留" in public  # the reason of the task left out would give it away
    assert "下限" not in public.replace("与下限", "")


def test_long_lists_are_cut_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    assert VISITS_SHOWN == 300
    monkeypatch.setattr("planner.report.page.html.VISITS_SHOWN", 2)
    page = _page(result_of())
    assert "此处列前 2 次，其余 3 次见工作簿" in page.words()
    assert len([1 for _, attrs in page.tags if "data-joint" in attrs]) == 2


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.OUT_OF_TIME, Status.INVALID])
def test_a_month_without_a_plan_says_so(status: Status) -> None:
    words = _page(unplanned(status)).words()
    assert "本月没有入企安排。" in words
    assert "少入企" not in words


def test_empty_states() -> None:
    result = result_of()
    assert result.plan is not None
    nothing = replace(
        result,
        plan=replace(result.plan, day=result.plan.day * 0 + LEFT_OUT),
        objective=None,
        levels=(),
        certificates=(),
        counterfactuals=(),
        reasons=(),
        progress=(),
        findings=(),
    )
    words = _page(nothing).words()
    for expected in (
        "本月没有入企安排。",
        "没有求解过程记录。",
        "填报没有发现问题。",
        "没有可复算的价目表",
        "未记录原因",
    ):
        assert expected in words
    all_in = result_of(case_of(tasks=[t for t in case_of().tasks if t.id != "X6"]), reasons=(), levels=())
    assert "没有未安排的任务。" in _page(all_in).words()


def test_written_whole_and_in_utf8(tmp_path: Path) -> None:
    path = tmp_path / "month.html"
    write_html(result_of(), month_kpis(result_of()), path)
    assert path.read_text(encoding="utf-8").endswith("</html>")
    assert [p.name for p in tmp_path.iterdir()] == ["month.html"]


def test_the_page_shows_the_busiest_day_and_crews() -> None:
    page = _page(timed(result_of()))
    charts = [str(attrs["class"]).split()[1] for tag, attrs in page.tags if tag == "svg"]
    assert "timeline" in charts
    assert len([name for name in charts if name.startswith("day-")]) == 5
    words = page.words()
    assert "一日安排：2026-06-08 周一" in words  # every day has one visit: the first
    assert "09:15–11:00" in words
    assert "各组跨街镇转场" in words
    assert words.count("第1组") == 2  # one crew each of market and environment


def test_the_public_page_has_no_crews_and_no_clock() -> None:
    page = _page(timed(result_of()), "public")
    assert not [1 for tag, attrs in page.tags if tag == "svg" and "timeline" in str(attrs["class"])]
    assert "班组日历" not in page.words()
    assert "09:15" not in page.words()


def test_crews_that_do_not_fit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.report.page.timeline.CREWS_SHOWN", 1)
    assert "另有 1 个组未绘出" in _page(timed(result_of())).words()

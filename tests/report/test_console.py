"""The command line's tables, in both languages."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console
from rich.table import Table

from planner.domain.finding import Finding, Severity
from planner.domain.result import Status
from planner.report.console import before_after_table, findings_table, levels_table
from planner.report.figures.kpis import month_kpis
from planner.report.words.findings import plain_explanation
from planner.report.words.texts import EN, ZH, Lang, gap_text
from tests.report.month import FINDINGS, result_of, unplanned


def _shown(table: Table) -> str:
    console = Console(file=io.StringIO(), width=300)
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("各自安排", "统筹后", "下限", "演示数据")),
        ("en", ("Every agency alone", "Coordinated", "Limit", "demonstration")),
    ],
)
def test_before_after(lang: Lang, words: tuple[str, ...]) -> None:
    result = result_of()
    shown = _shown(before_after_table(result, month_kpis(result), lang))
    for word in (*words, "2 (28.6%)", "1 (16.7%)"):
        assert word in shown
    rows = [[cell.strip() for cell in line.split("│")] for line in shown.splitlines()]
    ours = next(row for row in rows if row[1:2] == [words[1]])
    assert ours[2:6] == ["5", "1", "", "6"]
    assert "(0/5/0)" in ours[6].replace("（", "(").replace("）", ")")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_of_a_month_without_a_plan(lang: Lang) -> None:
    result = unplanned(Status.INFEASIBLE)
    assert before_after_table(result, month_kpis(result), lang).row_count == 0
    assert levels_table(result, lang).row_count == 0


def test_levels() -> None:
    shown = _shown(levels_table(result_of(), "en"))
    assert "price list" in shown
    assert "10.00%" in shown
    unknown = replace(result_of(), levels=(replace(result_of().levels[0], name="changes"),))
    assert "changes" in _shown(levels_table(unknown, "zh"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_findings_errors_first_and_cut(lang: Lang) -> None:
    shown = _shown(findings_table(FINDINGS, plain_explanation, lang, limit=2))
    assert "site.unknown" in shown
    assert "scope.info" not in shown
    assert "2" in shown.splitlines()[-1]


def test_data_is_never_markup() -> None:
    finding = Finding("x.y", Severity.ERROR, "[red]sites[/red]", 2, value="[bold]:smile:[/nothing]")
    assert "[bold]:smile:[/nothing]" in _shown(findings_table([finding], plain_explanation))


def test_english_texts_are_a_part_of_the_chinese_with_the_same_values() -> None:
    import string

    def fields(template: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    assert EN.keys() <= ZH.keys()
    assert [key for key in EN if fields(EN[key]) != fields(ZH[key])] == []


def test_a_gap_is_zero_only_where_it_is_nothing() -> None:
    assert gap_text(0.0) == "0%"
    assert gap_text(0.00001) == "<0.01%"
    assert gap_text(0.0123) == "1.23%"
    assert gap_text(None) == "—"

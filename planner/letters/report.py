"""The half-yearly or yearly report as a Word document: the bureau's, and each body's by what its annex asks for.

A figure stands with numerator, denominator and clause. The statements are drafts that follow from the figures alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.evaluation.document import CUT_ZH, Evaluation
from planner.evaluation.figures import Figure
from planner.letters.templates import new_document, save_steady
from planner.letters.year import Spread, YearCompared
from planner.report.sheets.cells import clean, joined
from planner.rulebook.book import DATA, JURISDICTION
from planner.rulebook.indicators import INDICATORS
from planner.rulebook.offices import cited

_READ = tomllib.loads((DATA / JURISDICTION / "reports.toml").read_text(encoding="utf-8"))
BUREAU = "D"
_OF = {one.key: one for one in INDICATORS}


@dataclass(frozen=True, slots=True)
class Topic:
    """One chapter: its figures by key, and the clauses that ask for it. Without figures it is left to be written."""

    title: str
    figures: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What an annex asks a report to say. `half`: half-yearly, too; `silent`: it asks nothing, so the bureau's form."""

    domain: str
    title: str
    half: bool
    silent: bool
    topics: tuple[Topic, ...]


FORMS: Mapping[str, Form] = {
    raw["domain"]: Form(
        raw["domain"],
        raw["title"],
        bool(raw.get("half")),
        bool(raw.get("silent")),
        tuple(Topic(one["title"], tuple(one["figures"]), tuple(one["clauses"])) for one in raw["topic"]),
    )
    for raw in _READ["report"]
}


def form_of(domain: str) -> Form:
    """Return the form of an annex; the bureau's for one that has none of its own."""
    return FORMS.get(domain) or Form(domain, FORMS[BUREAU].title, False, True, FORMS[BUREAU].topics)


@dataclass(frozen=True, slots=True)
class Reported:
    """What reports of one period are written from. `names` are names by id of bodies and sites."""

    found: Evaluation
    year: YearCompared
    spread: Spread
    names: Mapping[str, str]

    def figures(self, body: str) -> dict[str, Figure]:
        """Return the figures of a body by key, the district's for ""."""
        part = ("agency", body) if body else ("", "")
        return {one.key: one for one in self.found.figures if (one.cut, one.value) == part}


def write_report(reported: Reported, form: Form, body: str, name: str, path: Path) -> None:
    """Write the report of `body` ("" is the district) called `name` to `path`. Raises InputError where it cannot."""
    found, names = reported.found, reported.names
    document = new_document(clean(f"{name}{found.period}{form.title}"))
    first, last = found.bounds
    document.add_paragraph(
        f"统计期：{first} 至 {last}。单位：户次＝主体×对象×日期×检查码。本稿由数据生成，须经人工审核。"
    )
    figures = reported.figures(body)
    for number, topic in enumerate(form.topics, 1):
        document.add_heading(f"{number}　{topic.title}", 1)
        document.add_paragraph(f"依据：{joined(topic.clauses)}")
        _topic(document, topic, figures, form, body)
    document.add_heading(f"{len(form.topics) + 1}　与{found.base}年比较", 1)
    _base(document, found, form, body, names)
    if not body:
        _counterfactuals(document, reported.year)
        _burden(document, reported)
    save_steady(document, path)


def cited_for(one: Figure, form: Form, topic: Topic) -> tuple[str, ...]:
    """Return the clauses of a figure that bind who reads it: of its own annex or the district's, else the chapter's."""
    return binding(one.clauses, form) or topic.clauses


def binding(clauses: tuple[str, ...], form: Form) -> tuple[str, ...]:
    """Return the clauses that bind who reads the form: all for the bureau, else its own annex's and the district's."""
    own = (form.domain, BUREAU)
    return tuple(one for one in clauses if form.domain == BUREAU or one.split("-")[0] in own)


def _topic(document: Any, topic: Topic, figures: Mapping[str, Figure], form: Form, body: str) -> None:
    asked = [figures[key] for key in topic.figures if key in figures]
    rows = [
        (
            _OF[one.key].zh,
            one.text,
            "" if one.denominator is None else f"{one.numerator:,} / {one.denominator:,}",
            joined(cited_for(one, form, topic)),
        )
        for one in asked
    ]
    if rows:
        _table(document, ("指标", "结果", "分子 / 分母", "条款"), rows)
    elif topic.figures and body:
        document.add_paragraph("本项只有全区合计，不按单位拆分。")
    else:
        document.add_paragraph("（本项没有可由数据得出的指标，请填写。）")


def _base(document: Any, found: Evaluation, form: Form, body: str, names: Mapping[str, str]) -> None:
    wanted = {("agency", body)} if body else {("", ""), *(("agency", one.value) for one in found.compared)}
    compared = [one for one in found.compared if (one.cut, one.value) in wanted]
    if not compared:
        document.add_paragraph(f"没有同期的{found.base}年数据，不作比较，也不按比例折算。")
        return
    rows = [
        (
            names.get(one.value, one.value) or CUT_ZH[""],
            f"{one.planned[0]:,} / {one.planned[1]:,}",
            f"{one.triggered[0]:,} / {one.triggered[1]:,}",
            one.text_zh,
            joined(binding(one.clauses, form)),
        )
        for one in compared
    ]
    _table(document, ("单位", "有计划到场 本期/基期", "触发式到场 本期/基期", "说明", "条款"), rows)


def _counterfactuals(document: Any, year: YearCompared) -> None:
    document.add_heading("统筹与不统筹的比较", 1)
    if not year.months:
        document.add_paragraph("没有提供各月计划，不作比较。")
        return
    document.add_paragraph(
        "同一批任务在各做法下的入企次数，逐月相加。只计各做法都排入的任务；所列为计划数，不是检查结果。"
        f"（依据：{joined(cited('joint-plan'))}）"
    )
    heads = ("月份", *(zh for _, zh in year.steps))
    rows = [(one.month, *(f"{one.entries.get(key, 0):,}" for key, _ in year.steps)) for one in year.months]
    _table(document, heads, [*rows, ("合计", *(f"{year.total(key):,}" for key, _ in year.steps))])


def _burden(document: Any, reported: Reported) -> None:
    document.add_heading("企业之间的负担", 1)
    spread, names = reported.spread, reported.names
    document.add_paragraph(
        f"到场检查共涉及 {spread.sites:,} 户：中位 {spread.median} 户次，九成对象不超过 {spread.ninth} 户次，"
        f"最多 {spread.most} 户次；最多的一成对象占全部户次的 {spread.top_share:.1%}。"
        f"（依据：{joined(cited('burden-between-sites'))}）"
    )
    rows = [(names.get(site, site), str(checks), str(entries)) for site, checks, entries in reported.found.burdened]
    _table(document, ("被查较多、应予指导的对象", "到场户次", "入企次数"), rows)


def _table(document: Any, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1 + len(rows), cols=len(heads), style="Table Grid")
    for line, cells in zip(table.rows, (heads, *rows), strict=True):
        for cell, text in zip(line.cells, cells, strict=True):
            cell.text = clean(str(text))

"""The atlas holds what clauses, rules, code and examples say together, and is not built where one of them is stale."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.rulebook import offices
from planner.rulebook.book import load_rulebook
from planner.rulebook.registry import REGISTER, Role
from planner.service import atlas_of, plan_tables, write_atlas
from planner.service.atlas import examples, pages
from planner.service.atlas.pages import StaleAtlasError
from tests.intake_law.build import MONTH, filing, site, tables

GRADED = 'lawful.grades = [{ site_id = "S1", domain = "A01", grade = '
LAW = load_rulebook().at(date(2026, 6, 1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The atlas, with what one small plan did."""
    planned = plan_tables(tables(sites=(site("S1"), site("S2")), filings=(filing(sites=("S1", "S2")),)), MONTH)
    out = tmp_path_factory.mktemp("atlas")
    write_atlas(atlas_of(LAW, planned), out)
    return out


def test_every_clause_and_every_rule_stands_once_with_code_and_examples(folder: Path) -> None:
    for doc in ("D", *(f"A{n:02}" for n in range(1, 15))):
        page = (folder / f"{doc}.html").read_text(encoding="utf-8")
        assert re.findall(r'<tr id="([^"]+)">', page) == [c.id for c in LAW.clauses if c.doc == doc]
    rules = (folder / "rules.html").read_text(encoding="utf-8").split("<section id=")[1:]
    assert [re.match(r'"([^"]+)"', part)[1] for part in rules] == [rule.id for rule in LAW.rules]  # type: ignore[index]
    for part in rules:
        assert re.search(r"planner/\S+\.py", part)
        lawful, unlawful = re.findall(r"<td><ul>(.*?)</ul></td>", part)
        assert "<li>" in lawful
        assert "<li>" in unlawful


def test_every_link_leads_somewhere(folder: Path) -> None:
    anchors = {
        page.name: set(re.findall(r'id="([^"]+)"', page.read_text(encoding="utf-8"))) for page in folder.iterdir()
    }
    for page in folder.iterdir():
        for target, anchor in re.findall(r'href="([^"#]+)(?:#([^"]+))?"', page.read_text(encoding="utf-8")):
            assert target in anchors
            assert not anchor or anchor in anchors[target], (page.name, target, anchor)


def test_what_the_plan_did_is_counted(folder: Path) -> None:
    page = (folder / "A01.html").read_text(encoding="utf-8")
    row = next(part for part in page.split("<tr ") if part.startswith('id="A01-2.2a"'))
    assert "任务 2，入企 2，不安排 0，未安排 0，提示 0" in row
    assert "没有涉及" in next(part for part in page.split("<tr ") if part.startswith('id="A01-6.3"'))


def test_a_registered_function_that_is_gone_stops_the_build(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setitem(REGISTER, ("quiet.site", Role.INTAKE), ["planner.intake.screen.sites.no_such_function"])
    with pytest.raises(StaleAtlasError, match=r"quiet\.site: planner\.intake\.screen\.sites\.no_such_function"):
        write_atlas(atlas_of(LAW), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_rule_without_code_or_example_stops_the_build(tmp_path: Path) -> None:
    more = replace(LAW, rules=(*LAW.rules, replace(LAW.rule("window"), id="window.new")))
    faults = atlas_of(more).faults
    assert faults == ("window.new: no function carries it out", "window.new: no example shows it")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('behaviour = "无照"', 'behaviour = ""', "scope.excluded: its unlawful example makes it say nothing"),
        (f'{GRADED}"B"', f'{GRADED}"A"', "quiet.site: its lawful example"),
        (
            "test_coming_apart_disturbs_more",
            "test_no_such",
            "there is no test tests/checks/test_objective.py::test_no_such",
        ),
    ],
)
def test_an_example_that_no_longer_holds_stops_the_build(
    monkeypatch: Any, tmp_path: Path, before: str, after: str, fault: str
) -> None:
    given = (examples.DATA / LAW.jurisdiction / "examples.toml").read_text(encoding="utf-8")
    assert before in given
    (tmp_path / LAW.jurisdiction).mkdir()
    (tmp_path / LAW.jurisdiction / "examples.toml").write_text(given.replace(before, after), encoding="utf-8")
    monkeypatch.setattr(examples, "DATA", tmp_path)
    assert any(fault in one for one in atlas_of(LAW).faults)


def test_a_clause_that_nobody_knows_stops_the_build(monkeypatch: Any) -> None:
    monkeypatch.setattr(pages, "every_clause", lambda: frozenset({"A01-9.9z"}))
    assert atlas_of(LAW).faults == ("offices.toml: no clause A01-9.9z",)
    assert offices.every_clause() <= {clause.id for clause in LAW.clauses}


def test_the_command_writes_the_pages(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["atlas", "--out", str(tmp_path / "图集"), "--on", "2026-06-01"])
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "图集").glob("*.html"))) == 17

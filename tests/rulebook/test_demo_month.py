"""The demo month through the real intake: whatever it hands on, it can name the rule and the clauses for."""

from __future__ import annotations

from datetime import date

import pytest

from planner.intake.make.prepare import prepare_month
from planner.intake.month.outcome import Prepared
from planner.intake.read.reader import read_tables
from planner.intake.words.catalogue import finding_types, render
from planner.intake.write.writer import write_folder
from planner.rulebook.book import load_rulebook
from scenarios.demo import DEFAULT_SEED, generate
from scenarios.measure import due_tasks
from scenarios.parameters import DemoParameters

pytestmark = pytest.mark.slow

MONTH = str(DemoParameters.read()["district"]["month"])
VERSION = load_rulebook().at(date.fromisoformat(f"{MONTH}-01"))
CLAUSES = {clause.id: clause for clause in VERSION.clauses}
RULES = {rule.id for rule in VERSION.rules}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The demo district's month, written and read again."""
    folder = tmp_path_factory.mktemp("demo")
    write_folder(generate(), folder)
    return prepare_month(read_tables(folder), MONTH, VERSION, DEFAULT_SEED)


def test_the_month_is_large(prepared: Prepared) -> None:
    assert prepared.case is not None
    assert len(due_tasks(prepared.case)) >= 5_000
    assert len(prepared.removed) >= 1_000


def test_every_finding_is_in_the_catalogue_and_can_be_told(prepared: Prepared) -> None:
    assert len({finding.code for finding in prepared.findings}) >= 20
    for finding in prepared.findings:
        kind = finding_types()[finding.code]
        assert finding.severity == kind.severity
        assert set(finding.clauses) <= CLAUSES.keys()
        for lang in ("zh", "en"):
            assert all(render(finding, lang)), finding


def test_findings_of_law_carry_the_clauses_of_their_rule(prepared: Prepared) -> None:
    about_law = [f for f in prepared.findings if finding_types()[f.code].rule]
    assert about_law
    for finding in about_law:
        rule = finding_types()[finding.code].rule
        assert rule in RULES
        assert finding.clauses
        assert set(finding.clauses) <= set(VERSION.clauses_for(rule)), finding
        cited = {CLAUSES[clause].doc for clause in finding.clauses if clause not in VERSION.rule(rule).binds_all}
        assert cited <= {finding.params.get("domain", ""), "D"}, finding


def test_every_task_carries_the_clauses_that_made_it(prepared: Prepared) -> None:
    """Clauses of its own annex or of the district's document; another annex's are none of its business."""
    assert prepared.case is not None
    for task in (*prepared.case.tasks, *prepared.off_site, *prepared.summons, *prepared.deferred):
        assert task.clauses, task.id
        assert {CLAUSES[clause].doc for clause in task.clauses} <= {task.domain, "D"}, task.id
        assert task.filings, task.id
        assert task.rows, task.id


def test_everything_removed_names_the_rule_and_its_clauses(prepared: Prepared) -> None:
    for gone in prepared.removed:
        assert gone.rule in RULES
        assert gone.clauses, gone
        assert gone.clauses == VERSION.clauses_for(gone.rule, gone.domain), gone
        assert gone.zh, gone
        assert gone.en, gone
        assert gone.filings or gone.items, gone


def test_draws_and_coverage_name_theirs(prepared: Prepared) -> None:
    assert prepared.draws
    assert prepared.coverage
    for note in prepared.coverage:
        assert note.rule in RULES
        assert note.clauses
        assert set(note.clauses) <= set(VERSION.clauses_for(note.rule))
    for use in prepared.waivers_used:
        assert VERSION.rule(use.rule).waivable


def test_no_task_is_due_to_a_clause_that_asks_for_nothing(prepared: Prepared) -> None:
    """A task made by a clause that the rulebook itself calls not modelled would contradict it."""
    assert prepared.case is not None
    for clause in {c for task in prepared.case.tasks for c in task.clauses}:
        assert CLAUSES[clause].rules or any(clause in rule.leans_on for rule in VERSION.rules), clause

"""The district's own rulebook: every clause answered once, every rule cited, values as the annexes state them."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from planner.intake.tables.schema import TABLES
from planner.rulebook.book import load_rulebook
from planner.rulebook.duties import DUTY_ROWS
from planner.rulebook.indicators import INDICATORS
from planner.rulebook.nouns import ClauseStatus, Force, Phase
from planner.rulebook.recording import clauses_of_results

VERSION = load_rulebook().at(date(2026, 6, 1))
CLAUSES = 549
DOCS = tuple(f"A{n:02}" for n in range(1, 15))
IDS_SHA256 = "2c6c8dd1cdbdc5b683887a89f99ecd6609c074a7458b91a4e1e1c98d6483f14c"
"""Of the sorted clause ids, one a line."""
FORBIDDEN = ("罚款", "处罚数", "罚没", "办案数")
LIST = Path(__file__).parents[3] / "shared" / "spec" / "clauses.csv"
SOFT = (
    "D-2.8a D-2.8b D-2.8c A03-4.2b A07-6.3a A07-6.3b A07-6.3d A12-4.2a A12-4.2b A12-4.2c A01-5.1a A01-5.1b "
    "A02-3.2.3.2a A06-2.2.3c A08-2.7.1b A14-5.3 A01-3.4.4a A03-3.2.2b A01-4.1.2c"
)
"""Clauses that nothing but the objective carries."""
NOT_BUILT = "D-3.3 A12-6.4"
"""Clauses that ask for a figure of which at least a part is kept nowhere yet."""
COUNTED = "D-1 A01-1a A01-1b A01-7.5 A02-6.2 A04-7.5 A04-7.2 A07-9.2"
"""Clauses whose figures the evaluation counts from results."""
READ = (
    "D-2.7b A08-2.6.3 A03-4.2a A07-6.2b A08-2.5e A01-4.3.3a A03-4.3b A04-4.3.2a A05-4.2b A07-6.4c A11-4.3b "
    "A01-5.2.4c A02-5.2.4c A04-5.1.4.2 A09-5.2.4b A13-5.2.4b A01-7.1 A04-7.1"
)
"""Clauses that what is recorded is read against: codes, results, dates of duties, forbidden figures."""


def test_every_clause_stands_once() -> None:
    ids = [clause.id for clause in VERSION.clauses]
    assert len(ids) == len(set(ids)) == CLAUSES
    assert hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest() == IDS_SHA256


@pytest.mark.real_data
def test_every_listed_clause_is_answered_by_exactly_one_status() -> None:
    if not LIST.exists():
        pytest.skip("not run: the list of clauses is not beside the repository (../shared/spec/clauses.csv)")
    with LIST.open(encoding="utf-8-sig", newline="") as file:
        listed = {row["clause_id"]: row for row in csv.DictReader(file)}
    ours = Counter(clause.id for clause in VERSION.clauses)
    assert len(listed) == CLAUSES
    assert ours == Counter(listed.keys())
    for clause in VERSION.clauses:
        assert (clause.doc, clause.place, clause.kind) == tuple(listed[clause.id][k] for k in ("doc", "path", "kind"))
        assert clause.strength == listed[clause.id]["strength"]
        if clause.status not in (
            listed[clause.id]["suggested_status"],
            ClauseStatus.OBJECTIVE,
            ClauseStatus.PROCEDURAL,
        ):
            assert clause.reason_zh, f"{clause.id} departs from the status first suggested without saying why"


def test_what_only_the_objective_carries_or_nobody_does_says_so() -> None:
    assert {VERSION.clause(c).status for c in SOFT.split()} == {ClauseStatus.OBJECTIVE}
    assert {VERSION.clause(c).status for c in NOT_BUILT.split()} == {ClauseStatus.NOT_MODELLED}


def test_what_results_and_the_duty_calendar_answer_is_said_to_be_answered() -> None:
    assert {VERSION.clause(c).status for c in COUNTED.split()} == {ClauseStatus.REPORTED}
    assert set(COUNTED.split()) <= {clause for one in INDICATORS for clause in one.clauses}
    assert {VERSION.clause(c).status for c in READ.split()} == {ClauseStatus.INPUT_CHECK}
    cited = {clause for _, clause in clauses_of_results()}
    cited |= {clause for row in DUTY_ROWS for clauses in row.clauses.values() for clause in clauses}
    assert set(READ.split()) <= cited


def test_a_mandatory_clause_is_encoded_only_by_a_rule_that_binds() -> None:
    binding = {rule.id for rule in VERSION.rules if rule.phase is not Phase.OBJECTIVE}
    for clause in VERSION.clauses:
        if clause.status is ClauseStatus.ENCODED:
            assert set(clause.rules) & binding, clause.id


def test_what_is_encoded_has_a_rule_and_what_is_not_modelled_a_reason() -> None:
    for clause in VERSION.clauses:
        if clause.status in (ClauseStatus.ENCODED, ClauseStatus.OBJECTIVE):
            assert clause.rules, clause.id
        if clause.status is ClauseStatus.NOT_MODELLED:
            assert clause.reason_zh, clause.id
            assert clause.reason_en, clause.id
            assert not clause.rules, clause.id


def test_every_rule_has_a_clause_and_only_policy_can_be_waived() -> None:
    for rule in VERSION.rules:
        assert VERSION.clauses_for(rule.id), rule.id
        assert not rule.waivable or rule.strength is Force.POLICY
        answered = [clause for clause in VERSION.clauses if rule.id in clause.rules]
        assert answered or rule.assumed, f"{rule.id} has no clause of its own, so it is our reading"


def test_every_clause_of_a_rule_names_that_rule_or_is_leant_on() -> None:
    for rule in VERSION.rules:
        for clause_id in VERSION.clauses_for(rule.id):
            assert rule.id in VERSION.clause(clause_id).rules or clause_id in (*rule.leans_on, *rule.elsewhere)


def test_nothing_held_against_one_domain_cites_another_annex() -> None:
    """Whatever the rule, a body is told clauses of its own annex, of the district's document, or what binds all."""
    for rule in VERSION.rules:
        for domain in ("", *DOCS):
            cited = VERSION.clauses_for(rule.id, domain)
            assert {VERSION.clause(c).doc for c in set(cited) - set(rule.binds_all)} <= {domain, "D"}, (rule.id, domain)


def test_what_bites_everywhere_has_a_clause_everywhere() -> None:
    """Rules of single annexes have clauses of these; every other rule finds one for a body of any annex."""
    single = {rule.id for rule in VERSION.rules if any(param.name == "domains" for param in rule.params)}
    of_some = {"gap.domain", "cap.domain", "frequency.fire", "fire.scope", "fire.leads", "objective.fire-alone"}
    for rule in VERSION.rules:
        if rule.id not in single | of_some:
            assert all(VERSION.clauses_for(rule.id, domain) for domain in DOCS), rule.id


@pytest.mark.parametrize(("grade", "clause"), [("B", "A07-5.2d"), ("C", "A07-5.2e"), ("D", "A07-5.2f")])
def test_a_grade_is_told_its_own_clause(grade: str, clause: str) -> None:
    assert VERSION.main_clause("draw.ratio", "A07", grade) == clause
    fire = {"A": "A03-3.2.3a", "B": "A03-3.2.3c", "C": "A03-3.2.3e", "D": "A03-3.2.3d", "off-site": "A03-3.2.3b"}
    assert {key: VERSION.main_clause("frequency.fire", "A03", key) for key in fire} == fire


@pytest.mark.parametrize(
    "rule_id",
    ["recognition", "absorption", "coverage.key", "priority.non-quiet", "offsite.first", "special.random"],
)
def test_a_rule_bites_exactly_in_the_annexes_that_say_so(rule_id: str) -> None:
    stated = {c.doc for c in VERSION.clauses if c.rules and c.rules[0] == rule_id}
    named = set(VERSION.words(rule_id, "domains"))
    if rule_id == "offsite.first":
        named |= set(VERSION.words(rule_id, "quiet_only_domains"))
    assert stated == named


def test_gaps_and_caps_are_as_the_annexes_state() -> None:
    capped = {d for d in (f"A{n:02}" for n in range(1, 15)) if VERSION.number("cap.domain", "checks_per_year", d)}
    spaced = {d for d in (f"A{n:02}" for n in range(1, 15)) if VERSION.number("gap.domain", "gap_months", d)}
    assert capped == {"A01", "A02", "A03", "A04", "A12", "A13"}
    assert spaced == capped - {"A03"}
    assert VERSION.table("cap.domain", "checks_per_year_by_grade", "A03")["D"] == 2
    assert dict(VERSION.table("frequency.fire", "checks")) == {"A": 1, "B": 1, "C": 1, "D": 2}
    assert dict(VERSION.table("frequency.fire", "years")) == {"A": 2, "B": 1, "C": 1, "D": 1}


def test_the_bureaus_levers_are_off() -> None:
    assert VERSION.number("entry.cap", "entry_cap") == 0
    assert VERSION.number("entry.gap", "entry_gap_days") == 0
    assert VERSION.number("visit.max-agencies", "max_agencies_per_visit") == 0


@pytest.mark.parametrize(
    ("domain", "grades", "exceptions"),
    [
        ("A01", ("A",), {"above", "law", "clue"}),
        ("A03", ("A",), {"clue"}),
        ("A04", (), {"above", "law", "clue"}),
        ("A08", (), {"above"}),
        ("A09", ("green",), {"above"}),
        ("A10", (), {"above"}),
        ("A12", ("A",), {"above", "law", "clue"}),
    ],
)
def test_quiet_sites_by_annex(domain: str, grades: tuple[str, ...], exceptions: set[str]) -> None:
    assert VERSION.words("quiet.site", "grades", domain) == grades
    assert set(VERSION.words("quiet.site", "exceptions", domain)) == exceptions


def test_every_parameter_says_its_unit_in_both_languages() -> None:
    for rule in VERSION.rules:
        for param in rule.params:
            assert param.unit, (rule.id, param.name)
            assert param.zh, (rule.id, param.name)
            assert param.en, (rule.id, param.name)


def test_no_rule_or_clause_asks_for_a_figure_of_penalties() -> None:
    """A01-7.1 and A04-7.1 forbid such a figure: no rule speaks of one, and no clause is reported that does."""
    for rule in VERSION.rules:
        assert not any(word in rule.summary_zh for word in FORBIDDEN)
    for clause in VERSION.clauses:
        if any(word in clause.zh for word in ("处罚数", "罚款额")):
            assert clause.status is ClauseStatus.INPUT_CHECK, clause.id


def test_no_column_asks_for_penalties() -> None:
    for table in TABLES:
        for column in table.columns:
            assert not any(word in f"{column.title}{column.note}" for word in FORBIDDEN), (table.key, column.key)

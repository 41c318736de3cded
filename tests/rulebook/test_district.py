"""The district's own rulebook: every clause answered once, every rule cited, values as the annexes state them."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from planner.rulebook.book import load_rulebook
from planner.rulebook.nouns import ClauseStatus, Force

VERSION = load_rulebook().at(date(2026, 6, 1))
CLAUSES = 549
IDS_SHA256 = "2c6c8dd1cdbdc5b683887a89f99ecd6609c074a7458b91a4e1e1c98d6483f14c"
"""Of the sorted clause ids, one a line."""
LIST = Path(__file__).parents[3] / "shared" / "spec" / "clauses.csv"
DEPARTURES = {
    "D-2.1": "procedural",
    "D-3.2": "procedural",
    "A01-3.1.1": "not-modelled",
    "A04-3.1.1": "not-modelled",
    "A06-3.2": "procedural",
    "A07-6.3c": "procedural",
    "A09-3.1.1": "not-modelled",
    "A10-3.1.n": "procedural",
    "A11-3.1a": "not-modelled",
    "A12-3.3.8b": "procedural",
    "A12-3.3.8c": "procedural",
}
"""Clauses whose status is not the one first suggested; docs/decisions/0005-clause-statuses.md says why."""


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
    found = {c.id: c.status.value for c in VERSION.clauses if c.status != listed[c.id]["suggested_status"]}
    assert found == DEPARTURES
    for clause in VERSION.clauses:
        assert (clause.doc, clause.place, clause.kind) == tuple(listed[clause.id][k] for k in ("doc", "path", "kind"))
        assert clause.strength == listed[clause.id]["strength"]


def test_departures_are_what_the_rulebook_says() -> None:
    assert {clause_id: VERSION.clause(clause_id).status.value for clause_id in DEPARTURES} == DEPARTURES


def test_what_is_encoded_has_a_rule_and_what_is_not_modelled_a_reason() -> None:
    for clause in VERSION.clauses:
        if clause.status is ClauseStatus.ENCODED:
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
            assert rule.id in VERSION.clause(clause_id).rules or clause_id in rule.leans_on


def test_nothing_held_against_one_domain_cites_another_annex() -> None:
    """A rule with parameters by domain finds a clause of that annex or of the district wherever it bites."""
    for rule_id, name in (("gap.domain", "gap_months"), ("cap.domain", "checks_per_year")):
        for domain in (f"A{n:02}" for n in range(1, 15)):
            if VERSION.number(rule_id, name, domain):
                assert {VERSION.clause(c).doc for c in VERSION.clauses_for(rule_id, domain)} <= {domain, "D"}


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
    """A01-7.1 and A04-7.1 forbid such a figure; they are the only reported clauses that speak of one."""
    speaking = {c.id for c in VERSION.clauses if "处罚数" in c.zh and c.status is ClauseStatus.REPORTED}
    assert speaking == {"A01-7.1", "A04-7.1"}
    for rule in VERSION.rules:
        assert not any(word in rule.summary_zh for word in ("罚款", "处罚数"))

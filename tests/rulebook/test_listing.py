"""What `planner rules` lists, filters and shows."""

from __future__ import annotations

from datetime import date

import pytest

from planner.domain.errors import InputError, RulebookGap
from planner.rulebook import listing
from planner.rulebook.book import load_rulebook
from planner.rulebook.nouns import ClauseStatus, Phase

VERSION = load_rulebook().at(date(2026, 6, 1))


def test_without_filters_everything_is_listed() -> None:
    assert listing.select_clauses(VERSION) == VERSION.clauses
    assert listing.select_rules(VERSION) == VERSION.rules


def test_filters_are_joined_by_and() -> None:
    found = listing.select_clauses(VERSION, doc="a03", status="encoded", strength="强制", rule="frequency.fire")
    assert [clause.id for clause in found] == ["A03-3.2.3a", "A03-3.2.3b", "A03-3.2.3c", "A03-3.2.3d"]
    assert found == listing.select_clauses(
        VERSION, doc="A03", status="已编码", strength="mandatory", rule="frequency.fire"
    )


def test_text_is_found_in_either_language_and_any_width() -> None:
    wide = listing.select_clauses(VERSION, text="三\uff08一\uff09")
    assert wide
    assert wide == listing.select_clauses(VERSION, text="三(一)")
    assert [c.id for c in listing.select_clauses(VERSION, text="NUCLEAR")] == ["A07-5.2h"]
    assert listing.select_clauses(VERSION, text="no such words") == ()


def test_rules_by_document_and_phase() -> None:
    assert {rule.id for rule in listing.select_rules(VERSION, phase="draw")} == {
        "draw.ratio",
        "draw.fixed",
        "draw.inspectors",
    }
    labour = {rule.id for rule in listing.select_rules(VERSION, doc="A10")}
    assert "special.with-clue" in labour
    assert "recognition" not in labour
    assert all(rule.phase is Phase.INTAKE for rule in listing.select_rules(VERSION, phase="填报"))


def test_an_unknown_filter_value_names_the_choices() -> None:
    with pytest.raises(InputError, match=r"'encode' is none of encoded \(已编码\)"):
        listing.select_clauses(VERSION, status="encode")
    with pytest.raises(InputError, match="'A15' is none of D, A01"):
        listing.select_clauses(VERSION, doc="A15")
    with pytest.raises(RulebookGap, match="no rule 'gap'"):
        listing.select_clauses(VERSION, rule="gap")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_counts_add_up(lang: str) -> None:
    head, *body, total = listing.status_counts(VERSION, lang)
    assert len(head) == len(ClauseStatus) + 2
    for column in range(1, len(head)):
        assert sum(int(row[column]) for row in body) == int(total[column])
    assert int(total[-1]) == len(VERSION.clauses)
    assert all(int(row[-1]) == sum(map(int, row[1:-1])) for row in (*body, total))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_have_one_row_each_under_their_titles(lang: str) -> None:
    for rows, n in (
        (listing.clause_rows(VERSION.clauses, lang), len(VERSION.clauses)),
        (listing.rule_rows(VERSION, VERSION.rules, lang), len(VERSION.rules)),
    ):
        assert len(rows) == n + 1
        assert {len(row) for row in rows} == {6}


def test_one_clause_is_shown() -> None:
    shown = dict(listing.show(VERSION, "A01-3.1.1", "en"))
    assert shown["status"] == "not-modelled"
    assert shown["reason"] == VERSION.clause("A01-3.1.1").reason_en
    assert shown["rulebook"] == VERSION.version
    assert "rules" not in shown
    assert dict(listing.show(VERSION, "A01-4.1.1c", "zh"))["规则"] == "gap.domain"


def test_one_rule_is_shown_with_clauses_and_parameters() -> None:
    shown = listing.show(VERSION, "gap.domain", "zh")
    assert ("参数 gap_months A01", "1") in shown
    assert ("参数 gap_months A08", "0 [推定]") in shown
    clauses = [value.split()[0] for label, value in shown if label == "条款"]
    assert tuple(clauses) == VERSION.clauses_for("gap.domain")
    lever = dict(listing.show(VERSION, "entry.cap", "en"))["parameter entry_cap"]
    assert lever.endswith("[setting entry_cap]")
    leaning = listing.show(VERSION, "unannounced.alone", "en")
    assert [value.split(")")[0] for label, value in leaning if label == "clause"] == [
        "A07-7.2a (leans on",
        "D-2.6c (where an annex is silent",
    ]
    assert dict(leaning)["assumed"] == "yes"


def test_an_unknown_id_is_a_gap() -> None:
    with pytest.raises(RulebookGap, match=r"no clause 'gap\.domains'"):
        listing.show(VERSION, "gap.domains", "en")

"""The loader, dated versions, and the difference between a gap and a conflict."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from planner.domain.errors import RulebookConflict, RulebookError, RulebookGap
from planner.rulebook.nouns import Phase
from tests.rulebook.build import RULE, load, write

DAY = date(2025, 6, 1)


def test_no_version_before_the_first_day_nor_after_the_last(tmp_path: Path) -> None:
    write(tmp_path, {}, last="2025-12-31")
    book = load(tmp_path)
    with pytest.raises(RulebookGap, match="2025-04-08"):
        book.at(date(2025, 4, 8))
    with pytest.raises(RulebookGap, match="2026-01-01"):
        book.at(date(2026, 1, 1))
    first, last = book.at(date(2025, 4, 9)), book.at(date(2025, 12, 31))
    assert first.version == last.version


def test_the_next_version_takes_over_on_its_first_day(tmp_path: Path) -> None:
    write(tmp_path, {}, last="2025-12-31")
    write(tmp_path, {}, first="2026-01-01", rule=RULE.replace("A01 = 1", "A01 = 2"))
    book = load(tmp_path)
    old, new = book.at(date(2025, 12, 31)), book.at(date(2026, 1, 1))
    assert (old.number("gap", "months", "A01"), new.number("gap", "months", "A01")) == (1, 2)
    assert old.version.startswith("xx@2025-04-09#")
    assert new.version.startswith("xx@2026-01-01#")


def test_two_versions_on_one_day_are_a_conflict_not_a_gap(tmp_path: Path) -> None:
    write(tmp_path, {})
    write(tmp_path, {}, first="2026-01-01")
    book = load(tmp_path)
    assert book.at(date(2025, 12, 31)).in_force_from == date(2025, 4, 9)
    with pytest.raises(RulebookConflict, match=r"2025-04-09.*2026-01-01") as caught:
        book.at(date(2026, 1, 1))
    assert not isinstance(caught.value, RulebookGap)


def test_no_such_jurisdiction_is_a_gap(tmp_path: Path) -> None:
    with pytest.raises(RulebookGap, match="xx"):
        load(tmp_path)


def test_a_clause_ends_on_its_own_last_day(tmp_path: Path) -> None:
    write(tmp_path, {}, {"clause_id": "A01-2", "in_force_to": "2025-06-30"})
    book = load(tmp_path)
    before, after = book.at(date(2025, 6, 30)), book.at(date(2025, 7, 1))
    assert before.clauses_for("gap") == ("A01-1", "A01-2")
    assert after.clauses_for("gap") == ("A01-1",)
    with pytest.raises(RulebookGap, match="A01-2"):
        after.clause("A01-2")
    assert before.version == after.version


def test_the_version_name_follows_the_content(tmp_path: Path) -> None:
    names = set()
    for n, change in enumerate(({}, {"en": "Another paraphrase"}, {"strength": "mandatory"})):
        write(tmp_path / str(n), change)
        names.add(load(tmp_path / str(n)).at(DAY).version)
    write(tmp_path / "same", {})
    assert len(names) == 3
    assert load(tmp_path / "same").at(DAY).version in names


def test_parameters_by_domain_and_by_type(tmp_path: Path) -> None:
    write(tmp_path, {})
    version = load(tmp_path).at(DAY)
    assert version.param("gap", "months", "A01") == 1
    assert version.param("gap", "months", "A09") == version.param("gap", "months") == 0
    assert version.words("gap", "grades") == ("A", "B")
    assert dict(version.table("gap", "ratio")) == {"D": 100}
    assert version.switch("gap", "on") is True
    for read in (version.number, version.words, version.table):
        with pytest.raises(RulebookGap, match=r"gap\.on"):
            read("gap", "on")
    with pytest.raises(RulebookGap, match=r"gap\.months"):
        version.switch("gap", "months")
    with pytest.raises(RulebookGap, match="nothing"):
        version.param("gap", "nothing")
    with pytest.raises(RulebookGap, match="no rule 'nothing'"):
        version.param("nothing", "months")


def test_a_version_travels_to_other_processes(tmp_path: Path) -> None:
    write(tmp_path, {})
    version = load(tmp_path).at(DAY)
    assert pickle.loads(pickle.dumps(version)) == version


def test_clauses_of_the_annex_then_of_the_district_else_none(tmp_path: Path) -> None:
    district, other = {"clause_id": "D-1", "doc": "D"}, {"clause_id": "A02-1", "doc": "A02"}
    write(tmp_path / "with", district, {}, other)
    version = load(tmp_path / "with").at(DAY)
    assert version.clauses_for("gap", "A01") == ("A01-1", "D-1")
    assert version.clauses_for("gap", "A09") == ("D-1",)
    assert version.clauses_for("gap") == ("D-1", "A01-1", "A02-1")
    write(tmp_path / "without", {}, other)
    alone = load(tmp_path / "without").at(DAY)
    assert alone.clauses_for("gap", "A09") == alone.clauses_for("gap", "") == ()


def test_an_assumed_rule_leans_on_its_closest_clauses(tmp_path: Path) -> None:
    own = 'assumed = true\nleans_on = ["A01-1"]\nnote_zh = "推定"\nnote_en = "ours"'
    write(tmp_path, {"status": "procedural", "rule": ""}, rule=RULE.replace("assumed = false", own))
    version = load(tmp_path).at(DAY)
    assert version.rule("gap").phase is Phase.CONSTRAINT
    assert version.clauses_for("gap", "A01") == ("A01-1",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rule": "gpa"}, "A01-1: unknown rule 'gpa'"),
        ({"rule": ""}, "A01-1: encoded without a rule"),
        ({"status": "procedural"}, "A01-1: procedural yet answered by rule 'gap'"),
        ({"status": "not-modelled", "rule": ""}, "A01-1: not-modelled without a reason"),
        ({"status": "input-check", "rule": ""}, "A01-1: input-check with neither a rule nor a reason"),
        ({"status": "encoded?"}, "A01-1: unknown status 'encoded?'"),
        ({"strength": "hard"}, "A01-1: unknown strength 'hard'"),
        ({"reason_zh": "因为"}, "A01-1: a reason in one language only"),
        ({"zh": ""}, "A01-1: empty zh"),
        ({"in_force_from": "2020-01-01"}, "clauses in force outside it: ['A01-1']"),
        ({"in_force_from": "soon"}, "cannot be read"),
    ],
)
def test_a_wrong_clause_is_told(tmp_path: Path, change: dict[str, str], told: str) -> None:
    write(tmp_path, change)
    with pytest.raises(RulebookError) as caught:
        load(tmp_path)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('unit = "month"\n', "", "gap.months: unit missing"),
        ('unit = "month"\n', 'unit = ""\n', "gap.months: unit missing"),
        ("value = true\n", "", "gap.on: value missing"),
        ('name = "on"', 'name = "months"', "'months' stands 2 times"),
        ("{ A01 = 1 }", "{ A1 = 1 }", "gap.months: no document 'A1'"),
        ('title_zh = "间隔"', 'title_zh = "间隔"\ntitel = "x"', "gap: unknown key 'titel'"),
        ('strength = "policy"', 'strength = "mandatory"', "gap: only a policy rule can be waived"),
        ("assumed = false", "assumed = true", "gap: assumed without a note"),
        ("assumed = false", 'assumed = false\nleans_on = ["A01-1"]', "gap: leans on a clause, so it is assumed"),
        ("assumed = false", 'assumed = false\nleans_on = ["A99"]', "gap: leans on unknown clause 'A99'"),
        ('phase = "constraint"', 'phase = "later"', "cannot be read"),
    ],
)
def test_a_wrong_rule_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in RULE
    write(tmp_path, {}, rule=RULE.replace(old, new, 1))
    with pytest.raises(RulebookError) as caught:
        load(tmp_path)
    assert told in str(caught.value)


def test_repeated_ids_and_unanswered_rules_are_told_together(tmp_path: Path) -> None:
    twice = RULE + RULE.replace('id = "gap"', 'id = "idle"') + RULE
    write(tmp_path, {}, {}, rule=twice)
    with pytest.raises(RulebookError) as caught:
        load(tmp_path)
    for told in ("clause 'A01-1' stands 2 times", "rule 'gap' stands 2 times", "idle: no clause answered by it"):
        assert told in str(caught.value)


def test_a_folder_must_be_named_after_its_first_day(tmp_path: Path) -> None:
    write(tmp_path, {})
    (tmp_path / "xx" / "2025-04-09").rename(tmp_path / "xx" / "2025-04-10")
    with pytest.raises(RulebookError, match="folder 2025-04-10 is in force from 2025-04-09"):
        load(tmp_path)


def test_missing_columns_and_files_are_told(tmp_path: Path) -> None:
    write(tmp_path / "a", {}, columns=("clause_id", "doc"))
    with pytest.raises(RulebookError, match="columns are"):
        load(tmp_path / "a")
    write(tmp_path / "b", {})
    (tmp_path / "b" / "xx" / "2025-04-09" / "rules.toml").unlink()
    with pytest.raises(RulebookError, match="cannot be read"):
        load(tmp_path / "b")


def test_a_clause_that_binds_all_is_cited_to_everybody(tmp_path: Path) -> None:
    rule = RULE.replace('summary_en = "between two"', 'summary_en = "between two"\nbinds_all = ["A02-1"]')
    write(tmp_path, {}, {"clause_id": "A02-1", "doc": "A02"}, rule=rule)
    version = load(tmp_path).at(DAY)
    assert version.clauses_for("gap", "A01") == ("A01-1", "A02-1")
    assert version.clauses_for("gap", "A09") == ("A02-1",)


def test_clauses_of_other_grades_are_left_out(tmp_path: Path) -> None:
    graded = '\n[rule.by_grade.A01]\nA = ["A01-1"]\nB = ["A01-2"]\n'
    rule = RULE.replace('summary_en = "between two"\n', f'summary_en = "between two"\n{graded}', 1)
    write(tmp_path, {}, {"clause_id": "A01-2"}, {"clause_id": "A01-3"}, rule=rule)
    version = load(tmp_path).at(DAY)
    assert version.clauses_for("gap", "A01", "B") == ("A01-2", "A01-3")
    assert version.clauses_for("gap", "A01", "none") == ("A01-3",)
    assert version.clauses_for("gap", "A01") == ("A01-1", "A01-2", "A01-3")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"status": "objective"}, "objective, yet the rule named first is none"),
        ({"status": "objective", "rule": ""}, "objective without a rule"),
    ],
)
def test_what_the_objective_carries_says_so(tmp_path: Path, change: dict[str, str], fault: str) -> None:
    write(tmp_path, change)
    with pytest.raises(RulebookError, match=fault):
        load(tmp_path)


def test_what_the_objective_alone_carries_is_not_called_encoded(tmp_path: Path) -> None:
    soft = RULE.replace('phase = "constraint"', 'phase = "objective"')
    write(tmp_path / "a", {}, rule=soft)
    with pytest.raises(RulebookError, match="encoded, yet the objective alone carries it"):
        load(tmp_path / "a")
    write(tmp_path / "b", {"status": "objective", "strength": "mandatory"}, rule=soft)
    with pytest.raises(RulebookError, match="without a reason that says what stays open"):
        load(tmp_path / "b")
    write(tmp_path / "c", {"status": "objective"}, rule=soft)
    assert load(tmp_path / "c").at(DAY).clauses_for("gap", "A01") == ("A01-1",)

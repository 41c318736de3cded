"""A body's words are told once: read from then on with a notice, forgotten when somebody says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from planner.cli.app import app
from planner.domain.errors import InputError
from planner.intake.read.forms.learned import Learned, Word, checked, read_words, with_word, without_word
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.words.catalogue import render
from tests.filings.district import SITES, Raw, written

OWN = {"kind": "自由裁量", "sites": ";".join(["食安甲号", *SITES[1:]])}
WORDS = [Word("kind", "自由裁量", "日常", "李某"), Word("sites", "食安甲号", SITES[0], "李某")]


def own_words(raw: Raw) -> None:
    raw["filings"][0] |= OWN


def codes(tables: Tables) -> list[tuple[str, str]]:
    return [(f.code, f.value) for f in tables.findings if f.value in ("自由裁量", "食安甲号")]


def test_words_are_read_once_they_are_told_and_every_time_with_a_notice(tmp_path: Path) -> None:
    path = written(tmp_path, own_words)
    before = read_tables(path)
    assert [row.filing_id for row in before.filings] == ["F-YJ"]
    after = read_tables(path, learned=Learned(WORDS))
    assert [(row.kind, row.sites) for row in after.filings] == [("daily", SITES)] * 2
    assert codes(after) == [("cell.learned", "自由裁量"), ("cell.learned", "食安甲号")]
    assert all("按核定过的用词" in render(f)[1] for f in after.findings if f.code == "cell.learned")
    forgotten = Learned(without_word(WORDS, "kind", "自由裁量"))
    assert codes(read_tables(path, learned=forgotten))[0][0] == "cell.choice"


def test_a_learned_word_never_overrules_what_can_be_read(tmp_path: Path) -> None:
    plain = read_tables(written(tmp_path))
    words = [Word("kind", "日常", "专项"), Word("strength", "必须", "可选"), Word("sites", SITES[0], SITES[1])]
    assert read_tables(written(tmp_path), learned=Learned(words)) == plain


def test_nothing_is_learned_of_what_restricts(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["history"][0]["result"] = "自由裁量"

    path = written(tmp_path, edit)
    words = Learned([Word("result", "自由裁量", "未发现问题"), Word("kind", "自由裁量", "日常")])
    assert read_tables(path, learned=words) == read_tables(path)
    with pytest.raises(InputError, match="没有可记用词的栏目"):
        checked(Word("result", "合格", "未发现问题"))


@pytest.mark.parametrize(
    ("word", "why"),
    [
        (Word("kind", "日常", "专项"), "本来就能读"),
        (Word("kind", "自由裁量", "随便"), "不能填"),
        (Word("kind", "", "日常"), "1–100"),
        (Word("kind", "自" * 101, "日常"), "1–100"),
        (Word("filing_id", "甲", "乙"), "没有可记用词的栏目"),
        (Word("sites", "JS-001", "js-001"), "编号本身"),
    ],
)
def test_what_cannot_be_learned_is_refused_with_its_reason(word: Word, why: str) -> None:
    with pytest.raises(InputError, match=why):
        checked(word)


def test_a_word_has_one_meaning_in_a_column() -> None:
    words = with_word(WORDS, Word("kind", " 自由裁量", "专项"))
    assert [word.meant for word in words if word.column == "kind"] == ["专项"]
    assert checked(Word("计划类型", "自由裁量", "日常")).column == "kind"


def planner(*words: Any) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_from_a_form_to_its_words_and_back(tmp_path: Path) -> None:
    source, out, words = written(tmp_path, own_words), tmp_path / "整理.xlsx", tmp_path / "词.json"
    assert planner("tidy", source, "--out", out).exit_code == 0
    book = load_workbook(out)
    sheet = book["说明"]
    filled = 0
    for row in sheet.iter_rows(min_row=2):
        if row[4].value == "自由裁量":
            row[7].value, filled = "日常", filled + 1
    assert filled == 1
    book.save(out)
    assert "写明是哪个单位" in planner("words", words, "--from", out).output
    made = planner("words", words, "--from", out, "--agency", "SCJG", "--by", "李某")
    assert made.exit_code == 0, made.output
    assert read_words(words) == ("SCJG", [Word("kind", "自由裁量", "日常", "李某")])
    again = planner("tidy", source, "--out", tmp_path / "2.xlsx", "--words", words)
    assert again.exit_code == 0
    assert len(read_tables(tmp_path / "2.xlsx").filings) == 2
    assert planner("words", words, "--agency", "YJJ").exit_code == 2
    assert planner("words", words, "--forget", "计划类型=没有").exit_code == 2
    assert planner("words", words, "--forget", "计划类型=自由裁量").exit_code == 0
    assert read_words(words) == ("SCJG", [])


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "x", "agency": "", "words": []}'])
def test_a_file_that_holds_no_words_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "词.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        read_words(path)
    good = {"format": "joint-inspection-words/1", "agency": "A", "words": [{"column": "result", "said": "a"}]}
    path.write_text(json.dumps(good), encoding="utf-8")
    with pytest.raises(InputError):
        read_words(path)

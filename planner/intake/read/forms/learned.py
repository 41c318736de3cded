"""Words of one body that a person has told the meaning of once: they are read from then on, each with a notice.

A learned word counts only where the cell cannot be read otherwise, and only in filings, which ask for checks. In tables
that restrict nothing is learned: a wrong word would free a site, so each such cell is corrected where it stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from planner.domain.errors import InputError
from planner.domain.finding import Severity
from planner.intake.read.cells import cell_reader
from planner.intake.tables.folding import fold
from planner.intake.tables.schema import TABLE_BY_KEY, Column, Kind
from planner.intake.words.catalogue import finding_types

FORMAT = "joint-inspection-words/1"
TABLE = TABLE_BY_KEY["filings"]
NAMES_THE_ROW = "filing_id"
LONGEST = 100
"""Characters of a word; findings show no more of a cell."""
NO_FILE = "不是词表文件，请用 planner words 生成 / not a file of words"


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """What `said` means in `column` of a body's filings: a value as the template has it, or an id; `by` said so."""

    column: str
    said: str
    meant: str
    by: str = ""


class Learned:
    """The words of one body, looked up by column."""

    def __init__(self, words: Iterable[Word] = ()) -> None:
        self._by_column: dict[str, dict[str, str]] = {}
        for word in words:
            self._by_column.setdefault(word.column, {})[fold(word.said)] = word.meant

    def of(self, table: str, column: str) -> Mapping[str, str]:
        """Return the meanings of a column's words by what is said, folded (`fold`)."""
        return self._by_column.get(column, {}) if table == TABLE.key else {}


NOTHING = Learned()


def column_named(name: str) -> Column:
    """Return the column of filings with this key or title. Raises InputError where there is none to learn words of."""
    for column in TABLE.columns:
        if name in (column.key, column.title) and column.key != NAMES_THE_ROW:
            return column
    raise InputError(f"检查计划没有可记用词的栏目“{name}” / filings have no column {name!r} to learn words of")


def checked(word: Word) -> Word:
    """Return a word that may be learned, its column by key. Raises InputError where it says nothing, or nothing new."""
    column, said, meant = column_named(word.column), word.said.strip(), word.meant.strip()
    if not said or not meant or max(len(said), len(meant), len(fold(said))) > LONGEST:
        raise InputError(f"用词和含义须为 1–{LONGEST} 个字 / a word has 1 to {LONGEST} characters")
    if column.kind not in (Kind.ID, Kind.IDS):
        if not problems_of(column, said):
            raise InputError(f"“{column.title}”的“{said}”本来就能读，不必记 / {said!r} can be read already")
        if problems_of(column, meant):
            raise InputError(f"“{column.title}”不能填“{meant}”，请写模板里的填法 / {meant!r} cannot be read either")
    elif fold(said) == fold(meant):
        raise InputError(f"“{said}”就是编号本身 / {said!r} is the id itself")
    return Word(column.key, said, meant, word.by)


def problems_of(column: Column, text: str) -> bool:
    """Return whether a cell of the column cannot be read as it stands."""
    return any(finding_types()[p.code].severity is not Severity.INFO for p in cell_reader(column)(text).problems)


def read_words(path: Path) -> tuple[str, list[Word]]:
    """Return the body and the words of a file; ("", none) where there is no file yet. Raises InputError."""
    if not path.exists():
        return "", []
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["format"] != FORMAT:
            raise ValueError(value["format"])
        words = [Word(*(str(one.get(key, "")) for key in ("column", "said", "meant", "by"))) for one in value["words"]]
        return str(value["agency"]), [checked(word) for word in words]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path.name}：{NO_FILE}") from error


def write_words(path: Path, agency: str, words: Iterable[Word]) -> None:
    """Write a body's words, in order of column and word."""
    value = {"format": FORMAT, "agency": agency, "words": [asdict(word) for word in sorted(words)]}
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def with_word(words: Iterable[Word], new: Word) -> list[Word]:
    """Return the words with `new` in the place of what the same word meant before."""
    return [*without_word(words, new.column, new.said), new]


def without_word(words: Iterable[Word], column: str, said: str) -> list[Word]:
    """Return the words without what `said` means in the column."""
    return [one for one in words if (one.column, fold(one.said)) != (column, fold(said))]

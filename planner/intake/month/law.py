"""The rulebook's parameters, looked up once: screening asks them for thousands of sites."""

from __future__ import annotations

from collections.abc import Mapping

from planner.rulebook.nouns import RulebookVersion


class Law:
    """One version's parameters by rule, name and domain; raises RulebookGap where there is none."""

    def __init__(self, rulebook: RulebookVersion) -> None:
        self.book = rulebook
        self._words: dict[tuple[str, str, str], frozenset[str]] = {}
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._tables: dict[tuple[str, str, str], Mapping[str, int]] = {}

    def words(self, rule: str, name: str, domain: str = "") -> frozenset[str]:
        """Return a parameter that is a list of words, as a set."""
        key = (rule, name, domain)
        if key not in self._words:
            self._words[key] = frozenset(self.book.words(rule, name, domain))
        return self._words[key]

    def number(self, rule: str, name: str, domain: str = "") -> int:
        """Return a parameter that is a whole number."""
        key = (rule, name, domain)
        if key not in self._numbers:
            self._numbers[key] = self.book.number(rule, name, domain)
        return self._numbers[key]

    def table(self, rule: str, name: str, domain: str = "") -> Mapping[str, int]:
        """Return a parameter that maps keys to whole numbers."""
        key = (rule, name, domain)
        if key not in self._tables:
            self._tables[key] = self.book.table(rule, name, domain)
        return self._tables[key]

    def switch(self, rule: str, name: str, domain: str = "") -> bool:
        """Return a parameter that is on or off."""
        return self.book.switch(rule, name, domain)

    def text(self, rule: str, name: str, domain: str = "") -> str:
        """Return a parameter that is a word."""
        return str(self.book.param(rule, name, domain))

    def months(self, table: str, by_grade: str, rule: str, domain: str, grade: str) -> int:
        """Return a number that the rule gives by grade where it differs, else by domain."""
        return self.table(rule, by_grade, domain).get(grade, self.number(rule, table, domain))

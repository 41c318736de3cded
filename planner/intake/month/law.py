"""The rulebook's parameters, looked up once: screening asks them for thousands of sites."""

from __future__ import annotations

from collections.abc import Mapping

from planner.rulebook.citing import due_clauses
from planner.rulebook.nouns import RulebookVersion

ParamKey = tuple[str, str, str]
"""Rule, parameter and domain."""


class Law:
    """One version's parameters by rule, name and domain; raises RulebookGap where there is none.

    `asked` are the parameters that somebody has looked up, with their values. Whoever takes one from `book` itself
    escapes that list (`planner.intake.month.asked`).
    """

    def __init__(self, rulebook: RulebookVersion) -> None:
        self.book = rulebook
        self.asked: dict[ParamKey, object] = {}
        self._due: dict[tuple[tuple[str, ...], str, str], tuple[str, ...]] = {}
        self._words: dict[tuple[str, str, str], frozenset[str]] = {}
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._tables: dict[tuple[str, str, str], Mapping[str, int]] = {}

    def words(self, rule: str, name: str, domain: str = "") -> frozenset[str]:
        """Return a parameter that is a list of words, as a set."""
        key = (rule, name, domain)
        if key not in self._words:
            self._words[key] = frozenset(self.ordered(rule, name, domain))
        return self._words[key]

    def ordered(self, rule: str, name: str, domain: str = "") -> tuple[str, ...]:
        """Return a parameter that is a list of words, in its order."""
        self._ask(rule, name, domain)
        return self.book.words(rule, name, domain)

    def number(self, rule: str, name: str, domain: str = "") -> int:
        """Return a parameter that is a whole number."""
        key = (rule, name, domain)
        if key not in self._numbers:
            self._ask(rule, name, domain)
            self._numbers[key] = self.book.number(rule, name, domain)
        return self._numbers[key]

    def table(self, rule: str, name: str, domain: str = "") -> Mapping[str, int]:
        """Return a parameter that maps keys to whole numbers."""
        key = (rule, name, domain)
        if key not in self._tables:
            self._ask(rule, name, domain)
            self._tables[key] = self.book.table(rule, name, domain)
        return self._tables[key]

    def switch(self, rule: str, name: str, domain: str = "") -> bool:
        """Return a parameter that is on or off."""
        self._ask(rule, name, domain)
        return self.book.switch(rule, name, domain)

    def text(self, rule: str, name: str, domain: str = "") -> str:
        """Return a parameter that is a word."""
        return str(self._ask(rule, name, domain))

    def months(self, table: str, by_grade: str, rule: str, domain: str, grade: str) -> int:
        """Return a number that the rule gives by grade where it differs, else by domain."""
        return self.table(rule, by_grade, domain).get(grade, self.number(rule, table, domain))

    def due(self, rules: tuple[str, ...], domain: str, grade: str) -> tuple[str, ...]:
        """Return the clauses of `due_clauses`; many tasks are due for the same reason."""
        key = (rules, domain, grade)
        if key not in self._due:
            self._due[key] = due_clauses(self.book, rules, domain, grade)
        return self._due[key]

    def _ask(self, rule: str, name: str, domain: str) -> object:
        key = (rule, name, domain)
        if key not in self.asked:
            self.asked[key] = self.book.param(rule, name, domain)
        return self.asked[key]

"""The rulebook's nouns: clauses and rules of one jurisdiction, in versions that each hold for a span of dates.

Read one with `planner.rulebook.book.load_rulebook`; ask it with `Rulebook.at(day)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from planner.domain.errors import RulebookConflict, RulebookGap

DISTRICT = "D"
"""`Clause.doc` of the district document; the annexes are A01 to A14."""


class Force(StrEnum):
    """How strictly a clause or rule binds."""

    MANDATORY = "mandatory"
    """只 / 不得 / 应当, or cited law: only a named exception lifts it."""
    POLICY = "policy"
    """一般 / 原则上 / 鼓励: may be lifted with a reason, and the lifting is reported."""
    PREFERENCE = "preference"
    """可以 / 探索: weighs in the objective, or is off unless switched on."""


class ClauseStatus(StrEnum):
    """How the planner answers a clause; each clause has exactly one."""

    ENCODED = "encoded"
    """A rule of the plan keeps it: constraint and check, screening or draw."""
    OBJECTIVE = "objective"
    """The objective alone pursues it: a lawful plan may fall short of it, and its reports say by how much."""
    INPUT_CHECK = "input-check"
    """Screens what is filed."""
    PROCEDURAL = "procedural"
    """A step of the offices' own workflow; the plan neither keeps nor breaks it."""
    REPORTED = "reported"
    """Measured in reports, not enforced."""
    NOT_MODELLED = "not-modelled"
    """Left alone, for the reason given."""


class Phase(StrEnum):
    """Where a rule does its work."""

    CONSTRAINT = "constraint"
    OBJECTIVE = "objective"
    INTAKE = "intake"
    DRAW = "draw"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the regulation that bears on planning, paraphrased.

    `rules` are the rules that answer it, the main one first; () where no rule of the planner does. `reason_zh` and
    `reason_en` say why it is not modelled, what screens it where no rule does, or what the rule leaves open.
    """

    id: str
    doc: str
    place: str
    kind: str
    zh: str
    en: str
    strength: Force
    status: ClauseStatus
    rules: tuple[str, ...]
    reason_zh: str
    reason_en: str
    in_force_from: date
    in_force_to: date | None

    def in_force(self, day: date) -> bool:
        """Return whether the clause holds on `day`; both ends count."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


@dataclass(frozen=True, slots=True)
class Param:
    """One number, switch, list or table of a rule.

    `value` is an int, bool, str, tuple of str, or a mapping from grade (or other key) to int or str; `by_domain` holds
    the values of annexes that differ from it. `assumed` marks our own reading; `assumed_for` names single domains or
    keys whose value is our reading though the rest is stated. `switchable` is False for a reading that is built in.
    `setting` is the key of the settings table that overrides the value, "" where none does.
    """

    name: str
    unit: str
    zh: str
    en: str
    value: Any
    by_domain: Mapping[str, Any] = field(default_factory=dict)
    assumed: bool = False
    assumed_for: tuple[str, ...] = ()
    switchable: bool = True
    setting: str = ""

    def of(self, domain: str = "") -> Any:
        """Return the value for `domain` (an annex such as "A03"), or the general one."""
        return self.by_domain.get(domain, self.value)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the planner. `leans_on` are the closest clauses of a rule that is our own addition (`assumed`).

    `binds_all` are clauses of one annex that bind every body, such as fire's exclusivity. `by_grade` tells, by document
    and grade, which of the rule's clauses there speak of that grade alone. `elsewhere` are the district's clauses that
    come closest where an annex is silent: that the rule holds there too is our reading.
    """

    id: str
    phase: Phase
    strength: Force
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    assumed: bool
    waivable: bool
    note_zh: str = ""
    note_en: str = ""
    leans_on: tuple[str, ...] = ()
    binds_all: tuple[str, ...] = ()
    by_grade: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()
    params: tuple[Param, ...] = ()


@dataclass(frozen=True)
class RulebookVersion:
    """The clauses and rules in force on one day.

    `version` is `jurisdiction@first-day#hash`, the hash taken over all content of the version. Raises RulebookGap where
    it is asked for a rule, clause or parameter that it does not have.
    """

    jurisdiction: str
    version: str
    in_force_from: date
    in_force_to: date | None
    clauses: tuple[Clause, ...] = field(repr=False)
    rules: tuple[Rule, ...] = field(repr=False)
    _clause_by_id: dict[str, Clause] = field(init=False, repr=False, compare=False)
    _rule_by_id: dict[str, Rule] = field(init=False, repr=False, compare=False)
    _clauses_of: dict[str, tuple[Clause, ...]] = field(init=False, repr=False, compare=False)
    _ids_for: dict[tuple[str, str | None, str], tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {clause.id: clause for clause in self.clauses}
        of: dict[str, list[Clause]] = {rule.id: [] for rule in self.rules}
        for clause in self.clauses:
            for rule_id in clause.rules:
                of[rule_id].append(clause)
        for rule in self.rules:
            more = (*rule.leans_on, *rule.elsewhere)
            of[rule.id] += [by_id[c] for c in more if c in by_id and by_id[c] not in of[rule.id]]
        object.__setattr__(self, "_clause_by_id", by_id)
        object.__setattr__(self, "_rule_by_id", {rule.id: rule for rule in self.rules})
        object.__setattr__(self, "_clauses_of", {rule: tuple(found) for rule, found in of.items()})
        object.__setattr__(self, "_ids_for", {})

    def clause(self, clause_id: str) -> Clause:
        """Return the clause with this id."""
        try:
            return self._clause_by_id[clause_id]
        except KeyError:
            raise RulebookGap(f"no clause {clause_id!r} in {self.version}") from None

    def has_clause(self, clause_id: str) -> bool:
        """Return whether there is a clause with this id."""
        return clause_id in self._clause_by_id

    def rule(self, rule_id: str) -> Rule:
        """Return the rule with this id."""
        try:
            return self._rule_by_id[rule_id]
        except KeyError:
            raise RulebookGap(f"no rule {rule_id!r} in {self.version}") from None

    def clauses_for(self, rule_id: str, domain: str | None = None, grade: str = "") -> tuple[str, ...]:
        """Return ids of the rule's clauses that bind somebody of `domain`: of the annex, then those that bind all.

        The district's document binds all, and so does what an annex says of everybody (`Rule.binds_all`). Another
        annex binds nobody else: where neither speaks, `Rule.elsewhere` is returned. `domain` "" is a body under no
        annex. `grade` leaves out what the annex says of other grades.
        Without `domain`, all clauses, in the order of the documents: for lists of the rulebook, never for a citation.
        """
        key = (rule_id, domain, grade)
        if key not in self._ids_for:
            rule, found = self.rule(rule_id), self._clauses_of[rule_id]
            if domain is None:
                self._ids_for[key] = tuple(c.id for c in found)
            else:
                graded = rule.by_grade.get(domain, {})
                others = {clause for name, ids in graded.items() if grade and name != grade for clause in ids}
                own = [c.id for c in found if c.doc == domain and c.id not in others - set(graded.get(grade, ()))]
                closest = set(rule.elsewhere)
                all_ = [c.id for c in found if (c.doc == DISTRICT and c.id not in closest) or c.id in rule.binds_all]
                self._ids_for[key] = tuple(dict.fromkeys((*own, *all_))) or rule.elsewhere
        return self._ids_for[key]

    def main_clause(self, rule_id: str, domain: str, grade: str = "") -> str:
        """Return the one clause of `clauses_for` that says most plainly what the rule does, "" where there is none.

        That is what it says of the grade, else the first that the rule itself keeps, else the first that no other rule
        answers, else the first that names the rule first, else the first.
        """
        graded = self.rule(rule_id).by_grade.get(domain, {}).get(grade)
        found = [self.clause(c) for c in graded or self.clauses_for(rule_id, domain, grade)]
        main = [c for c in found if c.rules[:1] == (rule_id,)]
        kept = [c for c in main if c.status is ClauseStatus.ENCODED]
        sole = [c for c in main if len(c.rules) == 1]
        return next((c.id for c in (*kept, *sole, *main, *found)), "")

    def param(self, rule_id: str, name: str, domain: str = "") -> Any:
        """Return a parameter's value for `domain`, else its general value; types as in `Param`."""
        for param in self.rule(rule_id).params:
            if param.name == name:
                return param.of(domain)
        raise RulebookGap(f"rule {rule_id!r} has no parameter {name!r} in {self.version}")

    def number(self, rule_id: str, name: str, domain: str = "") -> int:
        """Return a parameter that is a whole number. Raises RulebookGap where it is anything else."""
        value = self.param(rule_id, name, domain)
        if isinstance(value, bool) or not isinstance(value, int):
            raise RulebookGap(f"{rule_id}.{name} is not a whole number: {value!r}")
        return value

    def switch(self, rule_id: str, name: str, domain: str = "") -> bool:
        """Return a parameter that is on or off. Raises RulebookGap where it is anything else."""
        value = self.param(rule_id, name, domain)
        if not isinstance(value, bool):
            raise RulebookGap(f"{rule_id}.{name} is not a switch: {value!r}")
        return value

    def words(self, rule_id: str, name: str, domain: str = "") -> tuple[str, ...]:
        """Return a parameter that is a list of words. Raises RulebookGap where it is anything else."""
        value = self.param(rule_id, name, domain)
        if not isinstance(value, tuple):
            raise RulebookGap(f"{rule_id}.{name} is not a list: {value!r}")
        return value

    def table(self, rule_id: str, name: str, domain: str = "") -> Mapping[str, int]:
        """Return a parameter that maps keys (grades) to whole numbers. Raises RulebookGap where it is anything else."""
        value = self.param(rule_id, name, domain)
        if not isinstance(value, Mapping):
            raise RulebookGap(f"{rule_id}.{name} is not a table: {value!r}")
        return value

    def on(self, day: date) -> RulebookVersion:
        """Return this version with only the clauses in force on `day`; `version` stays, its hash covers them all."""
        kept = tuple(clause for clause in self.clauses if clause.in_force(day))
        return self if len(kept) == len(self.clauses) else replace(self, clauses=kept)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All versions of one jurisdiction's rulebook."""

    jurisdiction: str
    versions: tuple[RulebookVersion, ...]

    def at(self, day: date) -> RulebookVersion:
        """Return the version in force on `day`.

        Raises RulebookGap where none is in force, RulebookConflict where more than one is.
        """
        found = [v for v in self.versions if v.in_force_from <= day and (v.in_force_to is None or day <= v.in_force_to)]
        if not found:
            raise RulebookGap(f"no rulebook of {self.jurisdiction} is in force on {day}")
        if len(found) > 1:
            names = ", ".join(v.version for v in found)
            raise RulebookConflict(f"several rulebooks of {self.jurisdiction} are in force on {day}: {names}")
        return found[0].on(day)

    def nearest(self, day: date) -> RulebookVersion:
        """Return the version in force on `day`, the first one for a day before it: what is planned so is for study.

        Raises as `at`.
        """
        first = min(self.versions, key=lambda version: version.in_force_from)
        return first.on(first.in_force_from) if day < first.in_force_from else self.at(day)

"""Which clauses a decision cites: those that bind the bodies it is about, and no other annex's.

A clause is opened by its place in the document and our paraphrase, so that nobody has to look an id up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.rulebook.nouns import DISTRICT, RulebookVersion
from planner.rulebook.offices import cited, cited_by_domain, joined_with

PLANNED = "plan.complete"
"""The rule that a planned check is due because it is filed: where no other says more in the body's own annex."""


def due_clauses(law: RulebookVersion, rules: Iterable[str], domain: str, grade: str = "") -> tuple[str, ...]:
    """Return why a task of `domain` is due: of each rule that made it the clause that says so most plainly.

    Where these are all the district's, what the annex says of planned checks comes first.
    """
    found = [law.main_clause(rule, domain, grade) for rule in rules]
    if domain and not any(clause and law.clause(clause).doc == domain for clause in found):
        found.insert(0, law.main_clause(PLANNED, domain))
    return tuple(dict.fromkeys(clause for clause in found if clause))


def together_clauses(domains: Iterable[str], joint: bool) -> tuple[str, ...]:
    """Return why tasks of `domains` are one visit: the district's clause, then what annexes of those present say.

    `joint` tells several bodies from several tasks of one. A clause that names the other bodies counts only where one
    of them is there.
    """
    step, present = ("joining" if joint else "merging"), sorted(set(domains))
    own, named = cited_by_domain(step), joined_with()
    found = [clause for domain in present for clause in own.get(domain, ())]
    return (*cited(step), *(c for c in found if c not in named or set(named[c]) & set(present)))


def declining_clauses(domains: Iterable[str]) -> tuple[str, ...]:
    """Return what a body of `domains` is told that does not join: its own annex's word, then the district's."""
    own = cited_by_domain("declining")
    return (*(clause for domain in sorted(set(domains)) for clause in own.get(domain, ())), *cited("declining"))


def place_of(law: RulebookVersion, clause_id: str, lang: str = "zh") -> str:
    """Return where the clause stands: 附件1四(一)1. Raises RulebookGap on an unknown id."""
    clause = law.clause(clause_id)
    if clause.doc == DISTRICT:
        return ("正文" if lang == "zh" else "main text ") + clause.place
    number = int(clause.doc.removeprefix("A"))
    return (f"附件{number}" if lang == "zh" else f"annex {number} ") + clause.place


def opened(law: RulebookVersion, clause_id: str, lang: str = "zh") -> str:
    """Return the clause's place, what it says in our words, and its id; the id alone where the version has none."""
    if not law.has_clause(clause_id):
        return clause_id
    clause, place = law.clause(clause_id), place_of(law, clause_id, lang)
    return f"{place}“{clause.zh}”（{clause.id}）" if lang == "zh" else f'{place} "{clause.en}" ({clause.id})'


IN_SENTENCE = 2
"""So many clauses are opened within one sentence; the answer that it belongs to lists them all."""


def opened_first(law: RulebookVersion, clauses: Sequence[str], lang: str = "zh") -> str:
    """Return the first clauses opened, in a row, as a sentence takes them."""
    return opened_all(law, clauses[:IN_SENTENCE], lang)


def opened_all(law: RulebookVersion, clauses: Iterable[str], lang: str = "zh") -> str:
    """Return the clauses opened, in a row."""
    return ("；" if lang == "zh" else "; ").join(opened(law, clause, lang) for clause in clauses)

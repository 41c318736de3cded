"""Ledger and gate against the checker: `python -m tests.operations.agreement --questions 10000 --json FILE`.

Books are random small months in which caps, gaps, quiet lists, black days, exemptions, unannounced checks, levers and
crews may all bind. A question is an agency, a site and a day. The checker judges the whole month with and without the
entry; the gate's verdict, the ledger's next lawful day and what it says is left have to follow from that.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

from planner.checks import Violation, check_plan
from planner.domain.case import NO_CAP
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.law.register import RULES
from planner.operations.book import Book
from planner.operations.gate import NO, YES, Gate, GateAnswer
from planner.operations.ledger import Ledger, ledger_of
from planner.rulebook.book import load_rulebook
from tests.asked import command, row_of
from tests.operations.books import book_of

LAW = load_rulebook().at(date(2026, 6, 1))
PER_BOOK = 40


class Checker:
    """What the checker says of a book without the tasks that are `hidden` from whoever asks, each set of tasks on a day
    asked once. Hidden ones give way: what they alone stand against is promised all the same.
    """

    def __init__(self, book: Book, hidden: frozenset[int] = frozenset()) -> None:
        self.book = book
        self._day = book.day.copy()
        self._day[list(hidden)] = LEFT_OUT
        self._before = {(v.rule, v.subjects): v.numbers for v in check_plan(book.case, Plan(self._day))}
        self._known: dict[tuple[frozenset[int], int], bool] = {}

    def lawful(self, tasks: list[int], d: int) -> bool:
        """Return whether `tasks` on the day with index `d` break nothing that is not broken already."""
        key = frozenset(tasks), d
        if key not in self._known:
            day = self._day.copy()
            day[tasks] = d
            self._known[key] = not any(self._worse(v) for v in check_plan(self.book.case, Plan(day)))
        return self._known[key]

    def _worse(self, v: Violation) -> bool:
        known = self._before.get((v.rule, v.subjects))
        return known is None or (RULES[v.rule].overload and v.numbers > known)

    def dates(self, hidden: frozenset[int]) -> dict[tuple[str, str], int]:
        """Return on how many dates a domain (site, domain) comes, `hidden` tasks apart."""
        day = self.book.day.copy()
        day[day == LATER] = LEFT_OUT
        day[list(hidden)] = LEFT_OUT
        groups = tuple(replace(group, quota=-1) for group in self.book.case.groups)
        found = check_plan(replace(self.book.case, groups=groups), Plan(day))
        return {(v.subjects[0], v.domain): v.numbers[0] for v in found if v.rule == "cap.domain"}


def passes(checker: Checker, free: list[int], d: int, hidden: frozenset[int]) -> bool:
    """Return whether the open tasks `free`, or one of them, may be done on a day, alone or with those whom the law asks
    for: the partners of a joint theme, and fire's visit for whoever follows it.
    """
    book, case = checker.book, checker.book.case
    for tasks in (free, *([t] for t in free)):
        if checker.lawful(tasks, d):
            return True
        themes = {case.tasks[t].joint_group for t in tasks} - {""}
        follows = any(case.tasks[t].follows_fire for t in tasks)
        site = int(case.site_of[tasks[0]])
        company = [
            t
            for t in case.tasks_at(site)
            if t not in tasks and (case.tasks[t].joint_group in themes or (follows and case.tasks[t].fire))
        ]
        movable = all(not book.published[t] or book.day[t] == d for t in company)
        if company and movable and not hidden & set(company) and checker.lawful([*tasks, *company], d):
            return True
    return False


def gate_faults(
    checker: Checker, answer: GateAnswer, free: list[int], here: list[int], d: int, hidden: frozenset[int]
) -> list[str]:
    """Return where the gate's answer does not follow from what the checker says."""
    names = {task.id: t for t, task in enumerate(checker.book.case.tasks)}
    asked, escort = ([names[n] for n in ts] for ts in (answer.tasks, answer.with_tasks))
    if here:
        return [] if answer.verdict == YES and sorted(asked) == sorted(here) else ["published, and not let in"]
    if not free:
        return [] if answer.verdict == NO else ["nothing open, and let in"]
    if answer.verdict == NO:
        return ["no, and lawful"] if passes(checker, free, d, hidden) else []
    if (answer.verdict == YES) != checker.lawful(free, d):
        return [f"{answer.verdict}, and all together are lawful: {checker.lawful(free, d)}"]
    return [] if checker.lawful([*asked, *escort], d) else [f"{answer.verdict}, and unlawful"]


def ledger_faults(checker: Checker, ledger: Ledger, free: list[int], site: int, hidden: frozenset[int]) -> list[str]:
    """Return where the ledger does not say what the checker counts."""
    case, faults = checker.book.case, []
    days = (
        case.days[d] for d in range(checker.book.first_day, case.n_days) if free and passes(checker, free, d, hidden)
    )
    first = next(days, None)
    if ledger.next_lawful != first:
        faults.append(f"next lawful day {ledger.next_lawful}, the checker says {first}")
    dates, quota = checker.dates(hidden), {(g.site, g.domain): g.quota for g in case.groups}
    for told in ledger.quotas:
        key = ledger.site, told.domain
        left = None if quota[key] >= NO_CAP else max(0, quota[key] - dates.get(key, 0))
        if told.remaining != left:
            faults.append(f"{told.domain}: {told.remaining} left, the checker says {left}")
    seen = [t for t in case.tasks_at(site) if t not in hidden and checker.book.day[t] >= 0]
    entries, cap = len({int(checker.book.day[t]) for t in seen}), case.levers.entry_cap
    if ledger.entries_remaining != (max(0, cap - entries) if cap else None):
        faults.append(f"{ledger.entries_remaining} entries left of {cap} after {entries}")
    return faults


def judged(seed: int, questions: int = PER_BOOK) -> dict[str, Any]:
    """Return what the questions on book `seed` came to: counts by verdict and rule, and every disagreement."""
    rng = random.Random(f"questions on {seed}")
    n_sites = rng.choice([2, 3])
    book = book_of(seed, rng.choice([6, 8, 10]), n_sites, rng.choice([0.2, 0.5, 0.8]))
    book.first_day = rng.choice([0, 0, 0, 1])
    case, gate, checkers = book.case, Gate(book, LAW), dict[frozenset[int], Checker]()
    told, faults = Counter[str](), list[str]()
    units = sorted({name for unit in case.units for name in (unit.id, unit.parent)})
    for _ in range(questions):
        agency, site, d = rng.choice(units), rng.randrange(len(case.sites)), rng.randrange(case.n_days)
        place = case.sites[site].id
        due = book.tasks_of(agency, site)
        free = [t for t in due if not book.published[t]]
        here = [t for t in due if book.published[t] and book.day[t] == d]
        answer = gate.ask(agency, place, case.days[d])
        told.update([answer.verdict, *(f"rule {b.rule}" for b in answer.barriers)])
        hidden = book.hidden_from(book.parent_of(agency), site)
        checker = checkers.setdefault(hidden, Checker(book, hidden))
        if here or d >= book.first_day:
            found = gate_faults(checker, answer, free, here, d, hidden)
        else:
            found = [] if answer.verdict == NO else ["frozen, and let in"]
        ledger = ledger_of(book, LAW, place, agency)
        found += ledger_faults(checker, ledger, free, site, hidden)
        told.update([f"ledger {ledger.next_verdict or 'none'}"])
        if free and not here and answer.verdict != NO and (ledger.next_lawful or date.max) > case.days[d]:
            found.append(f"the gate says {answer.verdict}, the ledger {ledger.next_lawful}")
        if ledger.next_lawful is not None:
            then = gate.ask(agency, place, ledger.next_lawful)
            same = then.verdict == ledger.next_verdict and then.with_tasks == ledger.next_with
            published = any(book.published[t] and case.days[int(book.day[t])] == ledger.next_lawful for t in due)
            if not same and not published:
                found.append(f"on {ledger.next_lawful} the gate says {then.verdict}, the ledger {ledger.next_verdict}")
        faults += [f"book {seed}, {agency} at {place} on {case.days[d]}: {fault}" for fault in found]
    features = {
        "quiet": bool(case.listed.any()),
        "capped": any(g.quota < NO_CAP for g in case.groups),
        "gaps": any(g.gap_months for g in case.groups),
        "exempt": any(not task.capped for task in case.tasks),
        "unannounced": any(task.unannounced for task in case.tasks),
    }
    told.update(f"book {name}" for name, has in features.items() if has)
    return {"questions": questions, "told": told, "faults": faults}


def run(questions: int, first: int = 0) -> dict[str, Any]:
    """Return the row of `questions` questions, on as many books as they take."""
    return row_of(judged, "ledger-and-gate", "books", PER_BOOK, questions, first)


if __name__ == "__main__":
    raise SystemExit(command(__doc__, run, 10_000))

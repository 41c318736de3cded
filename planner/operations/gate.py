"""The gate: may this agency enter this site on this day? It is asked before a code is issued, and the checks decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from planner.checks import Violation, check_plan
from planner.domain.case import NONE, Case, IntArray
from planner.domain.plan import Plan
from planner.explain.reason_texts import Block, reason_texts
from planner.law.register import RULES
from planner.law.rules.capacity import CREWS
from planner.law.rules.dates import BLACKOUT, PINNED
from planner.law.words import together
from planner.operations.book import Book
from planner.operations.room import Room, room_on, rooms
from planner.rulebook.citing import opened_first, together_clauses
from planner.rulebook.nouns import RulebookVersion

NO_PLAN = "plan.complete"
Verdict = Literal["yes", "no", "if", "unknown"]
YES: Final = "yes"
NO: Final = "no"
IF: Final = "if"
UNKNOWN: Final = "unknown"
NO_PLAN_REMEDY = "先备案计划；触发式检查不受此限，按触发来源申请"


@dataclass(frozen=True, slots=True)
class Barrier:
    """What stands against an entry. `waivable`: a signed waiver of the rule would lift it."""

    rule: str
    clauses: tuple[str, ...]
    text_zh: str
    remedy_zh: str
    waivable: bool = False


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """`verdict` is "yes", "no", "if": lawful if `with_tasks` of others come along the same day, or only `tasks` do; or
    "unknown": lawful, and whether the units can carry it that day could not be decided: booking decides.

    `tasks` are the asker's tasks that may be done then; `barriers` what stands against the others, or against all.
    """

    verdict: Verdict
    tasks: tuple[str, ...]
    with_tasks: tuple[str, ...]
    barriers: tuple[Barrier, ...]
    text_zh: str
    clauses: tuple[str, ...] = ()
    """Why the asker's tasks that may be done are due, and why others come along."""


def new_violations(book: Book, tasks: Sequence[int], day: int, without: Iterable[int] = ()) -> tuple[Violation, ...]:
    """Return what the plan would violate, that it does not now, were `tasks` of one site done on `day`.

    These are the checker's own words on the site in the crews that all others leave. `without` as in `Book.alone`.
    """
    site = int(book.case.site_of[tasks[0]])
    case, now = book.alone(site, without)
    return _new(case, now, [t - int(book.case.start[site]) for t in tasks], day)


def _new(case: Case, now: IntArray, tasks: Sequence[int], day: int) -> tuple[Violation, ...]:
    then = now.copy()
    then[list(tasks)] = day
    found = check_plan(case, Plan(then))
    if not found:
        return ()
    before = {(v.rule, v.subjects): v.numbers for v in check_plan(case, Plan(now))}

    def worse(v: Violation) -> bool:
        known = before.get((v.rule, v.subjects))
        # Crews that are overfull already, of a triggered check, must not get fuller.
        return known is None or (RULES[v.rule].overload and v.numbers > known)

    return tuple(v for v in found if worse(v))


def may_be_done(book: Book, tasks: Sequence[int], day: int, hidden: Iterable[int] = ()) -> Room:
    """Return whether `tasks` of one site may be done on `day`: by every rule, and in the units' day.

    What is `hidden` from whoever asks is taken for absent: it gives way, so that the answer is a promise.
    """
    if new_violations(book, tasks, day, hidden):
        return Room.NO
    return room_on(book, int(book.case.site_of[tasks[0]]), dict.fromkeys(tasks, day))


def needed_with(case: Case, tasks: Iterable[int]) -> frozenset[int]:
    """Return the other tasks of the site that `tasks` cannot come without: required partners, and fire's visit."""
    own, company = frozenset(tasks), set[int]()
    for t in own:
        company |= together(case, t)
        if case.tasks[t].follows_fire:
            company |= {u for u in case.tasks_at(int(case.site_of[t])) if case.tasks[u].fire}
    return frozenset(company - own)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict without words: the asker's `tasks` that may be done, and the tasks of others that must come along."""

    verdict: Verdict
    tasks: tuple[int, ...]
    escort: tuple[int, ...]


class Gate:
    """Answers for one book under one version of the law."""

    def __init__(self, book: Book, law: RulebookVersion) -> None:
        self._book, self._law = book, law

    def ask(self, agency: str, site_id: str, day: date, items: Iterable[str] = ()) -> GateAnswer:
        """Return whether `agency` (a unit, or a parent with all its sections) may enter the site on `day`.

        `items` narrow the question to the tasks with one of them. Raises InputError for what does not exist.
        """
        book = self._book
        site, d, parent = book.site(site_id), book.day_index(day), book.parent_of(agency)
        wanted = frozenset(items)
        due = [t for t in book.tasks_of(agency, site) if not wanted or wanted & set(book.case.tasks[t].items)]
        place = f"{book.case.sites[site].name} {day}"
        if d == NONE:
            return self._no(place, self._barrier(BLACKOUT.id, "", f"{day} 不是全区可检查的工作日"))
        here = [t for t in due if book.published[t] and book.day[t] == d]
        free = [t for t in due if not book.published[t]]
        if here:
            names = tuple(book.case.tasks[t].id for t in here)
            clauses = self._due(here)
            text = f"可以：{place} 的检查已公布（{len(here)} 项任务）{self._by(clauses)}"
            return GateAnswer(YES, names, (), (), text, clauses)
        if not free:
            elsewhere = sorted({book.case.days[int(book.day[t])] for t in due})
            if elsewhere:
                dates = "、".join(str(held) for held in elsewhere)
                return self._no(place, self._barrier(PINNED.id, "", f"任务已公布在 {dates}，不在 {day}"))
            return self._no(place, self._barrier(NO_PLAN, "", "该主体在此没有到期的备案任务"))
        if d < book.first_day:
            return self._no(place, self._barrier(PINNED.id, "", f"{day} 在不再变动的日期之内"))
        return self._placed(place, site, parent, free, d)

    def _placed(self, place: str, site: int, parent: int, free: list[int], d: int) -> GateAnswer:
        case = self._book.case
        found = self.verdict(site, free, d, parent)
        names, company = (tuple(case.tasks[t].id for t in ts) for ts in (found.tasks, found.escort))
        if found.verdict == YES:
            return self._yes(place, free)
        if found.verdict == UNKNOWN:
            clauses = self._due(found.tasks)
            unsure = "当日人手能否排开未能判定，以预定时核验为准"
            text = f"待定：{place}，{len(names)} 项任务依规可办{self._by(clauses)}，{unsure}"
            return GateAnswer(UNKNOWN, names, company, (), text, clauses)
        left = [t for t in free if t not in found.tasks] or free
        against = (b for t in left for b in self.barred([t], d, parent) or self.barred(free, d, parent))
        barriers = tuple(dict.fromkeys(against))
        if found.verdict == NO:
            return self._no(place, *barriers)
        clauses = self._due(found.tasks)
        if company:
            present = [case.tasks[t].domain for t in (*found.tasks, *found.escort)]
            clauses = tuple(dict.fromkeys((*together_clauses(present, joint=True), *clauses)))
            who = "、".join(sorted({case.units[int(case.unit_of[t])].name for t in found.escort}))
            text = f"有条件可以：{place} 与{who}同日前往{self._by(clauses)}；否则：{self._told(barriers)}"
        else:
            text = f"有条件可以：{place} 只办其中 {len(names)} 项任务{self._by(clauses)}；其余：{self._told(barriers)}"
        return GateAnswer(IF, names, company, barriers, text, clauses)

    def verdict(self, site: int, free: Sequence[int], d: int, parent: int) -> Judged:
        """Return what may be done of the open tasks `free` of one site on the day with index `d`, and who has to come
        along, as parent agency `parent` may be told: gate and ledger both say this.
        """
        known: dict[tuple[int, ...], Room] = {}
        hidden = self._book.hidden_from(parent, site)

        def may(tasks: Sequence[int]) -> Room:
            key = tuple(tasks)
            if key not in known:
                known[key] = may_be_done(self._book, key, d, hidden)
            return known[key]

        if may(free) is not Room.NO:
            return Judged(YES if may(free) is Room.YES else UNKNOWN, tuple(free), ())
        some = [t for t in free if may([t]) is not Room.NO] if len(free) > 1 else []
        if len(some) > 1 and may(some) is Room.NO:
            some = some[:1]
        if some:
            return Judged(IF if may(some) is Room.YES else UNKNOWN, tuple(some), ())
        for own in (list(free), *([t] for t in free if len(free) > 1)):
            escort = self._escort(site, own, d, parent)
            room = may([*own, *escort]) if escort else Room.NO
            if room is not Room.NO:
                return Judged(IF if room is Room.YES else UNKNOWN, tuple(own), tuple(escort))
        return Judged(NO, (), ())

    def barred(self, tasks: Sequence[int], day: int, parent: int) -> tuple[Barrier, ...]:
        """Return what stands against doing `tasks` of one site on `day`, as far as parent agency `parent` may know."""
        book = self._book
        site = int(book.case.site_of[tasks[0]])
        hidden = book.hidden_from(parent, site)
        found = new_violations(book, tasks, day, hidden)
        if not found:
            return self._no_room(site, tasks, day)
        case, now = book.alone(site, hidden)
        worst = {v.rule: v for v in reversed(found)}
        barriers = []
        for rule in sorted(worst, key=lambda r: RULES[r].order):
            domain = worst[rule].domain or book.case.tasks[tasks[0]].domain
            text, _ = reason_texts(
                case, tasks[0] - int(book.case.start[site]), now, rule, [Block(day, worst[rule])], []
            )
            barriers.append(self._barrier(rule, domain, text))
        return tuple(barriers)

    def _no_room(self, site: int, tasks: Sequence[int], day: int) -> tuple[Barrier, ...]:
        """Return what stands against a day whose hours suffice, and which some unit can't walk or man all the same."""
        found = rooms(self._book, site, dict.fromkeys(tasks, day))
        case = self._book.case
        short = [case.units[unit] for unit, _ in sorted(key for key, room in found.items() if room is Room.NO)]
        return tuple(
            self._barrier(CREWS.id, u.domain, f"{u.name}当日工时虽够，各次到场的时间、路程或专业排不开") for u in short
        )

    def _escort(self, site: int, free: Sequence[int], d: int, parent: int) -> list[int]:
        """Return the open tasks of others that `free` needs at its side: required partners, and fire's visit."""
        book = self._book
        company = needed_with(book.case, free)
        open_to_move = all(not book.published[u] or book.day[u] == d for u in company)
        secret = bool(book.hidden_from(parent, site) & company)
        return sorted(company) if open_to_move and not secret else []

    def _barrier(self, rule: str, domain: str, text: str) -> Barrier:
        waivable = self._law.rule(rule).waivable
        remedy = NO_PLAN_REMEDY if rule == NO_PLAN else RULES[rule].remedy.zh
        remedy += "；或报批豁免" if waivable and "豁免" not in remedy else ""
        return Barrier(rule, self._law.clauses_for(rule, domain), text, remedy, waivable)

    def _yes(self, place: str, tasks: Sequence[int]) -> GateAnswer:
        names, clauses = tuple(self._book.case.tasks[t].id for t in tasks), self._due(tasks)
        return GateAnswer(YES, names, (), (), f"可以：{place}，{len(names)} 项任务依规可办{self._by(clauses)}", clauses)

    def _due(self, tasks: Iterable[int]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(c for t in tasks for c in self._book.case.tasks[t].clauses))

    def _no(self, place: str, *barriers: Barrier) -> GateAnswer:
        return GateAnswer(NO, (), (), barriers, f"不可以：{place}：{self._told(barriers)}")

    def _by(self, clauses: Sequence[str]) -> str:
        return f"（依据：{opened_first(self._law, clauses)}）" if clauses else ""

    def _told(self, barriers: Iterable[Barrier]) -> str:
        return "；".join(f"{b.text_zh.rstrip('。；')}{self._by(b.clauses)}，办法：{b.remedy_zh}" for b in barriers)

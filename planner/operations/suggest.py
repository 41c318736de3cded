"""Suggestions: which open tasks could come along with a visit for which an agency is about to ask for a code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from planner.domain.errors import InputError
from planner.operations.book import Book
from planner.operations.gate import needed_with
from planner.operations.ledger import Otherwise, another_day
from planner.operations.site.kernel import SiteAnswer
from planner.operations.site.model import NotSettledError, Question, question_of
from planner.rulebook.citing import opened_first, together_clauses
from planner.rulebook.nouns import RulebookVersion
from planner.rulebook.offices import cited


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One task (with its required partners) that could ride along.

    `with_tasks` are open tasks of others that have to come then too: partners of the asker's, and fire's visit where
    one of those who come follows it.

    `entries_saved` is the price of declining: the fewest entries of this site's open tasks if it stays apart, less the
    fewest if it rides, everything else fixed; `left_out_saved` is what would have to be left out as well, in weighted
    priorities, `disturbance_saved` in quarter-hours. `changes` are drafts that would move. `days` are lawful, with
    hours enough for all crews that take part; whether they can be walked and manned is asked when one is booked.
    """

    tasks: tuple[str, ...]
    unit: str
    parent: str
    own: bool
    left_out_saved: int
    entries_saved: int
    disturbance_saved: int
    changes: int
    days: tuple[date, ...]
    with_tasks: tuple[str, ...]
    clauses: tuple[str, ...]
    text_zh: str

    @property
    def rank(self) -> tuple[object, ...]:
        """Smaller is better: what is kept from being left out, entries, disturbance, changes; then by id."""
        return -self.left_out_saved, -self.entries_saved, -self.disturbance_saved, self.changes, self.tasks


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What could ride with an agency's tasks at a site. `day` is the best day for them, None where there is none, and
    `company` the tasks of the best visit of all; `days` those on which the asker's own tasks can be done at once. Where
    there is none of these, `otherwise` is the way out; it is asked for one site only, and not for a list of them.
    `not_settled_zh` says why nothing is told of a site that has too many tasks for the work allowed, and what to do.
    """

    site: str
    tasks: tuple[str, ...]
    day: date | None
    company: tuple[str, ...]
    days: tuple[date, ...]
    suggestions: tuple[Suggestion, ...]
    otherwise: Otherwise | None = None
    not_settled_zh: str = ""


def suggest(
    book: Book,
    law: RulebookVersion,
    site_id: str,
    agency: str,
    window: tuple[date, date] | None = None,
    items: Iterable[str] = (),
) -> Suggestions:
    """Return what could ride along with the tasks of `agency` at a site, best first.

    `window` (both ends) narrows their days, `items` narrows them to tasks with one of these. Nothing is offered of what
    may not be joined there, of other agencies' unannounced checks, or of agencies with nothing due. Raises InputError
    where the agency has no open or published task there, NotSettledError where there are too many tasks.
    """
    site, parent = book.site(site_id), book.parent_of(agency)
    wanted = frozenset(items)
    case = book.case
    mine = [t for t in book.tasks_of(agency, site) if not wanted or wanted & set(case.tasks[t].items)]
    if not mine:
        raise InputError(
            f"“{agency}”在对象“{case.sites[site].name}”没有到期任务："
            f"有计划检查请先备案（{'、'.join(cited('file-first'))}） / "
            f"{agency!r} has nothing due at {site_id!r}"
        )
    answer = _suggest(book, law, site, parent, mine, _indexes(book, window))
    open_mine = [t for t in mine if not book.published[t]]
    if answer.days or not open_mine:
        return answer
    return replace(answer, otherwise=another_day(book, law, site, open_mine, parent))


def suggest_all(
    book: Book, law: RulebookVersion, agency: str, window: tuple[date, date] | None = None, at_most: int = 100
) -> tuple[Suggestions, ...]:
    """Return the suggestions for all sites at which `agency` has open tasks, those that save most entries first.

    Sites without any are not among them; those that were not settled come last, and say so.
    """
    parent, days = book.parent_of(agency), _indexes(book, window)
    units = book.units_of(agency)
    free = [t for t in range(book.case.n_tasks) if not book.published[t] and int(book.case.unit_of[t]) in units]
    by_site: dict[int, list[int]] = {}
    for t in free:
        by_site.setdefault(int(book.case.site_of[t]), []).append(t)
    found = [_settled(book, law, s, parent, tasks, days) for s, tasks in sorted(by_site.items())]
    offered = sorted((one for one in found if one.suggestions), key=lambda a: (a.suggestions[0].rank[:4], a.site))
    return (*offered[:at_most], *(one for one in found if one.not_settled_zh))


def _settled(
    book: Book, law: RulebookVersion, site: int, parent: int, mine: Sequence[int], days: tuple[int, int]
) -> Suggestions:
    """Return what `_suggest` does, or that it was not settled."""
    case = book.case
    try:
        return _suggest(book, law, site, parent, mine, days)
    except NotSettledError as error:
        names = tuple(case.tasks[t].id for t in mine)
        return Suggestions(case.sites[site].id, names, None, (), (), (), not_settled_zh=str(error).split(" / ")[0])


def _indexes(book: Book, window: tuple[date, date] | None) -> tuple[int, int]:
    """Return the first and last day index of a window, clipped to what can still be changed."""
    first, last = window or book.case.period
    if first > last:
        raise InputError(f"日期范围 {first} 至 {last} 颠倒：请先写起始日 / the window ends before it begins")
    low, high = book.case.ordinals.searchsorted([first.toordinal(), last.toordinal() + 1]).tolist()
    if low >= high:
        raise InputError(f"{first} 至 {last} 内没有可检查的工作日：请另选日期 / no open day in the window")
    return max(low, book.first_day), high - 1


def _suggest(
    book: Book, law: RulebookVersion, site: int, parent: int, mine: Sequence[int], days: tuple[int, int]
) -> Suggestions:
    case = book.case
    hidden = book.hidden_from(parent, site)
    question = question_of(book, site, hidden)
    open_mine = [t for t in mine if not book.published[t]]
    question.require(open_mine, days)
    best = question.best()
    needed = _needed(book, open_mine, hidden)
    own_days = sorted({int(book.day[t]) for t in mine})
    if open_mine:
        own_days = [] if needed is None else question.lawful_days([*open_mine, *needed], days)
    names = tuple(case.tasks[t].id for t in mine)
    if best is None:
        return Suggestions(case.sites[site].id, names, None, (), _dates(book, own_days), ())
    asker = question.mask_of(mine)
    found = []
    for group in _candidates(book, site, mine):
        made = _one(book, law, question, best, parent, mine, asker, group, days, hidden)
        if made is not None:
            found.append(made)
    first = question.first
    visit = int(best.day[mine[0] - first])
    company = [t for t in case.tasks_at(site) if best.day[t - first] == visit and t not in mine and t not in hidden]
    return Suggestions(
        case.sites[site].id,
        names,
        case.days[visit],
        tuple(case.tasks[t].id for t in company),
        _dates(book, own_days),
        tuple(sorted(found, key=lambda s: s.rank)),
    )


def _candidates(book: Book, site: int, mine: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the open tasks that may be offered, required partners together.

    Unannounced ones are offered to nobody, not even to their own agency: they share no visit with others.
    """
    case = book.case
    groups: dict[tuple[str, int], list[int]] = {}
    for t in case.tasks_at(site):
        if t in mine or book.published[t] or case.tasks[t].unannounced:
            continue
        theme = int(case.joint_of[t])
        groups.setdefault(("theme", theme) if theme >= 0 else ("task", t), []).append(t)
    return [tuple(tasks) for tasks in groups.values()]


def _one(
    book: Book,
    law: RulebookVersion,
    question: Question,
    best: SiteAnswer,
    parent: int,
    mine: Sequence[int],
    asker: int,
    group: tuple[int, ...],
    days: tuple[int, int],
    hidden: frozenset[int],
) -> Suggestion | None:
    """Return the suggestion of one candidate; None where it cannot ride, or riding costs more than it saves."""
    case, riders = book.case, question.mask_of(group)
    # The best of all either rides or stays apart (or does neither, where the group would be torn): one is known.
    visits = {int(best.day[t - question.first]) for t in mine}
    days_of_riders = [int(best.day[t - question.first]) for t in group]
    riding = best if all(d in visits for d in days_of_riders) else None
    apart = best if not any(d in visits for d in days_of_riders) else None
    if riding is None:
        riding = question.best(together=(asker, riders))
    if riding is None:
        return None
    if apart is None:
        apart = question.best(apart=(asker, riders))
    if apart is not None and apart.cost < riding.cost:
        return None
    open_mine = [t for t in mine if not book.published[t]]
    company = _needed(book, [*open_mine, *group], hidden)
    if company is None:
        return None
    lawful = question.lawful_days([*open_mine, *group, *company], days)
    held = {int(book.day[t]) for t in mine if book.published[t]}
    lawful = [d for d in lawful if not held or d in held]
    if not lawful:  # they would ride with different ones of the asker's visits: no one day suits all
        return None
    saved = _saved(apart, riding)
    unit = case.units[int(case.unit_of[group[0]])]
    own = int(case.parent_of[group[0]]) == parent
    present = [case.tasks[t].domain for t in (*mine, *group, *company)]
    due = [clause for t in group for clause in case.tasks[t].clauses]
    clauses = tuple(dict.fromkeys((*together_clauses(present, joint=not own or bool(company)), *due)))
    return Suggestion(
        tuple(case.tasks[t].id for t in group),
        unit.id,
        unit.parent,
        own,
        *saved,
        riding.moved,
        _dates(book, lawful),
        tuple(case.tasks[t].id for t in company),
        clauses,
        _sentence(book, group, company, unit.name, own, lawful, saved, opened_first(law, clauses)),
    )


def _needed(book: Book, tasks: Sequence[int], hidden: frozenset[int]) -> list[int] | None:
    """Return the open tasks of others without which `tasks` cannot come; None where one of them may not be told of.

    What is published of them stands on its day: then no other day is lawful, and the kernel says so.
    """
    company = needed_with(book.case, tasks)
    return None if company & hidden else sorted(t for t in company if not book.published[t])


def _saved(apart: SiteAnswer | None, riding: SiteAnswer) -> tuple[int, int, int]:
    if apart is None:  # without it nothing lawful is left of what was asked: its partners have to come
        return 0, 0, 0
    return (
        apart.left_out - riding.left_out,
        apart.entries - riding.entries,
        apart.disturbance - riding.disturbance,
    )


def _sentence(
    book: Book,
    group: Sequence[int],
    company: Sequence[int],
    unit: str,
    own: bool,
    lawful: Sequence[int],
    saved: tuple[int, int, int],
    cited: str,
) -> str:
    days = book.case.days
    when = f"{days[lawful[0]]}" + (f"等 {len(lawful)} 天" if len(lawful) > 1 else "")
    who = f"本单位{unit}" if own else unit
    if saved[0] > 0:
        gain = f"；不带则有任务将无法安排，并多入企 {saved[1]} 次" if saved[1] > 0 else "；不带则有任务将无法安排"
    elif saved[1] > 0:
        gain = f"；不带则该对象将多入企 {saved[1]} 次"
    else:
        gain = f"；入企次数相同，少占用对象 {saved[2]} 个刻钟" if saved[2] > 0 else "；入企次数相同"
    names = sorted({book.case.units[int(book.case.unit_of[t])].name for t in company})
    beside = f"（连同须同日前往的{'、'.join(names)}）" if names else ""
    told = f"可带上{who}的 {len(group)} 项到期任务{beside}，{when}各方工时有余，排班以预定时核验为准{gain}"
    return f"{told}。依据：{cited}"


def _dates(book: Book, days: Iterable[int]) -> tuple[date, ...]:
    return tuple(book.case.days[d] for d in days)

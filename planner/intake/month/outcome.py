"""What preparing a month hands on, and the book in which every rule writes what it found or removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from planner.domain.ahead.look_ahead import LookAhead
from planner.domain.case import Case, RowRef, TaskInfo
from planner.domain.finding import Finding
from planner.domain.roster import Roster
from planner.draw.sites import DrawRecord
from planner.intake.identity.union import Registers
from planner.intake.month.account import NO_ACCOUNT, Account
from planner.intake.words.law import LAW_TYPE_BY_CODE
from planner.rulebook.nouns import RulebookVersion


@dataclass(frozen=True, slots=True)
class Why:
    """Why a rule stands against something, in both languages. `on`: the date of the check that it rests on."""

    zh: str
    en: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """Something filed that makes no on-site task, with the rule that says so. `site` is "" for a whole filing."""

    rule: str
    clauses: tuple[str, ...]
    site: str
    unit: str
    domain: str
    filings: tuple[str, ...]
    items: tuple[str, ...]
    zh: str
    en: str
    on: date | None = None
    """The date of the check or record that it rests on."""
    reserved: bool = False
    """Told to its own body and the bureau only: the ground lets one infer an unannounced check."""


@dataclass(frozen=True, slots=True)
class CoverageNote:
    """How far a grade's or list's required checks are met: `done` before the month, `tasks` open, of `wanted`."""

    rule: str
    clauses: tuple[str, ...]
    filing: str
    domain: str
    grade: str
    wanted: int
    done: int
    tasks: int

    @property
    def short(self) -> int:
        """How many are neither done nor open."""
        return max(0, self.wanted - self.done - self.tasks)


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """One use of a signed lift of a policy rule."""

    waiver: str
    rule: str
    site: str
    filing: str


@dataclass(frozen=True, eq=False)
class Prepared:
    """One month, screened and unfolded.

    `case` is None where nothing was filed that could come to a visit; it has no task where all that is filed waits for
    later months, needs no visit, or makes none by law. `off_site` and `summons` are tasks that need no entry: they have
    their own lists. `deferred` are tasks of sites where nothing is due this month, `future` counts those whose window
    opens later.
    """

    case: Case | None
    findings: tuple[Finding, ...]
    draws: tuple[DrawRecord, ...]
    removed: tuple[Removed, ...]
    off_site: tuple[TaskInfo, ...]
    summons: tuple[TaskInfo, ...]
    deferred: tuple[TaskInfo, ...]
    future: int
    coverage: tuple[CoverageNote, ...]
    waivers_used: tuple[WaiverUse, ...]
    settings: dict[str, str]
    registers: Registers | None = None
    """Which rows of sites are one premises, and which may be."""
    account: Account = NO_ACCOUNT
    """What became of everything filed."""
    roster: Roster | None = None
    """People and clock of the case; None where there is no case."""
    look_ahead: LookAhead | None = None
    """What later months have to hold beside this one; None for a longer period."""
    waiting: Case | None = None
    """The `deferred` tasks as a case of the same days and crews: others may offer to take them along."""
    waiting_roster: Roster | None = None
    whole: tuple[object, Prepared] | None = None
    """Where unannounced checks were filed, until they have days: what was given, and the same month with them."""
    seconds: dict[str, float] = field(default_factory=dict)


class Notes:
    """Collects findings and removals; each carries the clauses of its rule."""

    def __init__(self, rulebook: RulebookVersion) -> None:
        self._rulebook = rulebook
        self.findings: list[Finding] = []
        self.removed: list[Removed] = []
        self._clauses: dict[tuple[str, str], tuple[str, ...]] = {}

    def copy(self) -> Notes:
        """Return a book with the same entries, in which others can be written."""
        other = Notes(self._rulebook)
        other.findings, other.removed, other._clauses = list(self.findings), list(self.removed), self._clauses
        return other

    def clauses(self, rule: str, domain: str = "") -> tuple[str, ...]:
        """Return the rule's clauses for `domain`."""
        key = (rule, domain)
        if key not in self._clauses:
            self._clauses[key] = tuple(dict.fromkeys(self._rulebook.clauses_for(rule, domain)))
        return self._clauses[key]

    def find(
        self,
        code: str,
        ref: RowRef | None,
        *,
        column: str = "",
        value: str = "",
        domain: str = "",
        subjects: Iterable[str] = (),
        **params: object,
    ) -> None:
        """Record a finding of the catalogue's type `code`; `ref` is the row it is about, None for none."""
        kind = LAW_TYPE_BY_CODE[code]
        self.findings.append(
            Finding(
                code=code,
                severity=kind.severity,
                table=ref.table if ref else "",
                row=ref.row if ref else 0,
                column=column,
                value=value,
                clauses=self.clauses(kind.rule, domain) if kind.rule else (),
                subjects=tuple(subjects),
                params=_place(ref) | {"domain": domain} | {key: str(text) for key, text in params.items()},
            )
        )

    def remove(
        self,
        rule: str,
        why: Why,
        *,
        domain: str,
        unit: str,
        filings: Iterable[str],
        site: str = "",
        items: Iterable[str] = (),
        annex: str = "",
        reserved: bool = False,
    ) -> None:
        """Record that `rule` leaves no on-site task; `annex` is the one that says so where it is not the task's own."""
        self.removed.append(
            Removed(
                rule=rule,
                clauses=self.clauses(rule, annex or domain),
                site=site,
                unit=unit,
                domain=domain,
                filings=tuple(filings),
                items=tuple(sorted(items)),
                zh=why.zh,
                en=why.en,
                on=why.on,
                reserved=reserved,
            )
        )

    def summarise_removed(self, filing_rows: dict[str, RowRef]) -> None:
        """Add one finding per filing and rule that says how many of its sites the rule removed."""
        sites: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for gone in self.removed:
            if gone.site:
                for filing in gone.filings:
                    sites[filing, gone.rule, gone.domain].add(gone.site)
        for (filing, rule, domain), found in sorted(sites.items()):
            kind = LAW_TYPE_BY_CODE["law.sites-removed"]
            ref, named = filing_rows.get(filing), self._rulebook.rule(rule)
            self.findings.append(
                Finding(
                    code=kind.code,
                    severity=kind.severity,
                    table=ref.table if ref else "",
                    row=ref.row if ref else 0,
                    clauses=self.clauses(rule, domain),
                    subjects=(filing, *sorted(found)[:5]),
                    params={
                        **_place(ref),
                        "filing": filing,
                        "count": str(len(found)),
                        "rule": rule,
                        "title_zh": named.title_zh,
                        "title_en": named.title_en,
                    },
                )
            )


def _place(ref: RowRef | None) -> dict[str, str]:
    """Return the file and sheet of a row as findings name them, where several make up the table."""
    return {"place": ref.place} if ref is not None and ref.place else {}

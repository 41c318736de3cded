"""Waivers: signed, dated lifts of a policy rule. Each use is recorded; a mandatory rule cannot be lifted."""

from __future__ import annotations

from collections import Counter, defaultdict
from copy import copy
from datetime import date

from planner.domain.calendar import is_one_month
from planner.domain.errors import RulebookGap
from planner.intake.month.outcome import Notes, WaiverUse
from planner.intake.tables.records import Tables, WaiverRow
from planner.rulebook.nouns import RulebookVersion


class Waivers:
    """The waivers in force in the month, by rule; of a longer period only those in force in all of it."""

    def __init__(self, tables: Tables, rulebook: RulebookVersion, first: date, last: date, notes: Notes) -> None:
        self._by_rule: dict[str, list[WaiverRow]] = defaultdict(list)
        self._uses: set[WaiverUse] = set()
        self._notes = notes
        self._rows = {row.waiver_id: row for row in tables.waivers}
        soon, late = (last, first) if is_one_month(first, last) else (first, last)
        for row in sorted(tables.waivers, key=lambda w: w.waiver_id):
            try:
                lawful = rulebook.rule(row.rule).waivable
            except RulebookGap:
                lawful = False
            if not lawful:
                notes.find(
                    "law.waiver-not-allowed",
                    row.ref,
                    column="rule",
                    value=row.rule,
                    waiver=row.waiver_id,
                    rule=row.rule,
                )
            elif row.from_ <= soon and late <= row.to:
                self._by_rule[row.rule].append(row)

    def writing_to(self, notes: Notes) -> Waivers:
        """Return the same waivers with the same uses, whose further uses are its own and told in `notes`."""
        other = copy(self)
        other._uses, other._notes = set(self._uses), notes
        return other

    def lifts(self, rule: str, *, site: str, agencies: tuple[str, ...], filings: tuple[str, ...]) -> bool:
        """Return whether a waiver lifts `rule` here, and record its use. An empty cell of a waiver fits everything."""
        for row in self._by_rule.get(rule, ()):
            if (
                row.site_id in ("", site)
                and (not row.agency_id or row.agency_id in agencies)
                and (not row.filing_id or row.filing_id in filings)
            ):
                self._uses.add(WaiverUse(row.waiver_id, rule, site, row.filing_id or ";".join(filings)))
                return True
        return False

    def report(self) -> tuple[WaiverUse, ...]:
        """Return all uses, sorted, after adding one finding for each waiver that was used."""
        counts = Counter(use.waiver for use in self._uses)
        for waiver, count in sorted(counts.items()):
            row = self._rows[waiver]
            self._notes.find("law.waiver-used", row.ref, subjects=(waiver,), waiver=waiver, rule=row.rule, count=count)
        return tuple(sorted(self._uses, key=lambda u: (u.waiver, u.site, u.filing)))

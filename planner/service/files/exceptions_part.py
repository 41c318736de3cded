"""What of a month was let through out of the ordinary: dates beyond a yearly cap, and uses of signed waivers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from planner.explain.beyond_cap import beyond_cap
from planner.intake.month.outcome import WaiverUse
from planner.intake.tables.records import FilingRow, WaiverRow
from planner.law.rules.distances import CAP
from planner.service.month.planning import Planned


def exceptions_json(planned: Planned) -> list[dict[str, Any]] | None:
    """Return a row for each, by kind (`over_cap`, `waiver`), site and day; None where the month has none.

    They are of what is announced: a waiver that only an unannounced check uses is not among them.
    """
    found = list(_Exceptions(planned).rows())
    return sorted(found, key=lambda row: (row["kind"], row["site"], row["day"] or "", row["zh"])) or None


class _Exceptions:
    """A month's exceptions, with the tables' rows by id."""

    def __init__(self, planned: Planned) -> None:
        tables = planned.tables
        self._planned = planned
        self._sites = {row.site_id: row.name for row in tables.sites}
        self._filings = {row.filing_id: row for row in tables.filings}
        self._signed = {row.waiver_id: row for row in tables.waivers}
        self._domains = {row.agency_id: row.domain for row in tables.agencies}

    def rows(self) -> Iterator[dict[str, Any]]:
        yield from self._over_cap()
        yield from map(self._waiver, self._planned.prepared.waivers_used)

    def _over_cap(self) -> Iterator[dict[str, Any]]:
        case, plan = self._planned.result.case, self._planned.result.plan
        assert plan is not None
        uses = [use for use in self._planned.prepared.waivers_used if use.rule == CAP.id]
        lifted = {(use.site, filing): self._signed[use.waiver] for use in uses for filing in _filings_of(use)}
        for row in beyond_cap(case, plan):
            tasks = [case.tasks[task] for task in row.tasks]
            site, domain = tasks[0].site, tasks[0].domain
            named = sorted({filing for task in tasks for filing in task.filings})
            known = [self._filings[one] for one in named if one in self._filings]
            told = dict.fromkeys(_grounds(filing, lifted.get((site, filing.filing_id))) for filing in known)
            zh, en = "；".join(one for one, _ in told), "; ".join(one for _, one in told)
            yield {
                **self._about(site, sorted({task.unit for task in tasks}), named, CAP.id, domain),
                "kind": "over_cap",
                "day": case.days[row.day].isoformat(),
                "zh": f"今年还可计划到场 {row.left} 次，本月安排 {row.planned} 次；{zh}",
                "en": f"{row.left} dates left this year, {row.planned} planned; {en}",
            }

    def _waiver(self, use: WaiverUse) -> dict[str, Any]:
        named = _filings_of(use)
        units = sorted({self._filings[one].agency_id for one in named if one in self._filings})
        domain = next((self._domains[unit] for unit in units if self._domains.get(unit)), "")
        zh, en = _words(self._signed[use.waiver])
        return {
            **self._about(use.site, units, named, use.rule, domain),
            "kind": "waiver",
            "day": None,
            "zh": f"不适用“{self._planned.rulebook.rule(use.rule).title_zh}”：{zh}",
            "en": f"{use.rule} lifted: {en}",
        }

    def _about(self, site: str, units: Sequence[str], filings: Sequence[str], rule: str, domain: str) -> dict[str, Any]:
        return {
            "site": site,
            "site_name": self._sites.get(site, ""),
            "units": list(units),
            "filings": list(filings),
            "rule": rule,
            "clauses": list(dict.fromkeys(self._planned.rulebook.clauses_for(rule, domain))),
        }


def _filings_of(use: WaiverUse) -> list[str]:
    return [part for part in use.filing.split(";") if part]


def _grounds(filing: FilingRow, waiver: WaiverRow | None) -> tuple[str, str]:
    """Return by what a filing's checks may go beyond the cap: its own word that they are needed, or a waiver."""
    if filing.needed or waiver is None:
        return f"申报写明确需：{filing.necessity}", f"filed as needed: {filing.necessity}"
    return _words(waiver)


def _words(row: WaiverRow) -> tuple[str, str]:
    zh = f"{row.signed_by} {row.signed_on} 签批豁免 {row.waiver_id}（{row.reason}）"
    return zh, f"waiver {row.waiver_id}, signed by {row.signed_by} on {row.signed_on} ({row.reason})"

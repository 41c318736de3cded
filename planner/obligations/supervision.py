"""Cases of supervision: where each stands by its steps, what comes next and by when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planner.domain.calendar import WorkCalendar
from planner.intake.tables.records import SupervisionRow
from planner.obligations.grounds import Noted
from planner.rulebook.supervision import HEAR_DAYS, LETTER, REPLY_DAYS

ZH = {
    "noted": "已发现，待听取说明",
    "letter": "可拟监督建议书",
    "drafted": "建议书待发",
    "sent": "已发出，待反馈",
    "answered": "已反馈，待核实",
    "overdue": "逾期未改正，可提请监督决定",
    "requested": "已提请监督决定",
    "corrected": "已改正，待办结",
    "closed": "已办结",
}
"""States, by what is to do."""
DRAFTS = {"letter": "supervision", "drafted": "supervision", "overdue": "decision_request"}
"""States in which something is to be sent, with the kind of letter."""
ORDER = ("noted", "heard", "drafted", "sent", "answered", "corrected", "requested", "closed")


@dataclass(frozen=True, slots=True)
class CaseState:
    """One case. `state` is a key of `ZH`; `due` is the day by which the body is to act, None where none is.

    `wrong` says in words why its steps cannot be so: a letter against a policy without hearing the body, steps out of
    order, a case closed without an answer or a reason.
    """

    case: str
    agency: str
    state: str
    due: date | None
    results: tuple[str, ...]
    sent_on: date | None
    reply: str
    document_no: str
    wrong: tuple[str, ...]
    clauses: tuple[str, ...] = LETTER


def cases_on(
    rows: Iterable[SupervisionRow], grounds: Iterable[Noted], calendar: WorkCalendar, on: date
) -> tuple[CaseState, ...]:
    """Return where each case stands on the day `on`, by case; steps after that day are not there yet.

    `grounds` say whether what was noted breaks a mandatory clause: a letter may then follow without hearing the body.
    """
    hard = {name for one in grounds if one.hard for name in one.results}
    by_case: dict[str, list[SupervisionRow]] = defaultdict(list)
    for row in rows:
        if row.date <= on:
            by_case[row.case_id].append(row)
    return tuple(
        _state(sorted(steps, key=lambda row: (row.date, ORDER.index(row.step))), hard, calendar, on)
        for _, steps in sorted(by_case.items())
    )


def unheard(grounds: Iterable[Noted], rows: Iterable[SupervisionRow]) -> tuple[Noted, ...]:
    """Return the grounds of which some result stands in no case yet."""
    known = {(row.agency_id, name) for row in rows for name in row.results}
    return tuple(one for one in grounds if any((one.agency, name) not in known for name in one.results))


def _state(steps: list[SupervisionRow], hard: set[str], calendar: WorkCalendar, on: date) -> CaseState:
    last = {row.step: row for row in steps}
    results = tuple(dict.fromkeys(name for row in steps for name in row.results))
    mandatory = bool(results) and set(results) <= hard
    sent = last.get("sent")
    reply_by = None
    if sent is not None:
        reply_by = sent.reply_by or calendar.working_after(sent.date, REPLY_DAYS)
    due: date | None = None
    if "closed" in last:
        state = "closed"
    elif "corrected" in last:
        state = "corrected"
    elif "requested" in last:
        state = "requested"
    elif reply_by is not None and on > reply_by:
        state, due = "overdue", reply_by
    elif sent is not None:
        state, due = ("answered" if "answered" in last else "sent"), reply_by
    elif "drafted" in last:
        state = "drafted"
    elif "heard" in last or mandatory:
        state = "letter"
    else:
        state = "noted"
        due = calendar.working_after(steps[0].date, HEAR_DAYS)
    return CaseState(
        case=steps[0].case_id,
        agency=steps[0].agency_id,
        state=state,
        due=due,
        results=results,
        sent_on=sent.date if sent else None,
        reply=last["answered"].note if "answered" in last else "",
        document_no=sent.document_no if sent else "",
        wrong=tuple(_wrong(steps, last, mandatory, reply_by)),
    )


def _wrong(
    steps: list[SupervisionRow], last: dict[str, SupervisionRow], mandatory: bool, reply_by: date | None
) -> list[str]:
    found = []
    if steps[0].step != "noted" or not steps[0].results:
        found.append("没有“发现”这一步，或没有填所涉检查结果")
    if len({row.agency_id for row in steps}) > 1:
        found.append("一件监督写了两个主体")
    first_letter = min((row.date for row in steps if row.step in ("drafted", "sent")), default=None)
    heard = last.get("heard")
    if first_letter is not None and not mandatory and (heard is None or heard.date > first_letter):
        found.append("所涉条款是一般性要求，应先听取说明再发建议书")
    found += [
        f"“{name}”早于发出建议书"
        for step, name in _AFTER_THE_LETTER
        if step in last and ("sent" not in last or last[step].date < last["sent"].date)
    ]
    if "requested" in last and reply_by is not None and last["requested"].date <= reply_by:
        found.append("反馈期限未满，不能提请监督决定")
    if "closed" in last and not {"corrected", "requested"} & set(last) and not last["closed"].note:
        found.append("没有改正而办结，应写明理由")
    return found


_AFTER_THE_LETTER = (("answered", "单位反馈"), ("corrected", "已改正"), ("requested", "提请监督决定"))

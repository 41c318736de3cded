"""A sealed plan's inspectors: drawn once, with numbers revealed after its hash was public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from planner.checks.duty import check_duty
from planner.domain.duty import stays_of
from planner.domain.errors import InputError, MismatchError
from planner.domain.result import MonthResult
from planner.draw.sites import Commitment, commitment_of
from planner.intake.make.given import DrawnTeam
from planner.intake.tables.records import NonceRow
from planner.service.month.planning import CREWS_FILE, Planned, crew_seeds, with_hidden
from planner.solve.day.crew_names import Revealed, man_month, timetable_hash
from planner.solve.month import with_teams


def sealed_hash(result: MonthResult) -> str:
    """Return the hash of plan and timetable that is sealed and every draw of inspectors rests on, "" without."""
    case, duty = result.case, result.duty
    if duty is None:
        return ""
    stays = stays_of(case, result.visits)
    return timetable_hash(case, result.visits, stays, duty.start, duty.crew, result.plan_hash)


def revealed_of(rows: Iterable[NonceRow], month: str, sealed_on: date) -> Revealed:
    """Return what `rows` (in the form of the nonces table) reveal for the draw of a month's crews.

    Who has promised a number and not revealed it is named as such. Raises InputError where a number is not the promised
    one, or was promised after the plan was sealed: it would have been chosen with the plan in hand.
    """
    found: dict[str, tuple[str, Commitment]] = {}
    withheld = []
    for row in rows:
        if row.month != month:
            continue
        if row.committed_on > sealed_on:
            raise InputError(
                f"{row.holder} 的承诺日期 {row.committed_on} 晚于封存日期 {sealed_on}，不能用于本次抽取：请删去该行 / "
                f"{row.holder} committed after the seal: take the row out"
            )
        if row.nonce and commitment_of(row.nonce) != row.commitment:
            raise InputError(
                f"{row.holder} 公布的随机数与承诺值不符：请核对，或把随机数留空（按未公布记） / "
                f"the nonce of {row.holder} is not the one committed to: correct it, or leave it empty"
            )
        if row.nonce:
            found[row.holder] = row.nonce, Commitment(row.holder, row.commitment, row.committed_on)
        else:
            withheld.append(row.holder)
    return Revealed(sealed_on, found, tuple(sorted(withheld)))


def with_teams_of(planned: Planned, before: Mapping[str, Any] | None) -> Planned:
    """Return the plan with those given as drawn whom the published file `before` names: they stay where they can."""
    if before is None:
        return planned
    teams = (
        DrawnTeam(stay["unit"], row["visit"], tuple(sorted(stay["team"])))
        for row in before.get("duty", ())
        for stay in row["stays"]
        if stay.get("team")
    )
    return replace(planned, given=replace(planned.given, teams=tuple(sorted(teams))))


def name_month(planned: Planned, revealed: Revealed) -> Planned:
    """Return the month with the inspectors that the revealed numbers draw; days, starts and crews stay as sealed.

    Whom the version before had drawn stays where that can be. Raises InputError for a month without times, and
    MismatchError where a day cannot be manned, which the trial of its draft has shown that it can.
    """
    result, case = planned.result, planned.result.case
    if result.plan is None or result.duty is None or result.roster is None:
        raise InputError("没有到时刻的方案，无从抽取检查人员 / there is no timed plan to draw inspectors for")
    roster, visits, duty = result.roster, result.visits, result.duty
    seeds = crew_seeds(result.seed, planned.given, revealed)
    stays = stays_of(case, visits)
    manned = man_month(case, roster, visits, stays, duty.start, duty.crew, seeds, result.plan_hash)
    broken = check_duty(case, roster, visits, manned.duty, planned.rulebook)
    if manned.cuts or broken:
        raise MismatchError(f"a sealed plan cannot be manned: {(*manned.cuts, *broken)[0]}")
    named = replace(
        result,
        named=True,
        crews_file=CREWS_FILE,
        duty=manned.duty,
        duty_hash=manned.duty.hash(case, visits, [person.id for person in roster.inspectors]),
        day_levels=with_teams(result.day_levels, case, roster, visits, manned.duty),
    )
    days = planned.hidden.days if planned.hidden else None
    return with_hidden(replace(planned, result=named, team_draws=manned.draws, revealed=revealed), days, settled=True)

"""The file of inspectors' draws (`crews.json`), and its verification by replay.

A chain (`planner.draw.chain`) sorted by date and unit. `verify_crews_standalone.py` beside this module checks the same
without importing any of it. People stand in it by id only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.domain.finding import Severity
from planner.domain.hashing import canonical_json
from planner.draw.chain import NO_CHAIN, bodies_of, read_chained, says_format, text_of, whole_of, write_chained
from planner.draw.inspectors import SEARCH, PassedOver, Seat, Team, TeamDraw, draw_teams
from planner.draw.sites import Commitment, DrawError
from planner.draw.team_request import (
    Candidate,
    Crew,
    CrewStay,
    TeamRequest,
    broken_commitment,
    drawn_before,
    late_commitment,
    normal_form,
    same_day_commitment,
    team_seed,
)

TEAM_FORMAT = "joint-inspection-crews/2"

TEAM_TEXTS: dict[str, tuple[str, str]] = {
    "file": ("文件不是派员抽取记录文件", "not a file of inspectors' draws"),
    "form": ("记录缺项、多项或写法不规范", "the record lacks fields, has others, or is not in normal form"),
    "chain": ("链式校验值不符：文件写成后被改动", "chain hash differs: changed after it was written"),
    "repeated": ("同一单位同一日重复抽取", "the same unit and day is drawn twice"),
    "commitment": ("公布的随机数与承诺值不符", "a revealed nonce is not the one committed to"),
    "late": ("承诺晚于方案封存", "a commitment is dated after the plan was sealed"),
    "seed": ("种子不能由随机数、计划与排时校验值算出", "the seed does not follow from nonces, plan and timetable"),
    "order": ("重新抽取的顺序与记录不符", "the replayed order differs"),
    "teams": ("重新抽取的人员或跳过理由与记录不符", "the replayed people, or why others were passed over, differ"),
    "workload": ("累计工作量与此前各日的抽取不符", "workload so far does not follow from the days before"),
    "uncommitted": ("提示：随机数未事先承诺", "notice: a nonce was not committed to beforehand"),
    "same-day": (
        "提示：承诺与方案封存在同一日，先后以服务的日志为准",
        "notice: committed on the day of the seal; the service's log tells which came first",
    ),
    "kept": (
        "提示：上一版抽定的人员留任，须与上一版的记录对照",
        "notice: people drawn in the version before stay, to be held against its record",
    ),
    "search": (
        "提示：有人因搜索限度未能判定而被跳过",
        "notice: someone was passed over undecided, at the search's bound",
    ),
}
"""Code → what is wrong, in Chinese and English. All but NOTICES are failures."""

NOTICES = ("uncommitted", "same-day", "kept", "search")


@dataclass(frozen=True, slots=True)
class TeamProblem:
    """One thing that verification found; `draw` is unit and date, `detail` names the field or inspector."""

    code: str
    draw: str
    detail: str = ""

    @property
    def severity(self) -> Severity:
        """INFO for a notice, ERROR for a failure."""
        return Severity.INFO if self.code in NOTICES else Severity.ERROR

    def text(self, lang: str = "zh") -> str:
        """Return the problem in words, `lang` "zh" or "en"."""
        words = TEAM_TEXTS[self.code][0 if lang == "zh" else 1]
        return ": ".join(part for part in (self.draw, words, self.detail) if part)


def team_draw_to_json(draw: TeamDraw) -> dict[str, Any]:
    """Return `draw` as plain JSON values."""
    return {
        **_request_to_json(draw.request),
        "seed": draw.seed,
        "order": list(draw.order),
        "teams": [
            {
                "crew": team.crew,
                "visits": list(team.visits),
                "seats": [[s.inspector, [[p.inspector, p.reason, p.crew] for p in s.passed]] for s in team.seats],
            }
            for team in draw.teams
        ],
    }


def write_team_draws(path: Path, records: Iterable[TeamDraw]) -> str:
    """Write the file at `path`, sorted by date and unit, whole or not at all; return its chain hash."""
    ordered = sorted(records, key=lambda r: (r.request.date, r.request.unit))
    return write_chained(path, TEAM_FORMAT, map(team_draw_to_json, ordered))


def read_team_draws(path: Path) -> tuple[TeamDraw, ...]:
    """Return the draws of a file. Raises InputError where the file is missing or does not verify."""
    failures = [p for p in verify_team_draws(path) if p.severity is Severity.ERROR]
    if failures:
        raise InputError("; ".join(p.text("en") for p in failures[:5]))
    return tuple(map(_draw_from, bodies_of(path)))


def verify_team_draws(path: Path) -> list[TeamProblem]:
    """Return what is wrong with the file, found by replaying every draw; notices among it (see `severity`).

    Raises InputError where the file cannot be read at all.
    """
    problems: list[TeamProblem] = []
    seen: set[str] = set()
    worked = _Worked()
    try:
        for body, holds in read_chained(path, TEAM_FORMAT):
            name = "" if body is None else f"{body.get('unit')} {body.get('date')}"
            if not holds:
                problems.append(TeamProblem("chain", name, "chain_hash" if body is None else ""))
            if body is None:
                continue
            if name in seen:
                problems.append(TeamProblem("repeated", name))
            seen.add(name)
            found = _replay(body, name)
            problems += found
            if not any(p.code == "form" for p in found):
                problems += [TeamProblem("workload", name, who) for who in worked.contradictions(_draw_from(body))]
    except NO_CHAIN:
        return [TeamProblem("file", "")]
    return problems


def is_team_draws(path: Path) -> bool:
    """Return whether the file says that it holds draws of inspectors. Raises InputError where it cannot be read."""
    return says_format(path, TEAM_FORMAT)


class _Worked:
    """Quarter-hours that each unit's inspectors have worked by the draws read so far, month by month."""

    def __init__(self) -> None:
        self._load: dict[tuple[str, str, str], int] = {}

    def contradictions(self, draw: TeamDraw) -> list[str]:
        """Return whose stated workload does not follow from the draws before; the first one seen is believed."""
        request = draw.request
        wrong = []
        for who in request.candidates:
            key = request.month, request.unit, who.id
            if self._load.setdefault(key, who.quarters) != who.quarters:
                wrong.append(who.id)
        quarters = {s.visit: s.quarters for crew in request.crews for s in crew.stays}
        for team in draw.teams:
            for name in team.inspectors:
                key = request.month, request.unit, name
                self._load[key] = self._load.get(key, 0) + sum(quarters.get(v, 0) for v in team.visits)
        return wrong


def _replay(value: Mapping[str, Any], name: str) -> list[TeamProblem]:
    """Return where `value` is no record in normal form or differs from its replay.

    Each step starts from the recorded result of the step before, so that a change is reported where it was made.
    """
    try:
        recorded = _draw_from(value)
        request = normal_form(recorded.request)
        if canonical_json(team_draw_to_json(recorded)) != canonical_json(value) or request != recorded.request:
            raise ValueError("not in normal form")
        replayed = draw_teams(request, recorded.seed)
    except (ValueError, KeyError, TypeError, AttributeError, DrawError):
        return [TeamProblem("form", name)]
    teams = replayed.teams if isinstance(replayed, TeamDraw) else ()
    wrong = {
        "commitment": bool(broken_commitment(request)),
        "late": bool(late_commitment(request)),
        "same-day": bool(same_day_commitment(request)),
        "seed": team_seed(request) != recorded.seed,
        "order": isinstance(replayed, TeamDraw) and replayed.order != recorded.order,
        "teams": teams != recorded.teams,
        "uncommitted": not request.committed,
        "kept": bool(drawn_before(stay for crew in request.crews for stay in crew.stays)),
        "search": any(p.reason == SEARCH for team in teams for seat in team.seats for p in seat.passed),
    }
    return [TeamProblem(code, name) for code, is_wrong in wrong.items() if is_wrong]


def _request_to_json(request: TeamRequest) -> dict[str, Any]:
    return {
        "month": request.month,
        "unit": request.unit,
        "date": request.date.isoformat(),
        "agency": request.agency,
        "per_crew": request.per_crew,
        "travel_quarters": request.travel_quarters,
        "timetable_hash": request.timetable_hash,
        "sealed_on": request.sealed_on.isoformat(),
        "bureau_nonce": request.bureau_nonce,
        "agency_nonce": request.agency_nonce,
        "crews": [
            {
                "number": crew.number,
                "balanced": crew.balanced,
                "stays": [_stay_to_json(stay) for stay in crew.stays],
            }
            for crew in request.crews
        ],
        "candidates": [
            [c.id, list(c.present), list(c.skills), list(c.recused), c.quarters] for c in request.candidates
        ],
        "commitments": [
            {"holder": c.holder, "commitment": c.commitment, "committed_on": c.committed_on.isoformat()}
            for c in request.commitments
        ],
        "committed": request.committed,
    }


def _draw_from(value: Mapping[str, Any]) -> TeamDraw:
    """Return the draw that `value` states; the types of all leaves are as they should be. Nothing is replayed."""
    request = TeamRequest(
        month=text_of(value["month"]),
        unit=text_of(value["unit"]),
        date=date.fromisoformat(value["date"]),
        agency=text_of(value["agency"]),
        per_crew=whole_of(value["per_crew"]),
        travel_quarters=whole_of(value["travel_quarters"]),
        timetable_hash=text_of(value["timetable_hash"]),
        sealed_on=date.fromisoformat(value["sealed_on"]),
        bureau_nonce=text_of(value["bureau_nonce"]),
        agency_nonce=text_of(value["agency_nonce"]),
        crews=tuple(
            Crew(whole_of(c["number"]), _switch(c["balanced"]), tuple(_stay_from(s) for s in c["stays"]))
            for c in value["crews"]
        ),
        candidates=tuple(
            Candidate(text_of(name), (_switch(am), _switch(pm)), _texts(skills), _texts(sites), whole_of(quarters))
            for name, (am, pm), skills, sites, quarters in value["candidates"]
        ),
        commitments=tuple(
            Commitment(text_of(c["holder"]), text_of(c["commitment"]), date.fromisoformat(c["committed_on"]))
            for c in value["commitments"]
        ),
    )
    teams = tuple(
        Team(whole_of(t["crew"]), _texts(t["visits"]), tuple(_seat_from(s) for s in t["seats"])) for t in value["teams"]
    )
    return TeamDraw(request, text_of(value["seed"]), _texts(value["order"]), teams)


def _stay_to_json(stay: CrewStay) -> list[Any]:
    """Return the stay; who was drawn for it before stands last, and only where somebody was."""
    was = [list(stay.was)] if stay.was else []
    return [stay.visit, stay.site, stay.town, stay.start, stay.quarters, list(stay.skills), *was]


def _stay_from(value: Any) -> CrewStay:
    visit, site, town, start, quarters, skills, *was = value
    return CrewStay(
        text_of(visit),
        text_of(site),
        text_of(town),
        whole_of(start),
        whole_of(quarters),
        _texts(skills),
        tuple(name for names in was for name in _texts(names)),
    )


def _seat_from(value: Any) -> Seat:
    inspector, passed = value
    return Seat(
        text_of(inspector),
        tuple(
            PassedOver(text_of(who), text_of(why), None if crew is None else whole_of(crew))
            for who, why, crew in passed
        ),
    )


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return tuple(text_of(item) for item in value)


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value

"""An inspector is away after the month was published: who has to move does, the others stay, and so do their teams."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.case import CapacityRow, RowRef
from planner.domain.duty import stays_of
from planner.domain.errors import InputError
from planner.domain.plan import Plan, loads_of
from planner.draw import verify_crews_standalone
from planner.intake.make.given import NOTHING, AwayDay
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import AbsenceRow, Tables
from planner.intake.write.writer import write_folder
from planner.operations.book import Book
from planner.operations.events import Away, apply_event, event_zh
from planner.operations.replan import replan
from planner.service import Planned, Revealed, name_month, plan_tables, prepare_tables, verify_plan, write_outputs
from planner.service.changes.admitting import admit
from planner.service.changes.replanning import Version, preview, version_of
from planner.service.changes.revising import Change, Held, UnlawfulChangeError, apply_changes, revise
from planner.service.files.given_part import given_from, given_json
from planner.service.files.plan_file import as_text, plan_document, restore_tables, seal_of
from planner.service.published.operating import book_of, event_from
from tests.cli.district import MONTH, Raw, district
from tests.operations.books import book_of as random_book
from tests.operations.test_gate import DAYS, plan_of, small
from tests.operations.test_replan import judged
from tests.tiny import task

UNIT = "SCJG"


def with_skill() -> Raw:
    """The district with a fifth inspector of the market office, and an item for which two of them are trained."""
    raw = district()
    more = {"inspector_id": f"{UNIT}-P4", "name": "张4", "certificate_no": "09-4"}
    raw["inspectors"].append({**raw["inspectors"][0], **more})
    for row in raw["inspectors"][:2]:
        row["skills"] = "特种设备"
    raw["items"].append({**raw["items"][0], "item_id": f"{UNIT}-2", "name": "电梯检查", "skill": "特种设备"})
    raw["filings"].append({**raw["filings"][0], "filing_id": "F-K", "items": f"{UNIT}-2", "sites": "S5;S6"})
    return raw


def tables_of(raw: Raw, folder: Path) -> Tables:
    write_folder(raw, folder / "district")
    return read_tables(folder / "district")


def filed(tables: Tables, *absences: AbsenceRow) -> Tables:
    return replace(tables, absences=(*tables.absences, *absences))


def absence(who: str, *days: date, half: str = "day") -> list[AbsenceRow]:
    return [AbsenceRow(who, day, day, half, RowRef("absences", 1)) for day in days]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return tables_of(with_skill(), tmp_path_factory.mktemp("away"))


@pytest.fixture(scope="module")
def published(tables: Tables) -> Planned:
    return name_month(plan_tables(tables, MONTH), Revealed(date(2026, 5, 25)))


def teams(planned: Planned) -> dict[tuple[str, str], set[str]]:
    """Return who goes, by (unit, visit)."""
    result = planned.result
    assert result.duty is not None
    assert result.roster is not None
    people = [person.id for person in result.roster.inspectors]
    return {
        (result.case.units[stay.unit].id, result.visits[stay.visit].id): {people[i] for i in team}
        for stay, team in zip(stays_of(result.case, result.visits), result.duty.team, strict=True)
    }


def starts(planned: Planned) -> dict[str, int]:
    assert planned.result.duty is not None
    return dict(zip((v.id for v in planned.result.visits), planned.result.duty.start.tolist(), strict=True))


def someone_on_duty(planned: Planned) -> tuple[str, date]:
    """Return an inspector of the market office, one of three without training, who goes somewhere, and the day."""
    day_of = {visit.id: planned.result.case.days[visit.day] for visit in planned.result.visits}
    plain = {f"{UNIT}-P{n}" for n in (2, 3, 4)}
    who = [(day_of[visit], name) for (unit, visit), team in teams(planned).items() for name in team & plain]
    return min(who)[::-1]


def away(who: str, *days: date, half: str = "day") -> dict[str, Any]:
    named = [day.isoformat() for day in days]
    return {"kind": "away", "unit": UNIT, "inspector": who, "days": named, "half": half}


def version(planned: Planned, event: dict[str, Any], held: Held | None = None) -> Version:
    made = version_of(planned, book_of(planned), event, held or Held(), "病假")
    assert not made.planned.result.named  # a version is a draft, too
    return made if planned.revealed is None else replace(made, planned=name_month(made.planned, planned.revealed))


@pytest.mark.parametrize("half", ["day", "am", "pm"])
@pytest.mark.parametrize("who", [f"{UNIT}-P0", f"{UNIT}-P4"])
def test_the_crews_that_are_left_are_those_of_a_month_planned_with_the_absence_filed(
    tables: Tables, published: Planned, who: str, half: str
) -> None:
    days = published.result.case.days[1:4]
    event = event_from(away(who, *days, half=half), published)
    assert isinstance(event, Away)
    then, _, _ = prepare_tables(filed(tables, *absence(who, *days, half=half)), MONTH)
    assert then.case is not None
    assert then.roster is not None
    rows = [n for n, row in enumerate(then.case.rows) if row.unit == UNIT]
    assert {row.skill for row in then.case.rows if row.unit == UNIT} == {"", "特种设备"}
    assert np.array_equal(event.left.capacity, then.case.capacity)
    assert np.array_equal(event.left.staffed, then.case.staffed)
    less = then.case.capacity < published.result.case.capacity
    assert less.any() == (who == f"{UNIT}-P0")  # five inspectors make two crews, and so do four; one alone is trained
    assert not less[[n for n in range(len(then.case.rows)) if n not in rows]].any()
    changed = apply_event(book_of(published), event)
    assert np.array_equal(changed.case.capacity, then.case.capacity)
    after = version(published, away(who, *days, half=half)).planned.result
    assert after.case.content_hash() == then.case.content_hash()
    assert after.roster is not None
    assert after.roster.content_hash() == then.roster.content_hash()


def test_nobody_moves_where_the_crews_suffice_and_only_the_seats_of_who_is_away_are_drawn_anew(
    published: Planned, tmp_path: Path
) -> None:
    who, day = someone_on_duty(published)
    event = away(who, day)
    told = preview(published, book_of(published), event)
    done = version(published, event)
    assert told["changed_visits"] == done.found["changed_visits"] == []
    assert told["diff"] == done.found["diff"] == []
    assert told["proven"]
    assert done.found["proven"]
    assert starts(done.planned) == starts(published)
    before, after = teams(published), teams(done.planned)
    on_day = {visit.id for visit in published.result.visits if published.result.case.days[visit.day] == day}
    hit = {key for key, team in before.items() if who in team and key[1] in on_day}
    assert hit
    assert {key for key in before if before[key] != after[key]} == hit
    assert not any(who in after[key] for key in hit)
    assert all(len(after[key] & before[key]) == 1 for key in hit)  # who was with the absent person stays
    write_outputs(done.planned, tmp_path)
    write_folder(with_skill(), tmp_path / "source")
    write_outputs(published, tmp_path / "before")

    def verified(before: Path | None) -> list[str]:
        return [p.code for p in verify_plan(tmp_path / "plan.json", tmp_path / "source", before=before)]

    assert verified(tmp_path / "before" / "plan.json") == []
    assert verified(None) == ["before"]
    assert verified(tmp_path / "plan.json") == ["before-other"]  # it names who was drawn later
    alone = subprocess.run([sys.executable, "-I", verify_crews_standalone.__file__, tmp_path / "crews.json"])
    assert alone.returncode == 0


def put_back_in_a_team(document: dict[str, Any], who: str, day: str) -> None:
    stay = next(
        stay
        for row, visit in zip(document["duty"], document["visits"], strict=True)
        for stay in row["stays"]
        if visit["day"] == day and stay["unit"] == UNIT and who not in stay["team"]
    )
    stay["team"] = sorted([who, *stay["team"][1:]])


def say_nobody_is_away(document: dict[str, Any], who: str, day: str) -> None:
    document["given"]["away"] = []


def say_others_were_drawn(document: dict[str, Any], who: str, day: str) -> None:
    for team in document["given"]["teams"]:
        if team[0] == UNIT:
            team[2] = sorted({f"{UNIT}-P3", f"{UNIT}-P4"})


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (put_back_in_a_team, "violation"),
        (put_back_in_a_team, "teams"),
        (say_nobody_is_away, "case"),
        (say_others_were_drawn, "draws-other"),
        (say_others_were_drawn, "before-other"),
    ],
)
def test_a_forged_version_is_refused(
    tables: Tables, published: Planned, tmp_path: Path, forge: Callable[[dict[str, Any], str, str], None], code: str
) -> None:
    who, day = f"{UNIT}-P0", someone_on_duty(published)[1]
    done = version(published, away(who, day)).planned
    write_outputs(done, tmp_path)
    document = plan_document(done, tmp_path)
    forge(document, who, day.isoformat())
    (tmp_path / "plan.json").write_text(as_text({**document, "sha256": seal_of(document)}), encoding="utf-8")
    write_outputs(published, tmp_path / "before")
    found = verify_plan(tmp_path / "plan.json", Path("unused"), tables=tables, before=tmp_path / "before" / "plan.json")
    assert code in {problem.code for problem in found}
    if code == "violation":
        assert any("is away" in problem.detail and who in problem.detail for problem in found)


def test_an_absent_person_in_the_drawn_teams_is_found_from_the_file_alone(published: Planned, tmp_path: Path) -> None:
    who, day = someone_on_duty(published)
    write_outputs(version(published, away(who, day)).planned, tmp_path)
    book = json.loads((tmp_path / "crews.json").read_text("utf-8"))
    draw = next(d for d in book["draws"] if d["date"] == day.isoformat() and d["unit"] == UNIT)
    assert [c[1] for c in draw["candidates"] if c[0] == who] == [[False, False]]
    draw["teams"][0]["seats"][0][0] = who
    (tmp_path / "crews.json").write_text(json.dumps(book), encoding="utf-8")
    assert ("teams", f"{UNIT} {day}") in verify_crews_standalone.check_file(str(tmp_path / "crews.json"))


def test_absences_add_up_from_version_to_version_and_the_documents_give_the_plans_again(
    tables: Tables, published: Planned
) -> None:
    who, day = someone_on_duty(published)
    first = version(published, away(who, day)).planned
    other = next(name for name in (f"{UNIT}-P{n}" for n in range(5)) if name != who)
    read = restore_tables(json.loads(as_text(plan_document(first))), tables)
    second = version(read, away(other, day, half="am"))
    assert second.planned.given.away == tuple(sorted((AwayDay(who, day), AwayDay(other, day, "am"))))
    then, _, _ = prepare_tables(filed(tables, *absence(who, day), *absence(other, day, half="am")), MONTH)
    assert then.case is not None
    assert then.roster is not None
    assert np.array_equal(second.planned.result.case.capacity, then.case.capacity)
    assert second.planned.result.roster is not None
    assert second.planned.result.roster.content_hash() == then.roster.content_hash()
    # One crew of trained people is left for half a day, and what stands fills it.
    assert second.found["changed_visits"] == []
    third = version(second.planned, {"kind": "emergency", "site": "S6", "days": [DAYS[4].isoformat()]}).planned
    for made in (second.planned, third):
        on_day = {v.id: int(made.result.case.days[v.day] == day) for v in made.result.visits}
        assert not any(who in team for (_, visit), team in teams(made).items() if on_day[visit])
        again = restore_tables(json.loads(as_text(plan_document(made))), tables)
        assert again.given == made.given
        assert again.result.plan_hash == made.result.plan_hash
        assert again.result.violations == 0
        assert again.team_draws == made.team_draws
    with pytest.raises(InputError, match="不在岗"):
        event_from(away(who, day), third)


def test_what_is_given_is_read_as_it_was_written() -> None:
    given = replace(NOTHING, away=(AwayDay("P", DAYS[0], "am"),))
    assert given_from(json.loads(json.dumps(given_json(given)))) == given
    part = given_json(given)
    assert part is not None
    with pytest.raises(ValueError, match="no part of a day"):
        given_from({**part, "away": [["P", "2026-06-01", "night"]]})
    with_none = {key: value for key, value in part.items() if key not in ("away", "teams")}
    assert given_from(with_none) == NOTHING  # as plans were written before


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"inspector": "NOBODY"}, "没有检查人员"),
        ({"unit": "HBJ"}, "没有检查人员"),
        ({"days": ["2026-06-06", "2026-06-07"]}, "工作日"),
        ({"days": ["2026-07-01"]}, "工作日"),
        ({"days": ["soon"]}, "请对照说明修改"),
        ({"half": "night"}, "half"),
        ({"inspector": f"{UNIT}-P1"}, "不在岗"),
        ({"inspector": "HELPER"}, "不在岗"),
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(
    tables: Tables, published: Planned, event: dict[str, Any], words: str
) -> None:
    off = absence(f"{UNIT}-P1", *published.result.case.days)
    helper = replace(tables.inspectors[0], inspector_id="HELPER", agency_id=UNIT, role="auxiliary")
    known = replace(filed(tables, *off), inspectors=(*tables.inspectors, helper))
    planned = plan_tables(known, MONTH) if words == "不在岗" else published
    with pytest.raises(InputError, match=words) as found:
        event_from({**away(f"{UNIT}-P0", DAYS[0]), **event}, planned)
    assert " / " in str(found.value)


def test_no_words_name_the_person(published: Planned) -> None:
    who, day = someone_on_duty(published)
    done = version(published, away(who, day, half="am"))
    event = event_from(away(who, day, half="am"), published)
    assert event_zh(event, published.result.case) == f"区市场监督管理局 {day}上午 一名检查人员缺勤"
    said = json.dumps([done.planned.result.notes, done.found], ensure_ascii=False)
    names = [row.name for row in published.tables.inspectors if row.inspector_id == who]
    assert not any(word in said for word in (who, *names))


@pytest.mark.slow
def test_ninety_absences_move_as_few_visits_as_a_model_of_the_whole_month_or_all_plans_do() -> None:
    changes = []
    for seed in range(90):
        few = seed % 3 == 0
        book = random_book(seed, *((3, 2) if few else (10, 4)), share=0.8)
        placed = np.flatnonzero(book.day >= 0).tolist()
        if placed:
            r, case = random.Random(seed), book.case
            unit = case.tasks[r.choice(placed)].unit
            rows = [n for n, row in enumerate(case.rows) if row.unit == unit]
            capacity, staffed = case.capacity.copy(), case.staffed.copy()
            capacity[rows] = capacity[rows] * r.randrange(3) // 4
            staffed[[n for n in range(case.n_tasks) if case.tasks[n].unit == unit and r.random() < 0.3]] = False
            kept = np.minimum(case.plan_capacity, capacity)
            left = replace(case, capacity=capacity, plan_capacity=kept, staffed=staffed)
            changes.append(judged(book, Away(unit, "P", case.days, "day", left), by_enumeration=few))
    assert sum(n >= 0 for n in changes) > 60
    assert sum(n == 0 for n in changes) > 5
    assert sum(n > 1 for n in changes) > 5


def test_what_stands_may_fill_the_crews_that_are_left_unless_its_day_cannot_be_walked() -> None:
    case = small(task("t0", "s0", "a", minutes=240), task("t1", "s1", "a"))
    book = Book(case, plan_of(case, t0=0, t1=1))
    there = case.capacity.copy()
    n = case.rows.index(CapacityRow("a"))
    there[n, 0] = 17
    event = Away("a", "P", DAYS[:1], "day", replace(case, capacity=there, plan_capacity=there))
    changed = apply_event(book, event)
    assert int(changed.case.plan_capacity[n, 0]) == 17
    assert replan(book, event).changed == ()
    less = {(CapacityRow("a"), DAYS[0]): 12}
    done = replan(book, event, limits=less)
    assert done.changed == ((0, 0),)
    assert not done.proven


def test_who_is_pinned_by_the_input_stays_where_another_can_go() -> None:
    tasks = task("t0", "s0", "a", pinned=DAYS[0]), task("t1", "s1", "a")
    case = small(*tasks)
    book = Book(case, plan_of(case, t0=0, t1=0))
    there = case.capacity.copy()
    there[case.rows.index(CapacityRow("a")), 0] = 4
    left = replace(case, capacity=there, plan_capacity=there)
    assert replan(book, Away("a", "P", DAYS[:1], "day", left)).changed == ((1, 0),)
    free = replace(left, tasks=tuple(replace(one, pinned=None) for one in left.tasks))  # pinned by publishing alone
    assert len(replan(book, Away("a", "P", DAYS[:1], "day", free)).changed) == 1
    nobody = replace(left, staffed=np.zeros_like(left.staffed) | (np.arange(case.n_days) > 0))
    assert replan(book, Away("a", "P", DAYS[:1], "day", nobody)).changed == ((0, 0), (1, 0))


def moved_together(tmp_path: Path) -> Planned:
    """Plan two crews' worth of stays of an hour and three quarters on one day, moved there by hand."""
    raw = district()
    raw["items"][0]["minutes"] = 105
    raw["filings"] = [{**raw["filings"][0], "sites": "S1;S2;S3"}]
    planned = plan_tables(tables_of(raw, tmp_path), MONTH)
    moves = [Change("move", visit=visit.id, day=DAYS[2]) for visit in planned.result.visits]
    return revise(planned, apply_changes(planned, moves))


def test_a_day_that_cannot_be_walked_with_the_crews_left_gives_up_one_visit(tmp_path: Path) -> None:
    # One crew is left with 24 quarter-hours for three stays of seven and more: two fit, one in each half.
    planned = moved_together(tmp_path)
    (load,) = {int(n) for n in loads_of(planned.result.case, planned.result.plan or Plan(np.array([])))[:, 2] if n}
    assert load <= 24
    done = version(planned, away(f"{UNIT}-P0", DAYS[2]))
    assert len(done.found["changed_visits"]) == 1
    assert not done.found["proven"]
    assert done.planned.result.violations == 0
    held = Held({task.id: DAYS[2].isoformat() for task in planned.result.case.tasks})
    moved = {one["task"] for one in done.found["diff"]}
    kept = version(planned, away(f"{UNIT}-P0", DAYS[2]), held).held
    assert set(kept.pinned) == set(held.pinned) - moved
    assert moved


def test_after_plans_were_accepted_an_absence_moves_what_publishing_has_pinned(tables: Tables) -> None:
    two = replace(
        tables, inspectors=tuple(r for r in tables.inspectors if r.inspector_id not in (f"{UNIT}-P3", f"{UNIT}-P4"))
    )
    planned = plan_tables(two, MONTH)
    late = replace(tables.filings[0], filing_id="F-L", sites=("S6",), ref=RowRef("filings", 99))
    two = replace(two, filings=(*two.filings, late))
    done = admit(planned, book_of(planned), Held(), two).planned
    assert done.given.published
    hits = {
        done.result.case.days[v.day]
        for v in done.result.visits
        if UNIT in {done.result.case.units[u].id for u in v.units}
    }
    for hit in sorted(hits):
        one = version(done, away(f"{UNIT}-P0", hit))
        if not one.found["changed_visits"]:  # two are left, and two are a crew
            break
    after = version(one.planned, away(f"{UNIT}-P1", hit))  # one is left, and one is no crew
    assert after.found["changed_visits"]
    assert after.found["proven"]
    result = after.planned.result
    assert result.plan is not None
    assert not check_plan(result.case, result.plan)
    assert not any(
        unit == UNIT and result.case.days[next(v.day for v in result.visits if v.id == visit)] == hit
        for unit, visit in teams(after.planned)
    )
    assert {(v.site, v.day) for v in after.planned.given.published} != {(v.site, v.day) for v in done.given.published}
    again = restore_tables(json.loads(as_text(plan_document(after.planned))), two)
    assert again.result.plan_hash == result.plan_hash
    stop = {"kind": "emergency", "site": result.case.sites[result.visits[-1].site].id}
    last = result.case.days[result.visits[-1].day]
    assert version(after.planned, {**stop, "days": [last.isoformat()]}).found["changed_visits"]


def test_an_input_pin_that_cannot_be_kept_makes_no_version(tmp_path: Path) -> None:
    raw = district()
    raw["inspectors"] = [row for row in raw["inspectors"] if row["inspector_id"] not in (f"{UNIT}-P2", f"{UNIT}-P3")]
    raw["pins"] = [{"pin_id": "L1", "site_id": "S3", "agency_id": UNIT, "date": DAYS[2], "state": "已公布"}]
    planned = plan_tables(tables_of(raw, tmp_path), MONTH)
    with pytest.raises(UnlawfulChangeError, match="锁定"):
        version(planned, away(f"{UNIT}-P0", DAYS[2]))

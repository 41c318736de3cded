"""Frames have the columns that are declared, hold what the plan holds and no more, and come back from their files."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from planner.domain.errors import InputError
from planner.frames import FRAMES, frames_of, frames_of_file, frames_of_whatifs, read_frame, write_frames
from planner.report.frames.schema import frame
from planner.service import Base, Planned, compare_plans, describe, plan_month, play, played_json, read_scenarios
from tests.cli.district import MONTH, content, district, run, workbook
from tests.frames.conftest import SECRET, raw_month

OF_PLAN = [name for name in FRAMES if name not in ("scenarios", "effects")]


@pytest.fixture(scope="module")
def frames(planned: Planned) -> dict[str, pd.DataFrame]:
    return frames_of(planned)


@pytest.mark.parametrize("name", OF_PLAN)
def test_a_frame_has_the_declared_columns_dtypes_and_some_rows(frames: dict[str, pd.DataFrame], name: str) -> None:
    assert len(frames[name])
    assert {key: str(dtype) for key, dtype in frames[name].dtypes.items()} == {c.key: c.dtype for c in FRAMES[name]}


def test_every_column_says_what_it_means() -> None:
    for name, columns in FRAMES.items():
        assert len({c.key for c in columns}) == len(columns), name
        assert all(c.zh and c.en for c in columns), name
        assert all(c.unit for c in columns if c.key in ("minutes", "capacity", "load", "tasks", "day")), name


def test_the_frames_agree_with_the_plan_and_with_each_other(planned: Planned, frames: dict[str, pd.DataFrame]) -> None:
    told, case = describe(planned), planned.result.case
    visits, stays, tasks, left = (frames[name] for name in ("visits", "stays", "tasks", "left_out"))
    assert len(visits) == told["entries_in_month"]
    assert visits["joint"].sum() == told["joint_visits"] > 0
    assert len(tasks) == case.n_tasks
    assert tasks["outcome"].value_counts().to_dict() == {"done": told["scheduled"], "left_out": told["left_out"]}
    assert set(left["task_id"]) == set(tasks.loc[tasks["outcome"] == "left_out", "task_id"])
    assert len(frames["left_out_days"]) == left["days"].sum()
    by_visit = stays.groupby("visit_id").agg(units=("unit", "size"), tasks=("tasks", "sum"), minutes=("minutes", "max"))
    one = visits.set_index("visit_id")[["units", "tasks", "minutes"]]
    assert by_visit.sort_index().equals(one.sort_index())
    filed = frames["filings"].set_index("filing_id")
    assert filed["tasks"].sum() == filed[["done", "waiting", "left_out"]].sum().sum() == case.n_tasks
    assert filed.loc["F-X", "left_out"] == 1
    prices = frames["prices"]
    crews = prices[(prices["level"] == "entries") & ~prices["half_days"] & (prices["skill"] == "")]
    assert crews["load"].sum() == stays["minutes"].sum() // 15
    kpis = frames["kpis"].set_index(["cut", "key", "figure"])["value"]
    assert kpis["month", "", "entries"] == len(visits)
    assert kpis["agency", "SCJG", "minutes"] == stays.loc[stays["agency_id"] == "SCJG", "minutes"].sum()


def test_what_is_unannounced_changes_no_frame(
    planned: Planned, frames: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    other = plan_month(workbook(tmp_path / "来源.xlsx", raw_month(unannounced=False)), MONTH)
    assert planned.hidden is not None
    assert other.hidden is None
    assert any(row.filing_id == SECRET for row in planned.tables.filings)
    for name, one in frames_of(other).items():
        assert one.equals(frames[name]), name


def test_an_agency_gets_its_own_part(planned: Planned, frames: dict[str, pd.DataFrame]) -> None:
    part = frames_of(planned, "agency", "HBJ")
    assert part.keys() == {"tasks", "visits", "stays", "left_out", "left_out_days"}
    assert set(part["tasks"]["agency_id"]) == {"HBJ"}
    assert 0 < len(part["visits"]) < len(frames["visits"])
    with_it = set(frames["stays"].loc[frames["stays"]["agency_id"] == "HBJ", "visit_id"])
    assert set(part["visits"]["visit_id"]) == set(part["stays"]["visit_id"]) == with_it
    assert part["left_out"].empty
    public = frames_of(planned, "public")
    assert public["stays"].empty
    with pytest.raises(InputError, match="HBJ"):
        frames_of(planned, "agency", "NONE")


def test_a_file_gives_the_frames_of_its_run_and_a_redacted_one_no_more(
    plan_file: Path, source: Path, frames: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    for name, one in frames_of_file(plan_file, source).items():
        assert one.equals(frames[name]), name
    document = content(plan_file)
    document["certificates"], document["reasons"], document["duty"] = [], [], []
    redacted = tmp_path / "plan.json"
    redacted.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    found = frames_of_file(redacted, source)
    assert found["prices"].empty
    assert found["left_out_days"].empty
    assert set(found["left_out"]["rule"]) == {""}
    assert set(found["visits"]["start"]) == set(found["stays"]["inspectors"]) == {""}
    assert len(found["visits"]) == len(frames["visits"])


def test_a_month_without_a_plan_has_frames_without_rows(tmp_path: Path) -> None:
    raw = district()
    raw["filings"] = []
    found = frames_of(plan_month(workbook(tmp_path / "来源.xlsx", raw), MONTH))
    assert list(found) == OF_PLAN
    assert all(one.empty for one in found.values())
    for name, one in found.items():
        assert [str(dtype) for dtype in one.dtypes] == [c.dtype for c in FRAMES[name]]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_frames_come_back_from_their_files(frames: dict[str, pd.DataFrame], tmp_path: Path, kind: str) -> None:
    write_frames(frames, tmp_path, (kind,))  # type: ignore[arg-type]
    for name, one in frames.items():
        pd.testing.assert_frame_equal(read_frame(tmp_path / f"{name}.{kind}"), one, check_exact=kind == "parquet")
    empty = tmp_path / "empty"
    write_frames({"levels": frame("levels", [])}, empty, (kind,))  # type: ignore[arg-type]
    assert read_frame(empty / f"levels.{kind}").empty


def test_no_cell_is_a_formula(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    assert "=化工六厂" in set(frames["visits"]["site"])
    write_frames(frames, tmp_path, ("csv", "xlsx"))
    assert ",=化工六厂" not in (tmp_path / "visits.csv").read_text(encoding="utf-8-sig")
    book = openpyxl.load_workbook(tmp_path / "frames.xlsx")
    assert book.sheetnames == ["columns", *OF_PLAN]
    cells = [cell for row in book["visits"].iter_rows() for cell in row]
    assert any(cell.value == "=化工六厂" and cell.data_type == "s" for cell in cells)
    book.close()


def test_scenarios_and_comparisons_are_frames_too(planned: Planned, tmp_path: Path) -> None:
    text = "name: {}\ntitle: 试\nargues: ''\nchanges:\n  - capacity: {{unit: SCJG, crews: {}}}\n"
    paths = []
    for name, crews in (("more", 1), ("none", -9)):
        file = tmp_path / f"{name}.yaml"
        file.write_text("format: whatif/1\n" + text.format(name, crews), encoding="utf-8")
        (one,) = read_scenarios(file)
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(json.dumps(played_json(planned, play(Base(planned), one))), encoding="utf-8")
    paths.append(tmp_path / "compared.json")
    paths[-1].write_text(json.dumps(compare_plans(planned, planned, "plan.json")), encoding="utf-8")
    found = frames_of_whatifs(paths)
    for name, one in found.items():
        assert {key: str(dtype) for key, dtype in one.dtypes.items()} == {c.key: c.dtype for c in FRAMES[name]}
    assert list(found["scenarios"]["scenario"]) == ["more", "none", "plan"]
    effects = found["effects"].set_index(["scenario", "kind", "figure"])
    same = effects.loc[("plan", "same_service", "entries")]
    assert (same["low"], same["high"], same["word"]) == (0, 0, "none")
    assert effects.loc["more", "measured", :]["low"].isna().all()
    spoiled = tmp_path / "bad.json"
    spoiled.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.json"):
        frames_of_whatifs([spoiled])


def test_the_command_writes_what_is_asked_for(plan_file: Path, source: Path, tmp_path: Path) -> None:
    values = tmp_path / "told.json"
    done = run("frames", plan_file, "--case", source, "--out", tmp_path / "out", "--kind", "xlsx", "--json", values)
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["columns.csv", "frames.xlsx"]
    assert content(values)["frames"]["visits"] == 6
    own = run("frames", plan_file, "--case", source, "--out", tmp_path / "own", "--agency", "HBJ")
    assert own.exit_code == 0, own.output
    assert not (tmp_path / "own" / "prices.csv").exists()
    assert run("frames", plan_file, "--case", source, "--out", tmp_path, "--kind", "ods").exit_code == 2
    with pytest.raises(InputError, match="frames"):
        read_frame(tmp_path / "out" / "frames.xlsx")

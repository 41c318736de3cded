"""The peers: what they hand in is lawful or said to be not, their bounds hold, and ours is never worse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks import bench, compare
from benchmarks.bench_row import measure
from benchmarks.compare_table import BEGIN, END, newest, quality, tables
from benchmarks.families import plant
from benchmarks.history import append, load
from benchmarks.knobs import FAMILIES, HORIZONS
from benchmarks.month_cases import tiny_month
from benchmarks.peers import PEERS
from benchmarks.peers.linear import fewest_entries, textbook
from benchmarks.peers.repair import repair
from benchmarks.plots import exponent, size_plot, time_plot
from planner.checks import check_plan
from planner.checks.objective import objective_of
from planner.cli import app
from planner.cli.commands.bench import Engine, Family, Horizon
from planner.domain.plan import LATER, Plan

SECONDS = 20.0
ASKED = """tasks entries bound_certified bound_solver gap left_out left_out_bound violations seconds seconds_to_first
    peak_mib certificate_ok peer commit versions"""
SEARCHING = ("cpsat", "cpsat-cuts", "mip", "timefold")


def skip_missing(name: str) -> None:
    if PEERS[name].why_missing():
        pytest.skip(PEERS[name].why_missing())


@pytest.mark.parametrize("name", SEARCHING)
def test_the_month_worked_out_by_hand(name: str) -> None:
    """Five entries at best, seven alone: each peer that searches finds them on so small a case."""
    skip_missing(name)
    case = tiny_month().case
    answer = PEERS[name].solve(case, 4.0 if name == "timefold" else 30.0, 0)
    assert answer.day is not None
    assert check_plan(case, Plan(answer.day)) == ()
    objective = objective_of(case, Plan(answer.day))
    assert (objective.left_out, objective.all_entries) == ((0, 0, 0), 5)
    assert answer.bound is None or answer.bound <= 5


def test_alone_counts_every_agency_by_itself() -> None:
    answer = PEERS["alone"].solve(tiny_month().case, 4.0, 0)
    assert answer.own_entries == 7


@pytest.mark.parametrize("family", FAMILIES)
def test_no_bound_of_a_peer_is_above_the_planted_plan(family: str) -> None:
    planted = plant(family, "month", 120, 1)
    known = objective_of(planted.case, planted.plan)
    row = measure(family, "month", 120, 20.0, 1, "mip")
    assert row["violations"] == 0
    assert (*row["left_out"], row["entries"]) <= (*known.left_out, known.all_entries)
    assert 0 < row["bound_solver"] <= row["entries"]


@pytest.mark.parametrize("family", FAMILIES)
def test_cuts_hold_for_the_planted_plan(family: str) -> None:
    planted = plant(family, "month", 300, 2)
    case, day = planted.case, planted.plan.day
    for s in range(len(case.sites)):
        tasks = list(case.tasks_at(s))
        placed = {int(day[t]) for t in tasks if day[t] >= 0}
        others = sum(day[t] < 0 for t in tasks)
        assert len(placed) + others >= fewest_entries(case, s)
    bare, cut = textbook(case, False), textbook(case, True)
    assert not bare.at_least
    assert len(cut.at_least) == len(case.sites)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", SEARCHING)
def test_peers_keep_the_law_of_the_families(family: str, name: str) -> None:
    """Windows, crews with set-up, gaps, caps, not-to-join, waiting: nothing is broken, so nothing needs repair."""
    skip_missing(name)
    row = measure(family, "month", 200, 4.0, 0, name)
    assert row["entries"] is not None, row["notes"]
    assert (row["violations"], row["repaired"]) == (0, 0)
    assert row["peer"] == name
    assert row["certificate_ok"] is None


def test_an_unlawful_plan_is_repaired_by_leaving_out() -> None:
    planted = plant("tight", "month", 300, 0)
    crowded = np.where(planted.plan.day == LATER, LATER, planted.case.window_lo)
    assert check_plan(planted.case, Plan(crowded))
    mended, dropped = repair(planted.case, crowded)
    assert check_plan(planted.case, Plan(mended)) == ()
    assert dropped == (mended != crowded).sum() > 0
    same, none = repair(planted.case, planted.plan.day)
    assert none == 0
    assert (same == planted.plan.day).all()


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_ours_is_never_worse_than_the_best_peer(family: str) -> None:
    """At equal time on a small month; ties are allowed.

    Ours stops by itself, after one to fifteen seconds of a processor. Peers get as long as that took by the clock, so a
    busy machine does not decide.
    """
    ours = measure(family, "month", 300, 4 * SECONDS, 0)
    seconds = max(SECONDS, ours["seconds"])
    assert set(ASKED.split()) <= ours.keys()
    assert (ours["violations"], ours["certificate_ok"], ours["objective_ok"]) == (0, True, True)
    assert family == "overfull" or not any(ours["left_out"])
    for name, peer in PEERS.items():
        if not peer.why_missing():
            row = measure(family, "month", 300, seconds, 0, name)
            assert quality(ours) <= quality(row), (name, quality(ours), quality(row))


def test_the_command_writes_the_row(tmp_path: Path) -> None:
    file = tmp_path / "row.json"
    command = ["bench", "--family", "slack", "--tasks", "100", "--seconds", "5", "--seed", "3", "--json", str(file)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    row = json.loads(file.read_text(encoding="utf-8"))
    assert set(ASKED.split()) <= row.keys()
    assert (row["tasks"], row["seed"], row["violations"], row["certificate_ok"]) == (100, 3, 0, True)
    assert "bound_certified" in done.output


def test_names_agree_wherever_they_are_written_out() -> None:
    assert tuple(FAMILIES) == bench.FAMILY_NAMES == tuple(Family)
    assert HORIZONS == bench.HORIZON_NAMES == tuple(Horizon)
    assert (*PEERS,) == bench.PEER_NAMES == tuple(Engine)[1:]


def test_a_peer_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.peers.timefold.shutil.which", lambda _: None)
    row = measure("tight", "month", 100, 5.0, 0, "timefold")
    assert row["missing"] == "no JDK on this machine"
    assert "| 缺 missing |" in tables([_stored(), {**_stored(), **row, "limit_seconds": 5.0}])


def test_a_run_that_fails_is_a_row_that_says_so() -> None:
    row = bench.run("tight", "month", 100, 5.0, 0, "nobody")
    assert "nobody" in row["failed"]


def _stored(**changed: Any) -> dict[str, Any]:
    row = {"family": "tight", "horizon": "month", "wanted_tasks": 100, "tasks": 100, "limit_seconds": 5.0, "seed": 0}
    row |= {"peer": "ours", "entries": 50, "left_out": [0, 0, 0], "left_out_tasks": 0, "repaired": 0, "seconds": 4.0}
    row |= {"bound_certified": 40, "gap": 0.2, "seconds_to_first": 0.5, "peak_mib": 300, "certificate_ok": True}
    row |= {"commit": "abc", "uncommitted": False, "cores": 2, "versions": {"python": "3"}, "when": "2026-06-01"}
    return {**row, **changed}


def test_tables_show_the_newest_row_of_each_and_the_readme_keeps_its_text(tmp_path: Path) -> None:
    out, readme = tmp_path / "peers.json", tmp_path / "README.md"
    append(out, "2026-06-01", [_stored(entries=60)])
    append(out, "2026-06-02", [_stored(), _stored(peer="mip", entries=None, certificate_ok=None)])
    append(out, "2026-06-02", [_stored(peer="cpsat", left_out=[0, 0, 7], left_out_tasks=3, repaired=2)])
    assert len(newest(load(out))) == 3
    readme.write_text(f"before\n{BEGIN}\nstale\n{END}\nafter\n", encoding="utf-8")
    assert compare.main(["--readme", str(readme), "--out", str(out)]) == 0
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| tight month | 100 | 5 | 40 | **50** | 50 (0; 0; 7), 2 修 repaired |  | 无方案 no plan |" in text
    assert "20.00%" in text
    assert "stale" not in text


def test_plots_fit_the_exponent() -> None:
    sizes = [_stored(wanted_tasks=n, tasks=n, seconds=n * 1e-3, peak_mib=n**0.5) for n in (100, 1000, 10_000)]
    assert exponent([(n, 3.0 * n**1.5) for n in (10, 100, 1000)]) == pytest.approx(1.5)
    assert exponent([(1, 1), (2, 2)]) is None
    assert "s ~ n^1.00" in size_plot(sizes)
    assert "MiB ~ n^0.50" in size_plot(sizes)
    assert size_plot(sizes[:1]) == time_plot(sizes[:1]) == ""
    budgets = [_stored(limit_seconds=s, seconds=s, entries=e) for s, e in ((5.0, 60), (20.0, 50))]
    assert "ours, tight month 100" in time_plot(budgets)


def test_the_grid_asks_every_engine_for_every_case() -> None:
    grid = list(compare.jobs("peers"))
    assert len(grid) == 3 * 3 * 7
    assert {job.peer for job in grid} == {"ours", *PEERS}
    assert {job.tasks for job in compare.jobs("scale")} >= {12_000, 50_000, 1_000_000}
    assert len(list(compare.jobs("all"))) == len(grid) + 63 + len(list(compare.jobs("scale")))


def test_the_brief_grid_has_every_family_size_and_engine_and_can_go_on(tmp_path: Path) -> None:
    jobs = list(compare.jobs("brief"))
    months = {(job.family, job.tasks, job.peer) for job in jobs if job.horizon == "month"}
    assert months >= {(f, n, e) for f in FAMILIES for n in (500, 1_000, 2_000, 5_000) for e in compare.ENGINES}
    assert len({job.tasks for job in jobs if job.horizon == "city"}) >= 4
    assert {(f, h) for f, h, *_ in jobs} >= {("slack", "year"), ("tight", "year"), ("overfull", "year")}
    assert len(jobs) == len(set(jobs))
    done = {"family": "tight", "horizon": "month", "wanted_tasks": 500, "limit_seconds": 4.0, "seed": 0, "commit": "a"}
    stored = [
        {**done, "peer": "ours"},
        {**done, "peer": "mip", "failed": "x"},
        {**done, "peer": "cpsat", "commit": "b"},
    ]
    append(tmp_path / "peers.json", "2026-06-01", stored)
    assert compare.measured_at(load(tmp_path / "peers.json"), "a") == {jobs[0]._replace(family="tight")}

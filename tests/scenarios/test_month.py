"""The demo month, screened and drawn by the real intake: enough to do, enough to merge, and crews that can do it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner.domain.case import CapacityRow, Case
from planner.domain.case_builder import CaseParts, build_case
from planner.intake.make.prepare import prepare_month
from planner.intake.month.outcome import Prepared
from planner.intake.read.reader import read_tables
from planner.rulebook.book import load_rulebook
from scenarios.demo import DEFAULT_SEED, Demo, generate_demo, write_demo
from scenarios.measure import due_tasks, main, sites_with_several_bodies, tasks_per_site, use_of
from scenarios.parameters import DemoParameters
from tests.tiny import PERIOD, agency, site, task

MONTH = str(DemoParameters.read()["district"]["month"])


@pytest.fixture(scope="module")
def demo() -> Demo:
    """The tables and the list of their faults."""
    return generate_demo()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The month as the planner prepares it from the written folder."""
    tables = read_tables(write_demo(tmp_path_factory.mktemp("demo")))
    return prepare_month(tables, MONTH, load_rulebook().at(date.fromisoformat(f"{MONTH}-01")), DEFAULT_SEED)


@pytest.fixture(scope="module")
def case(prepared: Prepared) -> Case:
    """The month's case."""
    assert prepared.case is not None
    return prepared.case


def test_the_month_has_more_than_five_thousand_tasks_to_do(case: Case) -> None:
    due = due_tasks(case)
    assert 5_200 <= len(due) <= 6_000
    assert len(case.tasks) - len(due) >= 300, "tasks that may wait"
    assert len(case.days) == 20, "21 working days less the one that is closed"
    assert case.synthetic


def test_most_sites_have_one_to_four_tasks_and_many_have_something_to_merge(case: Case) -> None:
    per_site = tasks_per_site(case)
    sites = sum(per_site.values())
    assert 2_300 <= sites <= 2_800
    assert max(per_site) <= 8
    assert sum(per_site[count] for count in range(1, 5)) > 0.9 * sites
    assert sites_with_several_bodies(case) > 0.5 * sites


def test_about_half_the_windows_are_the_whole_month(case: Case) -> None:
    due = due_tasks(case)
    width = case.window_hi[due] - case.window_lo[due] + 1
    assert 0.4 < np.mean(width == len(case.days)) < 0.6
    assert width.min() >= 1


def test_agencies_are_busy_and_none_is_overfull(case: Case) -> None:
    """No stretch of days asks more of a unit or skill than its crews have.

    Shares are of all hours that exist: with such stays, ways and half-days crews fill some two thirds of them.
    """
    uses = [use_of(case, row) for row in range(len(case.rows))]
    units = [use.share for use in uses if not use.skill]
    assert max(use.tightest for use in uses) < 0.97
    assert any(use.tightest >= 0.6 for use in uses), "no agency has a busy stretch"
    assert np.median(units) > 0.4
    assert max(units) < 0.95


def test_use_counts_set_up_once_a_site_and_finds_the_tightest_stretch() -> None:
    """By hand: two tasks at one site and one at another, one crew of 24 quarters a day on two days."""
    first, second = date(2026, 6, 1), date(2026, 6, 2)
    tiny = build_case(
        CaseParts(
            name="tiny",
            period=PERIOD,
            days=(first, second),
            tasks=[
                task("a", "s1", "u", window=(first, first), minutes=60),
                task("b", "s1", "u", window=(first, first), minutes=45),
                task("c", "s2", "u", window=(first, second), minutes=30),
                task("d", "s2", "u", waits_until=date(2026, 7, 31)),
            ],
            sites=[site("s1"), site("s2")],
            units=[agency("u")],
            capacity={CapacityRow("u"): (24, 24)},
            setup_minutes={"u": 15},
        )
    )
    use = use_of(tiny, 0)
    assert (use.tasks, use.load, use.capacity) == (3, (1 + 4 + 3) + (1 + 2), 48)
    assert use.tightest == 8 / 24
    assert use.stretch == (0, 0)
    assert tasks_per_site(tiny) == {1: 1, 2: 1}


def test_measure_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parameters = DemoParameters.read()
    parameters["district"]["site_count"] = 3000
    main([str(write_demo(tmp_path, parameters=parameters))])
    printed = capsys.readouterr().out
    assert "XF-JD" in printed
    assert "due " in printed


def test_the_month_shows_what_the_planner_can_do(prepared: Prepared, case: Case) -> None:
    tasks = case.tasks
    assert len({task.joint_group for task in tasks} - {""}) >= 1
    assert any(task.follows_fire for task in tasks)
    assert any(task.fire for task in tasks)
    assert any(task.unannounced for task in tasks)
    assert any(task.pinned for task in tasks)
    assert any(task.skill for task in tasks)
    assert case.listed.any()
    assert case.blackout.any()
    assert prepared.off_site
    assert prepared.summons
    assert prepared.deferred
    assert prepared.draws
    assert all(draw.request.committed for draw in prepared.draws), "a draw without commitments"
    rules = {removed.rule for removed in prepared.removed}
    assert rules >= {
        "quiet.site",
        "quiet.item",
        "cap.domain",
        "scope.excluded",
        "fire.exclusivity",
        "frequency.fire",
        "special.with-clue",
        "joint.partners",
    }
    # A pin that the law forbids would leave no lawful plan at all.
    assert all(task.pinned in case.days for task in tasks if task.pinned)


def test_the_faults_of_law_are_found(demo: Demo, prepared: Prepared) -> None:
    """With those of form, each fault that can be seen at all has a finding at its row."""
    found = {(finding.table, finding.row) for finding in prepared.findings}
    unseen = {fault.fault for fault in demo.faults if (fault.table, fault.row) not in found}
    # An item without basis that nobody files, and a date in the future that the month does not reach, do no harm.
    assert unseen == {"missing-basis", "history-in-future"}


def test_refused_filings_make_no_task(prepared: Prepared, case: Case) -> None:
    codes = {finding.code for finding in prepared.findings}
    assert {"law.secret", "law.out-of-scope", "law.item-unclaimed-soft", "law.quiet-item"} <= codes
    filed = {filing for task in case.tasks for filing in task.filings}
    refused = {"GA-ZA-2606-91", "SCJG-SP-2606-91", "WJ-JD-2606-91", "HJ-ZF-2606-91", "SCJG-SP-2606-93"}
    assert not filed & refused


def test_people_and_hours_of_the_month_all_have_something_to_bite_on(prepared: Prepared, case: Case) -> None:
    roster = prepared.roster
    assert roster is not None
    assert len(roster.inspectors) >= 200
    assert len({(who, place) for who, place, _ in roster.recused}) >= 5, "recusals at sites that are due"
    assert (roster.present[:, :, 0] != roster.present[:, :, 1]).any(), "absences of half a day"
    whole = roster.present.any(axis=2)
    assert (whole[:, 0] & ~whole[:, -6:].any(axis=1)).any(), "a certificate that runs out in the month"
    assert int(roster.outside_hours.sum()) >= 10
    assert int((roster.minds_quiet & roster.quiet[case.site_of].any(axis=1)).sum()) >= 100
    assert roster.balanced.any()
    assert not roster.balanced.all()
    venues = np.unique(case.site_of[roster.outside_hours])
    assert (case.longest_visit[venues] >= 12).all(), "their mornings are free"

"""A drawn site that vanishes, or one that slips in, stops the month before anything is planned."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from planner.intake.month.outcome import Prepared
from planner.service.month.drawn import drawn_kept
from planner.service.month.planning import prepare_source
from scenarios.demo import write_demo


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder: Path = tmp_path_factory.mktemp("demo")
    return prepare_source(write_demo(folder), "2026-06", None)[1]


def test_the_demo_months_draws_are_kept(prepared: Prepared) -> None:
    assert prepared.draws
    assert drawn_kept(prepared) == []


def test_a_drawn_site_without_its_task_and_a_task_never_drawn_are_found(prepared: Prepared) -> None:
    assert prepared.case is not None
    case = prepared.case
    gone = next(t for t in case.tasks if t.drawn and len(t.filings) == 1)
    fewer = replace(case, tasks=tuple(t for t in case.tasks if t is not gone))
    assert [(p.code, p.site_id) for p in drawn_kept(replace(prepared, case=fewer))] == [("dropped", gone.site)]
    stranger = next(s.id for s in case.sites if s.id not in {t.site for t in case.tasks if t.filings == gone.filings})
    more = replace(case, tasks=(*case.tasks, replace(gone, id="stranger", site=stranger)))
    found = [(p.code, p.site_id) for p in drawn_kept(replace(prepared, case=more))]
    assert found in ([("added", stranger)], [("swapped", stranger)])


def test_a_prepared_month_can_be_handed_to_another_process(prepared: Prepared) -> None:
    assert drawn_kept(pickle.loads(pickle.dumps(prepared))) == []

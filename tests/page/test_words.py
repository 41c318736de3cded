"""No word of the service reaches the screen in its own code: each has its name in the page."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import get_args

from api.desk.published.replan_models import AnyEvent, VisitEvent
from api.desk.published.suggesting import DECLINES
from api.desk.published.triggered_models import CodeState, Source
from api.jobs.run import KINDS
from api.jobs.worker import KINDS_MODULES
from api.page_build import PAGE
from planner.intake.read.consultation import REASONS
from planner.intake.tables.schema import HISTORY

TEXT = (PAGE / "src" / "text.ts").read_text(encoding="utf-8")
API = Path(__file__).parents[2] / "api"


def _names(table: str) -> set[str]:
    body = re.search(rf"const {table}: Record<string, string> = \{{(.*?)\}}\n", TEXT, re.DOTALL)
    assert body is not None
    return set(re.findall(r"'?([\w.-]+)'?: '", body[1]))


def test_every_action_of_the_log_has_a_name() -> None:
    written = set()
    for path in API.rglob("*.py"):
        for call in re.findall(r"log\.append\((?:[^()]|\([^()]*\))*", path.read_text(encoding="utf-8")):
            written |= set(re.findall(r'(?<!f)"([a-z]+\.[a-z-]+)"', call))
    assert len(written) > 10
    assert written - _names("ACTIONS") == set()


def test_every_kind_of_job_has_a_name() -> None:
    for module in KINDS_MODULES:
        importlib.import_module(module)
    assert KINDS
    assert set(KINDS) - _names("JOB_KINDS") == set()


def test_the_results_of_earlier_checks_are_the_workbooks() -> None:
    choices = HISTORY.column("result").choices
    body = re.search(r"const RESULTS: Record<string, string> = \{(.*?)\}", TEXT)
    assert body is not None
    assert dict(re.findall(r"(\w+): '([^']+)'", body[1])) == dict(choices)


def test_the_reasons_for_declining_are_the_services() -> None:
    text = (PAGE / "src" / "rides.ts").read_text(encoding="utf-8")
    assert dict(re.findall(r"(\w+): '([^']+)'", text)) == DECLINES


def test_the_reasons_in_a_consultation_are_the_services() -> None:
    text = (PAGE / "src" / "rounds.ts").read_text(encoding="utf-8")
    body = text[text.index("const REASONS") :]
    assert dict(re.findall(r"(\w+): '([^']+)'", body[: body.index("}")])) == dict(REASONS)


def test_the_sources_and_events_of_living_with_the_plan_are_the_services() -> None:
    text = (PAGE / "src" / "events.ts").read_text(encoding="utf-8")

    def names(table: str) -> set[str]:
        body = re.search(rf"const {table}: Record<string, string> = \{{(.*?)\}}\n", text, re.DOTALL)
        assert body is not None
        return set(re.findall(r"(\w+): '", body[1]))

    assert names("SOURCES") == set(get_args(Source))
    assert names("CODE_STATES") == set(get_args(CodeState))
    kinds = {
        kind for event in get_args(get_args(AnyEvent)[0]) for kind in get_args(event.model_fields["kind"].annotation)
    }
    # A new task has to be filed first, and a result comes with the results: neither is replanned from the page.
    assert names("EVENTS") == kinds - {"new_task", "done"}
    # A partner that does not come is told by the coordinator; of its own visit and people an agency tells the rest.
    assert names("REPORTS") == set(get_args(VisitEvent.model_fields["kind"].annotation)) - {"no_show"} | {"away"}

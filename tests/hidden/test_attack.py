"""An attack: from all that a stranger and another agency can ask, they guess on which day an unannounced check comes.

They know that one comes at S7 and may ask for the public list with its cursors, visits, gate, ledger and suggestions of
every day, and book. Over many lots the days that these answers leave are all but that with a visible entry, and the
true day is no likelier than any of them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest

from planner.domain.plan import LEFT_OUT
from planner.intake.read.reader import read_tables
from planner.operations.gate import Gate
from planner.operations.ledger import ledger_of
from planner.operations.suggest import suggest
from planner.report.figures.summary import visits_json
from planner.service import Planned, book_of, plan_tables
from planner.service.month.hidden import hide
from planner.service.month.planning import crew_seeds
from tests.cli.district import MONTH, district, workbook

WORLDS = 200


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """YJJ has a task at S7 that waits, SCJG an unannounced check there."""
    raw = district()
    raw["sites"].append({**raw["sites"][0], "site_id": "S7", "name": "食品七厂", "industry": "食品"})
    raw["items"].append({**raw["items"][0], "item_id": "SCJG-9", "name": "突击事项"})
    late = {"window_from": date(2026, 6, 1), "window_to": date(2026, 7, 31)}
    raw["filings"].append({**raw["filings"][1], "filing_id": "F-L", "sites": "S7", **late})
    raw["filings"].append(
        {**raw["filings"][0], "filing_id": "A-X", "items": "SCJG-9", "sites": "S7", "unannounced": "是"}
    )
    return plan_tables(read_tables(workbook(tmp_path_factory.mktemp("month") / "申报.xlsx", raw)), MONTH)


def asked(planned: Planned) -> str:
    """Return all that the month tells a stranger and YJJ of S7, day by day."""
    book, law = book_of(planned), planned.rulebook
    told: list[Any] = [visits_json(planned.result, "public", names=planned.names)]
    told += [repr(Gate(book, law).ask("YJJ", "S7", day)) for day in book.case.days]
    told += [repr(ledger_of(book, law, "S7", "YJJ")), repr(suggest(book, law, "S7", "YJJ"))]
    return json.dumps(told, ensure_ascii=False, default=str)


def test_no_answer_helps_to_guess_the_day(month: Planned) -> None:
    seeds = crew_seeds(month.result.seed, month.given)
    told, days = set[str](), Counter[date]()
    for seed in range(WORLDS):
        hidden = hide(month.result, month.tables, MONTH, month.rulebook, seeds, lot=Random(seed))
        assert hidden is not None
        (day,) = hidden.days.values()
        assert day is not None
        days[day] += 1
        if seed < 5:
            told.add(asked(month))
    assert len(told) == 1  # whatever the lot: so no guess does better than the likeliest day
    open_days = len(month.result.case.days)
    mean = WORLDS / open_days
    assert len(days) == open_days
    # The likeliest of that many equally likely days, were it known, comes up within four deviations of the mean.
    assert max(days.values()) < mean + 4 * math.sqrt(mean)


def test_the_day_can_be_told_where_nothing_is_mended(month: Planned) -> None:
    """Asked of a book in which the check hides from nobody, the gate gives its day away: the attack works."""
    assert month.hidden is not None
    result = month.hidden.months["SCJG"]
    (day,) = month.hidden.days.values()
    assert result.plan is not None
    book = book_of(Planned(result, month.prepared, month.tables, month.rulebook, MONTH, month.source))
    book.hidden_from = lambda parent, site: frozenset()  # type: ignore[method-assign]
    refused = [on for on in book.case.days if Gate(book, month.rulebook).ask("YJJ", "S7", on).verdict == "no"]
    assert refused == [day]
    assert int(np.sum(result.plan.day != LEFT_OUT)) > 0

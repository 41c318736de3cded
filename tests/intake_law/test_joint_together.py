"""Joint filings come together or not at all; whatever keeps them apart is told by name before planning."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planner.domain.finding import Finding
from planner.intake.month.outcome import Prepared
from planner.intake.tables.records import FilingRow
from planner.intake.words.catalogue import render
from tests.intake_law.build import (
    agency,
    codes,
    filing,
    item,
    june,
    past,
    pin,
    prepare,
    removed_by,
    site,
    tasks,
    waiver,
)
from tests.pairs import lawful, unlawful

BODIES = [agency("GA", "A02"), agency("WJ", "A05"), agency("CG", "A09")]
ITEMS = [item("G", "GA"), item("W", "WJ"), item("C", "CG")]
FRIDAY, SUNDAY, MONDAY = june(12), june(14), june(15)


def joint(name: str, unit: str, *partners: str, **cells: Any) -> FilingRow:
    return filing(name, unit, kind="joint", items=(unit[0],), partners=partners, **cells)


def both(first: dict[str, Any], second: dict[str, Any]) -> list[FilingRow]:
    """Return two joint filings that name each other."""
    return [joint("FG", "GA", "WJ", **first), joint("FW", "WJ", "GA", **second)]


def month(filings: list[FilingRow], **rows: Any) -> Prepared:
    return prepare(agencies=BODIES, items=ITEMS, filings=filings, **rows)


def groups(prepared: Prepared) -> dict[str, str]:
    return {task.filings[0]: task.joint_group for task in tasks(prepared)}


def told(prepared: Prepared, code: str) -> Finding:
    (found,) = [finding for finding in prepared.findings if finding.code == code]
    return found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"window_to": june(9)}, {"window_from": june(10)}),
        ({"window_to": SUNDAY}, {"window_from": date(2026, 6, 13)}),  # they share a weekend only
    ],
)
@unlawful("joint.partners")
def test_windows_that_do_not_meet_are_told_by_name_and_nobody_goes_alone(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    prepared = month(both(first, second))
    assert groups(prepared) == {"FG": "J-FG", "FW": "J-FG"}
    assert "law.partner-missing" not in codes(prepared), "both have a task of their own"
    finding = told(prepared, "law.joint-windows-apart")
    for lang in ("zh", "en"):
        _, message, _ = render(finding, lang)
        assert all(name in message for name in ("GA", "FG", "WJ", "FW", str(first["window_to"])))


@lawful("joint.partners")
def test_one_open_day_in_common_is_enough() -> None:
    prepared = month(both({"window_to": FRIDAY}, {"window_from": FRIDAY}))
    assert groups(prepared) == {"FG": "J-FG", "FW": "J-FG"}
    assert not codes(prepared) & {"law.joint-windows-apart", "law.partner-missing", "law.partner-not-along"}


@unlawful("joint.partners")
def test_a_site_that_is_closed_on_the_only_common_day_keeps_them_apart() -> None:
    closed = [site(blackout_days=((FRIDAY, FRIDAY),))]
    prepared = month(both({"window_to": FRIDAY}, {"window_from": FRIDAY}), sites=closed)
    assert "law.joint-windows-apart" in codes(prepared)


def test_three_of_which_each_two_meet_but_not_all_are_told_together() -> None:
    """11 to 12, 12 to 15 and 15 to 16 June: no day for all three."""
    windows = {"GA": (11, 12), "WJ": (12, 15), "CG": (15, 16)}
    filings = [
        joint(f"F{unit[0]}", unit, *(windows.keys() - {unit}), window_from=june(low), window_to=june(high))
        for unit, (low, high) in windows.items()
    ]
    prepared = month(filings)
    assert set(groups(prepared).values()) == {"J-FC"}
    assert told(prepared, "law.joint-windows-apart").params["windows"].count("~") == 3


def test_a_plain_filing_of_the_partner_is_not_held_up_by_windows_that_do_not_meet() -> None:
    prepared = month(
        [joint("FG", "GA", "WJ", window_to=june(9)), filing("FW", "WJ", items=("W",), window_from=june(10))]
    )
    assert groups(prepared) == {"FG": "", "FW": ""}
    assert "law.partner-missing" not in codes(prepared)
    assert "FW" in told(prepared, "law.partner-not-along").params["why_zh"]


def test_a_published_visit_stays_and_holds_nobody_back() -> None:
    prepared = month(both({"window_to": june(9)}, {"window_from": june(10)}), pins=[pin("P", june(8), "GA")])
    assert groups(prepared) == {"FG": "", "FW": ""}
    assert told(prepared, "law.joint-windows-apart").params["then_en"].startswith("what is published stays")


LATER = {"window_from": date(2026, 7, 1), "window_to": date(2026, 7, 10)}


@lawful("joint.partners")
def test_a_joint_check_waits_for_a_partner_whose_window_opens_later() -> None:
    prepared = month(both({"window_to": date(2026, 7, 3)}, LATER))
    assert not tasks(prepared)
    (waiting,) = prepared.deferred
    assert waiting.filings == ("FG",)
    assert waiting.waits_until == date(2026, 7, 3)
    assert told(prepared, "law.joint-later").params["other"] == "WJ FW"


@unlawful("joint.partners")
def test_a_partner_that_comes_only_after_the_window_is_told_and_the_check_not_done() -> None:
    prepared = month(both({"window_to": june(30)}, LATER))
    assert not tasks(prepared)
    assert not prepared.deferred
    assert "law.partner-missing" not in codes(prepared)
    assert removed_by(prepared) == {"joint.partners"}
    (gone,) = prepared.removed
    assert "FG" in gone.zh
    assert "FW" in gone.en


def test_no_task_of_its_own_is_said_only_where_it_is_true() -> None:
    lead = joint("FG", "GA", "WJ")
    assert "law.partner-missing" in codes(month([lead]))
    gone = month([lead, joint("FW", "WJ", "GA")], history=[past(june(1), "WJ", items=("W",))])
    off_site = month([lead, filing("FW", "WJ", items=("W",), mode="off_site")])
    secret = month([lead, filing("FW", "WJ", items=("W",), unannounced=True)])
    for prepared in (gone, off_site, secret):
        assert "law.partner-missing" not in codes(prepared)
        assert told(prepared, "law.partner-not-along").params["partner"] == "WJ"


def listed(*opted_in: str) -> list[Any]:
    return [site(join="discouraged", opted_in=opted_in)]


@lawful("join.not")
def test_partners_that_have_all_decided_to_join_are_tied_at_a_not_to_join_site() -> None:
    prepared = month(both({}, {}), sites=listed("GA", "WJ"))
    assert groups(prepared) == {"FG": "J-FG", "FW": "J-FG"}
    assert "law.joint-undecided" not in codes(prepared)


@lawful("join.not")
def test_a_signed_waiver_is_as_good_as_a_decision() -> None:
    prepared = month(both({}, {}), sites=listed("GA"), waivers=[waiver("join.not", agency_id="WJ")])
    assert all(task.opted_in for task in tasks(prepared))
    assert "law.joint-undecided" not in codes(prepared)


@unlawful("join.not")
@pytest.mark.parametrize("decided", [(), ("GA",), ("WJ",)])
def test_where_a_partner_has_not_decided_they_stay_tied_and_the_missing_ones_are_named(
    decided: tuple[str, ...],
) -> None:
    """All or none: tied, so that the checker lets neither come, and the reason names the other."""
    prepared = month(both({}, {}), sites=listed(*decided))
    assert groups(prepared) == {"FG": "J-FG", "FW": "J-FG"}
    named = told(prepared, "law.joint-undecided").params["agencies"].split("、")
    assert set(named) == {"GA", "WJ"} - set(decided)


def test_a_published_visit_at_a_not_to_join_site_stays_although_a_partner_has_not_decided() -> None:
    prepared = month(both({}, {}), sites=listed("GA"), pins=[pin("P", june(8), "GA")])
    assert groups(prepared) == {"FG": "", "FW": ""}
    assert told(prepared, "law.joint-undecided").params["then_en"].startswith("what is published stays")

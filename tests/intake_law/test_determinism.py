"""The order of rows never matters; the catalogue knows every code and each message can be shown."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from planner.domain.finding import Finding, FindingType
from planner.intake.make.prepare import prepare_month
from planner.intake.tables.records import Tables
from planner.intake.words.catalogue import render
from planner.intake.words.law import LAW_FINDING_TYPES
from tests.intake_law.build import (
    MONTH,
    agency,
    filing,
    grade,
    inspector,
    item,
    june,
    listed,
    past,
    pin,
    rulebook,
    scoped,
    site,
    tables,
    waiver,
)


def district() -> Tables:
    """Return a small district in which most rules have something to do."""
    towns = ("朱泾镇", "枫泾镇")
    agencies = [
        agency("SCJG"),
        agency("XF", "A03"),
        agency("WL", "A06"),
        agency("GA", "A02"),
        agency("T", "A09", level="town", town="朱泾镇"),
        agency("SHSJ", level="city"),
    ]
    sites = [
        site(
            f"S{n:02}",
            town=towns[n % 2],
            tags=("消防重点单位",) if n % 3 == 0 else (),
            join="discouraged" if n % 7 == 0 else "allowed",
            blackout_days=((june(9), june(10)),) if n % 5 == 0 else (),
        )
        for n in range(40)
    ]
    letters = "ABCD"
    return tables(
        agencies=agencies,
        inspectors=[inspector(f"{a.agency_id}-{n}", a.agency_id) for a in agencies for n in range(4)],
        sites=sites,
        grades=[
            grade(f"S{n:02}", domain, letters[(n + k) % 4])
            for n in range(40)
            for k, domain in enumerate(("A01", "A03"))
        ],
        items=[
            item("I1"),
            item("I2", fire=True),
            item("X1", "XF", list_="key"),
            item("W1", "WL", theme="乡村民宿"),
            item("G1", "GA", theme="乡村民宿"),
            item("T1", "T", list_="quiet"),
            item("T2", "T"),
        ],
        filings=[
            filing(
                "F1", items=("I1", "I2"), kind="random", ratio=(("B", 5000), ("D", 10_000)), **scoped(town="朱泾镇")
            ),
            filing("F2", **scoped(town="枫泾镇"), frequency=(("*", (2, 1)),), window_to=date(2026, 12, 31)),
            filing("F3", **scoped(industry="餐饮"), window_from=june(15), necessity="群众关切"),
            filing("X1", "XF", items=("X1",), **scoped(tag="消防重点单位")),
            filing("W1", "WL", items=("W1",), kind="joint", partners=("GA",), necessity="x", **scoped(town="朱泾镇")),
            filing("G1", "GA", items=("G1",), **scoped(industry="餐饮")),
            filing("T1", "T", items=("T1", "T2"), **scoped(industry="餐饮")),
        ],
        history=[past(date(2026, 5, 1 + n % 28), site_id=f"S{n:02}", trigger="triggered") for n in range(0, 40, 6)]
        + [past(date(2026, 2, 3), site_id=f"S{n:02}") for n in range(1, 40, 9)]
        + [past(date(2026, 5, 20), "SHSJ", f"S{n:02}") for n in range(2, 40, 9)],
        lists=[listed("quiet_site", domain="A02", site_id=f"S{n:02}") for n in range(0, 40, 8)],
        pins=[pin("P1", june(16), site_id="S04"), pin("P2", date(2026, 7, 6), "XF", "S03")],
        waivers=[waiver("cap.domain", site_id="S01")],
    )


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_rows_give_the_same_case(seed: int) -> None:
    plain = district()
    shuffle = random.Random(seed)
    tangled = {
        name: tuple(shuffle.sample(rows, len(rows)))
        for name in ("agencies", "inspectors", "sites", "grades", "items", "filings", "history", "lists", "pins")
        if (rows := getattr(plain, name))
    }
    one = prepare_month(plain, MONTH, rulebook(), seed=1)
    other = prepare_month(replace(plain, **tangled), MONTH, rulebook(), seed=1)
    assert one.case is not None
    assert other.case is not None
    assert one.case.n_tasks > 40
    assert one.case.content_hash() == other.case.content_hash()
    assert one.removed == other.removed
    assert one.draws == other.draws
    assert one.deferred == other.deferred
    assert one.coverage == other.coverage
    assert len({gone.rule for gone in one.removed}) >= 5


def test_every_task_and_every_removal_carries_a_clause_of_the_rulebook() -> None:
    prepared = prepare_month(district(), MONTH, rulebook(), seed=1)
    assert prepared.case is not None
    for clauses in [t.clauses for t in prepared.case.tasks] + [gone.clauses for gone in prepared.removed]:
        assert clauses
        for clause in clauses:
            rulebook().clause(clause)


@pytest.mark.parametrize("kind", LAW_FINDING_TYPES, ids=lambda kind: kind.code)
def test_each_finding_type_names_a_rule_that_exists_and_can_be_shown(kind: FindingType) -> None:
    if kind.rule:
        rulebook().rule(kind.rule)
    for language in ("zh", "en"):
        assert all(render(Finding(kind.code, kind.severity, "filings"), language))


def test_every_finding_of_the_district_fills_its_template() -> None:
    prepared = prepare_month(district(), MONTH, rulebook(), seed=1)
    codes = {finding.code for finding in prepared.findings}
    assert len(codes) >= 4
    for finding in prepared.findings:
        for language in ("zh", "en"):
            title, message, action = render(finding, language)
            assert title
            assert action
            assert "''" not in message
            assert "“”" not in message

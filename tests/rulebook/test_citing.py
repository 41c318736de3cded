"""Whom a clause is cited to: over a month of many offices, no sentence cites an annex that binds nobody it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

import pytest

from planner.domain.plan import LEFT_OUT
from planner.intake.tables.records import Tables
from planner.operations.gate import Gate
from planner.operations.suggest import suggest_all
from planner.report.visits.view import View, view_of
from planner.rulebook.book import load_rulebook
from planner.rulebook.citing import opened, together_clauses
from planner.service import Planned, book_of, plan_tables
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
    prepare,
    setting,
    site,
    tables,
    tasks,
)

LAW = load_rulebook().at(date(2026, 6, 1))
DOCS = tuple(f"A{n:02}" for n in range(1, 15))
BINDS_ALL = {clause for rule in LAW.rules for clause in rule.binds_all}
"""What an annex says of every body, such as fire's exclusivity."""


def foreign(clauses: Iterable[str], domains: Iterable[str]) -> set[str]:
    """Return the clauses of annexes that bind none of `domains`, but for those that bind all."""
    return {c for c in clauses if LAW.clause(c).doc not in {*domains, "D"} and c not in BINDS_ALL}


def many_offices() -> Tables:
    """An office of each annex, one filing each for all four sites, and what screening, gaps and crews stand against.

    Ratio, frequency and grades at B sites; a quiet site; an off-site item; another's fire item; earlier checks that use
    up gap and cap; a published visit; an office of one crew with more than it can do; filings that name no item or a
    behaviour that nobody knows.
    """
    sites = [site(f"S{n}", tags=("消防重点单位",)) for n in range(1, 5)]
    offices = [agency(doc, doc) for doc in DOCS]
    people = [inspector(f"{doc}-{n}", doc) for doc in DOCS for n in range(2)]
    items = [item(f"{doc}-1", doc, minutes=30) for doc in DOCS]
    items += [item("A01-off", "A01", off_site_possible=True), item("A12-fire", "A12", fire=True)]
    items += [item("A05-long", "A05", minutes=360), item("A02-bare", "A02", basis="", claimed="")]
    every = tuple(f"S{n}" for n in range(1, 5))
    filed = [filing(f"F-{doc}", doc, items=(f"{doc}-1",), sites=every, plan_code=f"P-{doc}") for doc in DOCS]
    filed[DOCS.index("A13")] = filing(
        "F-A13", "A13", items=("A13-1",), sites=every, plan_code="P-A13", needed=True, necessity="春耕农资专项"
    )
    filed += [filing("F-off", "A01", items=("A01-off",), sites=every)]
    filed += [filing("F-fire", "A12", items=("A12-fire",), sites=every)]
    filed += [filing("F-bare", "A02", items=("A02-bare",), sites=every)]
    filed += [filing("F-odd", "A14", items=("A14-1",), sites=("S1",), behaviour="某种行为")]
    filed += [
        filing(f"F-long{n}", "A05", items=("A05-long",), sites=every, window_from=june(1), window_to=june(3))
        for n in range(3)
    ]
    return tables(
        agencies=tuple(offices),
        inspectors=tuple(people),
        sites=tuple(sites),
        items=tuple(items),
        filings=tuple(filed),
        grades=tuple(grade(s, doc, "B") for s in every for doc in DOCS),
        history=(
            past(date(2026, 5, 20), "A13", "S1", items=("A13-1",)),
            past(date(2026, 2, 3), "A04", "S2", items=("A04-1",)),
            past(date(2026, 3, 3), "A03", "S3", items=("A03-1",)),
        ),
        lists=(listed("quiet_site", site_id="S4", domain="A09"),),
        pins=(pin("PIN", june(10), "A08", "S1"),),
        settings=(setting("solver_seed", "1"),),
    )


@cache
def planned() -> Planned:
    """The month, planned once."""
    return plan_tables(many_offices(), MONTH)


@cache
def view() -> View:
    return view_of(planned().result)


def all_tasks() -> Iterator[tuple[str, tuple[str, ...]]]:
    prepared = planned().prepared
    assert prepared.case is not None
    for task in (*prepared.case.tasks, *prepared.off_site, *prepared.summons, *prepared.deferred):
        yield task.domain, task.clauses


def test_every_task_tells_why_it_is_due_by_its_own_annex() -> None:
    found = list(all_tasks())
    assert {domain for domain, _ in found} == set(DOCS)
    for domain, clauses in found:
        assert not foreign(clauses, {domain})
        # The annex of 人社 says nothing of planned checks other than specials.
        assert domain in {LAW.clause(c).doc for c in clauses} or domain == "A10"


def test_a_visit_cites_those_present_and_a_joint_one_the_districts_word() -> None:
    rows = view().rows()
    assert sum(row.joint for row in rows) >= 4
    for row in rows:
        present = {task.domain for task in row.tasks}
        assert not foreign(row.clauses, present), row
        assert ("D-2.8b" in row.clauses) == row.joint
        questions = [why.question for why in row.why]
        assert questions[-1] == "day"
        assert questions.count("together") == (len(row.tasks) > 1)
        assert {c for task in row.tasks for c in task.clauses} <= set(row.clauses)
        for why in row.why:
            assert why.clauses
            assert all(opened(LAW, clause) in why.zh and opened(LAW, clause, "en") in why.en for clause in why.clauses)


def test_the_day_is_told_by_what_stood_against_the_others() -> None:
    rows = {(row.site.id, row.day): row for row in view().rows()}
    fixed = next(row for (s, d), row in rows.items() if (s, d) == ("S1", june(10)))
    assert "已公布或锁定" in fixed.why[-1].zh
    assert fixed.why[-1].clauses == LAW.clauses_for("pin.fixed", "A08")
    spaced = next(row for row in rows.values() if row.site.id == "S1" and "A13" in {t.domain for t in row.tasks})
    assert "A13-4.1.1c" in spaced.why[-1].clauses
    assert "同一领域两次计划检查的间隔排除" in spaced.why[-1].zh


def test_what_is_left_out_cites_those_who_stand_against_it() -> None:
    result = planned().result
    assert result.plan is not None
    assert int((result.plan.day == LEFT_OUT).sum()) >= 1
    assert result.reasons
    for reason in result.reasons:
        task = result.case.tasks[reason.task]
        assert reason.clauses
        assert not foreign(reason.clauses, {task.domain}), reason


def test_what_is_removed_and_found_cites_that_agencys_annex() -> None:
    prepared = planned().prepared
    assert {"quiet.site", "fire.exclusivity", "library.claimed"} <= {gone.rule for gone in prepared.removed}
    for gone in prepared.removed:
        assert gone.clauses
        assert not foreign(gone.clauses, {gone.domain}), gone
    by_fire = next(gone for gone in prepared.removed if gone.rule == "fire.exclusivity")
    assert by_fire.clauses == ("A03-3.1c",)
    assert {"law.no-items", "law.behaviour-unknown", "law.sites-removed"} <= {f.code for f in prepared.findings}
    for finding in prepared.findings:
        domain = finding.params.get("domain", "") or _domain_of(finding.subjects)
        assert not foreign(finding.clauses, {domain}), finding
    (no_items,) = [f for f in prepared.findings if f.code == "law.no-items"]
    assert {LAW.clause(c).doc for c in no_items.clauses} == {"A02", "D"}
    (odd,) = [f for f in prepared.findings if f.code == "law.behaviour-unknown"]
    assert odd.params["known"] == "、".join(LAW.words("scope.excluded", "behaviours", "A14"))


def _domain_of(subjects: tuple[str, ...]) -> str:
    return next((doc for doc in DOCS if subjects and f"F-{doc}" == subjects[0]), "A12" if "F-fire" in subjects else "")


def test_verdicts_and_suggestions_cite_those_present() -> None:
    book = book_of(planned())
    gate, domain_of = Gate(book, LAW), {task.id: task.domain for task in book.case.tasks}
    verdicts = set()
    for doc in DOCS:
        for day in (june(2), june(10), june(18)):
            answer = gate.ask(doc, "S1", day)
            verdicts.add(answer.verdict)
            present = {doc, *(domain_of[t] for t in (*answer.tasks, *answer.with_tasks))}
            assert not foreign(answer.clauses, present), answer
            assert (answer.verdict == "no") == (not answer.clauses)
            for barrier in answer.barriers:
                assert not foreign(barrier.clauses, present), answer
    assert "no" in verdicts
    book.published[:] = False
    for doc in DOCS:
        for found in suggest_all(book, LAW, doc):
            for one in found.suggestions:
                present = {doc, *(domain_of[t] for t in (*one.tasks, *one.with_tasks))}
                assert one.clauses[0] == ("D-2.8a" if one.own else "D-2.8b")
                assert not foreign(one.clauses, present), one


def test_an_off_site_task_cites_the_off_site_clause_of_its_annex() -> None:
    expected = {
        "A01": "A01-3.4.1b",
        "A04": "A04-3.4.1",
        "A05": "A05-3.3.1",
        "A06": "A06-2.3.1b",
        "A07": "A07-8.1a",
        "A10": "A10-4.1c",
    }
    for doc, clause in expected.items():
        rows = {"agencies": (agency("SCJG", doc),), "items": (item(off_site_possible=True),)}
        prepared = prepare(**rows)
        assert [task.clauses for task in prepared.off_site] == [(clause,)]
        assert not tasks(prepared)


@pytest.mark.parametrize(
    ("domains", "joint", "clauses"),
    [
        (("A01", "A02"), True, ("D-2.8b", "A02-3.2.3.2a")),
        (("A02", "A12"), True, ("D-2.8b", "A12-3.2.6a")),
        (("A01", "A01"), False, ("D-2.8a", "A01-5.1a")),
        (("A10",), False, ("D-2.8a",)),
    ],
)
def test_why_together_names_partners_only_where_they_come(
    domains: tuple[str, ...], joint: bool, clauses: tuple[str, ...]
) -> None:
    assert together_clauses(domains, joint) == clauses


def test_a_clause_opens_with_its_place() -> None:
    assert opened(LAW, "A01-4.1.1b") == "附件1四(一)1“同主体同场所的计划到场检查一般一年一次”（A01-4.1.1b）"
    assert opened(LAW, "D-2.8b", "en") == 'main text 二8 "Agencies close in time go jointly" (D-2.8b)'
    assert opened(LAW, "Z-1") == "Z-1"

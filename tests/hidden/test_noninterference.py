"""What an outsider is answered is a function of the world without its hidden part: byte for byte, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update

from api.jobs.worker import Worker
from api.rights import OPERATIONS
from api.store.database.schema import visits
from api.store.state.bind import hashes_of, roots_of
from api.store.state.rows import OPEN
from api.store.state.verify import verify_state
from tests.hidden.opened import opened
from tests.hidden.register import EMPTY_WRITES, NOT_ASKED, READS, WRITES
from tests.hidden.told import transcript
from tests.hidden.worlds import SECRET, World

Transcript = list[tuple[str, str, int, str]]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[bool, World]]:
    """The world with its hidden part and the world without it."""
    folder = tmp_path_factory.mktemp("worlds")
    with opened(folder / "with", hidden=True) as full, opened(folder / "without", hidden=False, day=full.day) as plain:
        yield {True: full, False: plain}


@pytest.fixture(scope="module")
def told(worlds: dict[bool, World]) -> dict[bool, Transcript]:
    """All that outsiders can ask in each, and what they are answered."""
    return {hidden: transcript(world) for hidden, world in worlds.items()}


def test_every_operation_is_asked() -> None:
    """An operation that nobody has put into the register fails here: say how an outsider would ask it."""
    asked = {*READS, *WRITES, *EMPTY_WRITES, *NOT_ASKED}
    assert asked == set(OPERATIONS)
    assert len(READS) + len(WRITES) + len(EMPTY_WRITES) + len(NOT_ASKED) == len(asked)


@pytest.mark.slow
def test_no_answer_depends_on_what_is_hidden(told: dict[bool, Transcript]) -> None:
    with_it, without = told[True], told[False]
    differ = [
        f"{who} {asked}\n    with    {status} {said[:1500]}\n    without {status_} {said_[:1500]}"
        for (who, asked, status, said), (_, asked_, status_, said_) in zip(with_it, without, strict=False)
        if (asked, status, said) != (asked_, status_, said_)
    ]
    assert differ == []
    assert len(with_it) == len(without)


@pytest.mark.slow
def test_somebody_is_answered_everywhere(told: dict[bool, Transcript]) -> None:
    """Nothing is proven by refusals alone."""
    answered = {asked.split()[0] for _, asked, status, _ in told[False] if status < 400}
    assert set(READS) - answered <= {
        # the coordinator's alone, or of things that nobody has
        *(
            "plans.why",
            "scenarios.document",
            "scenarios.adoption",
            "comparisons.document",
            "years.list",
            "years.get",
            "years.document",
            "supervision.draft",
            "plans.diff",
            "plans.lineage",
            "plans.events",
            "plans.verdicts",
        ),
        *(
            "identities.list",
            "plans.left-out",
            "rounds.proposals",
            "accounts.get",
            "session.oidc",
            "session.oidc-callback",
        ),
        *("finding-types.get", "rulebook.rule", "rulebook.clause"),
    }
    assert {"bookings.create", "reports.create", "triggered.create", "triggered.code"} <= answered
    verdicts = {word for _, asked, _, said in told[False] for word in ("yes", "no") if f'verdict": "{word}"' in said}
    assert verdicts == {"yes", "no"}


@pytest.mark.slow
def test_what_is_hidden_is_there(worlds: dict[bool, World], told: dict[bool, Transcript]) -> None:
    """The two worlds do differ: SCJG and the coordinator see it, and the word is in no outsider's answer."""
    bureau = worlds[True].service.client("bureau")
    plan = worlds[True].named["plan_id"][0]
    shown = bureau.get(f"/v1/plans/{plan}/visits").json()["items"]
    assert sum(one["unannounced"] for one in shown) >= 2
    (moved,) = [one["day"] for one in shown if one["site"]["id"] == "S7" and one["unannounced"]]
    assert moved != worlds[True].day  # it gave way to what YJJ booked, as a yes is a promise
    assert all([w["question"] for w in one["why"]][-1:] == ["yields"] for one in shown if one["unannounced"])
    # None was lost by what outsiders booked, and nobody else enters where one comes.
    assert len({(one["site"]["id"], one["day"]) for one in shown}) == len(shown)
    assert SECRET not in repr([said for who, asked, _, said in told[True] if "agencies" not in asked])


@pytest.mark.slow
def test_what_stands_is_bound_and_the_open_trees_are_of_one_size(
    worlds: dict[bool, World], told: dict[bool, Transcript]
) -> None:
    """Also after all that was asked: nothing changes what is published without saying so in the log."""
    sizes = {}
    for hidden, world in worlds.items():
        assert verify_state(world.service.store, world.service.settings.artefacts) == []
        with world.service.store.read() as tx:
            sizes[hidden] = {tree: len(hashes_of(tx, OPEN, tree)) for tree in roots_of(tx, OPEN)}
    assert sizes[True] == sizes[False]


@pytest.mark.slow
def test_a_plan_worked_out_again_for_the_auditor_tells_nothing_hidden_and_tampering(worlds: dict[bool, World]) -> None:
    """Comes last: it changes a row past the program."""
    assert _seals(worlds[True]) == (whole := _seals(worlds[False]))
    assert [(one["name"], one["wrong"]) for one in whole] == [
        ("draws", 0),
        ("bounds", 0),
        ("plan", 0),
        ("state", 0),
    ]
    assert all(one["count"] for one in whole)
    with worlds[False].service.store.write() as tx:
        first = select(func.min(visits.c.id)).scalar_subquery()
        tx.run(update(visits).where(visits.c.id == first).values(visit_id="V-other"))
    (state,) = [one for one in _seals(worlds[False]) if one["name"] == "state"]
    assert state["wrong"]
    assert "内容被改动" in state["problems"][0]


def _seals(world: World) -> Any:
    auditor = world.outsiders["auditor"]
    ordered = auditor.post(f"/v1/plans/{world.named['plan_id'][0]}/verify")
    assert ordered.status_code == 202, ordered.text
    Worker(world.service.store, world.service.settings).run(until_idle=True)
    job = auditor.get(f"/v1/jobs/{ordered.json()['id']}").json()
    assert job["state"] == "finished", job["error"]
    return job["result"]["seals"]

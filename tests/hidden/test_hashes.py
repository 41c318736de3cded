"""The hidden chain of the log: whoever knows every word of an entry but its salt finds none of its links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from api.store import log
from api.store.database.schema import leaves
from api.store.planned.plans import document_of
from api.store.state.bind import LOGGED, hash_of, hashes_of, roots_of
from api.store.state.rows import HIDDEN, bound_rows, public_part
from api.store.state.tree import closed, leaf
from planner.domain.hashing import sha256_hex
from planner.domain.plan import visit_id
from tests.cli.district import MONTH
from tests.hidden.opened import opened
from tests.hidden.register import READS, reads
from tests.hidden.told import headers_of
from tests.hidden.worlds import World

HEX = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{10,64}(?![0-9a-zA-Z])")


def shown_hashes(answers: Iterable[str]) -> set[str]:
    """Return everything that looks like a hash, or the beginning of one, in what was answered."""
    return {found for answer in answers for found in HEX.findall(answer.replace("V-", " ").replace("T-", " "))}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world with its hidden part."""
    with opened(tmp_path_factory.mktemp("world"), hidden=True) as world:
        yield world


@pytest.fixture(scope="module")
def told(world: World) -> dict[str, list[str]]:
    """All that an agency, an auditor and a stranger read."""
    return {who: _raw(world, who) for who in ("YJJ", "auditor", "public")}


@pytest.fixture(scope="module")
def hashes(told: dict[str, list[str]]) -> dict[str, set[str]]:
    """What looks like a hash in it."""
    return {who: shown_hashes(answers) for who, answers in told.items()}


def _raw(world: World, who: str) -> list[str]:
    """Return all that an outsider reads, unmasked: hashes of the log, of plans and files, ids and cursors."""
    client, found = world.outsiders[who], list[str]()
    for path, item in world.service.app.openapi()["paths"].items():
        if "get" in item and item["get"]["operationId"] in READS:
            for address, request in reads(world, path):
                answer = client.get(address, **request)
                if not answer.content.startswith(b"PK"):
                    found.append(f"{headers_of(answer)} {answer.content.decode('utf-8-sig')}")
    return found


@pytest.mark.slow
def test_the_hidden_chain_tells_nothing_without_its_salts(world: World, hashes: dict[str, set[str]]) -> None:
    """Whoever knows every word of a hidden entry but its salt finds none of its links among what he is shown."""
    kept = [one for one in log.export(world.service.store, reserved=True) if one.get("reserved")]
    assert kept
    for entry in kept:
        content = {key: entry[key] for key in log.CONTENT}
        assert sha256_hex(content) == entry["digest"]  # the guesser knows how it is made
        tried = {sha256_hex({**content, "salt": salt}) for salt in ("", "0" * 32, None)}
        tried.add(sha256_hex({key: value for key, value in content.items() if key != "salt"}))
        for who, seen in hashes.items():
            assert not seen & (tried | {entry["digest"], entry["hash"], entry["salt"]}), who


@pytest.mark.slow
def test_whoever_tries_each_site_and_day_finds_announced_visits_only(world: World, told: dict[str, list[str]]) -> None:
    """Ids of visits follow from site and day, so anyone can make them: none is shown but of what is announced."""
    plan = next(
        one for one in world.service.client("bureau").get("/v1/plans").json()["items"] if one["state"] == "published"
    )
    with world.service.store.read() as tx:
        document = document_of(tx, plan["id"])
    announced = {(v["site"]["id"], v["day"]) for v in document["visits"]}
    assert {(v["site"]["id"], v["day"]) for v in document["hidden"]["visits"]} - announced  # there is something to find
    days = [date(2026, 6, 1) + timedelta(days=n) for n in range(61)]
    for who, answers in told.items():
        text = "\n".join(answers)
        for site in {site for site, _ in announced} | {f"S{n}" for n in range(1, 10)}:
            for day in days:
                if (site, day.isoformat()) not in announced:
                    made = (visit_id(site, day), sha256_hex([site, day.isoformat()]))
                    assert not any(one in text for one in made), (who, site, day)


@pytest.mark.slow
def test_no_proof_lets_anybody_guess_site_and_day(world: World) -> None:
    """Whoever knows a hidden row to the letter, and every proof and salt that is given out, finds its leaf in none."""
    asked, month = world.outsiders["public"], f"/v1/public/months/{MONTH}"
    listed = asked.get(f"{month}/visits", params={"limit": 500}).json()["items"]
    places = [{"day": one["day"], "site": one["site"]} for one in listed]
    proofs = [one for place in places for one in asked.get(f"{month}/proofs", params=place).json()["items"]]
    assert len(proofs) >= len(listed) > 1
    with world.service.store.read() as tx:
        rows = [row for kind in ("hidden_visit", "hidden_booking") for row in bound_rows(tx, kind)]
        kept = {(one["kind"], one["key"]): one for one in tx.rows(select(leaves).where(leaves.c.chain == HIDDEN))}
        trees = {name: hashes_of(tx, HIDDEN, name) for name in roots_of(tx, HIDDEN) if name != LOGGED}
    assert rows
    shown = {text for proof in proofs for text in _texts(proof)}
    salts = {"", "0" * 32, *(proof["salt"] for proof in proofs)}
    for row in rows:
        own = kept[row.kind, row.key]
        assert hash_of(row, own["salt"]) in trees[row.tree]  # with its own salt it would be found: it is made rightly
        for salt in salts:
            for one, rest in product(salts, (*(proof["rest"] for proof in proofs), "")):
                guesses = {leaf(salt, row.kind, row.shown, closed(one * 2, row.rest)), leaf(salt, row.kind, {}, rest)}
                guesses |= {leaf(salt, "visit", part, rest) for part in _public_parts(row.rest)}
                assert not guesses & shown
    assert not shown & {text for values in trees.values() for text in values}
    assert not shown & {one["salt"][n : n + 32] for one in kept.values() if one["salt"] for n in (0, 32)}


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in an answer."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def _public_parts(rest: Any) -> list[dict[str, Any]]:
    """Return what the public list would tell of a hidden visit, were it announced; of a booking nothing."""
    return [public_part(one) for one in rest if isinstance(one, dict) and "agencies" in one and "site" in one]

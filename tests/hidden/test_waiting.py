"""Nobody waits for another's secrets: everybody's books are kept whatever other books are asked for."""

from __future__ import annotations

import threading
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.desk.published import kept_books
from api.desk.published.kept_books import Books, Kept
from api.store import Store

NO_STORE = cast("Store", None)


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each plan's book was made from the store, which takes seconds; agencies' names begin with A."""
    found: Counter[str] = Counter()

    def made(store: Store, plan_id: str) -> Any:
        found[plan_id] += 1
        return SimpleNamespace(plan=SimpleNamespace(id=plan_id))

    monkeypatch.setattr(kept_books, "made", made)
    monkeypatch.setattr(kept_books, "_own", lambda store, kept, whose: whose)
    monkeypatch.setattr(kept_books, "_with_own", lambda store, kept, whose: SimpleNamespace(plan=kept.plan))
    return found


def test_books_of_bodies_with_secrets_push_nobodys_out(restored: Counter[str]) -> None:
    """As many as there may be: the next question on another month finds its book."""
    books = Books()
    books._of(NO_STORE, "july", "")
    for n in range(3 * Books.OWN):
        books._of(NO_STORE, "june", f"A{n}")
    books._of(NO_STORE, "july", "")
    assert restored == {"june": 1, "july": 1}
    assert len(books._own) == Books.OWN


def test_nobody_waits_while_a_body_gets_its_own_book(restored: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    books, begun, go_on = Books(), threading.Event(), threading.Event()

    def slow(store: Store, kept: Kept, whose: str) -> Kept:
        begun.set()
        go_on.wait(60)
        return kept

    monkeypatch.setattr(kept_books, "_with_own", slow)
    other = threading.Thread(target=books._of, args=(NO_STORE, "june", "A1"))
    other.start()
    assert begun.wait(60)
    asked = threading.Thread(target=books._of, args=(NO_STORE, "june", ""))
    asked.start()
    asked.join(60)
    waited = asked.is_alive()
    go_on.set()
    other.join(60)
    assert not waited

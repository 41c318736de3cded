"""The jobs table: claims, leases, fences, stops. No process is started here."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from api.store import ConflictError, NotFoundError, Store, queue
from api.store.queue import Job, LostJobError

LONG, SHORT = 60.0, 0.3


def claimed(store: Store, worker: str = "w", lease: float = LONG) -> Job:
    job = queue.claim(store, worker, lease)
    assert job is not None
    return job


def test_a_job_lives_from_the_queue_to_its_end(store: Store) -> None:
    made = queue.enqueue(store, "count", {"to": 3}, "li", agency_id="SCJG")
    assert (made.state, made.attempt, made.payload) == ("queued", 0, {"to": 3})
    job = claimed(store)
    assert (job.id, job.state, job.attempt, job.worker) == (made.id, "running", 1, "w")
    assert queue.claim(store, "other", LONG) is None
    queue.tell(store, job, stage="match", level="entries", best=10, bound=7, note="n", incumbent=b"x")
    assert queue.heartbeat(store, job, LONG) == ""
    with queue.ending(store, job) as (_, kept):
        kept["result"] = {"plan": "p"}
    end = queue.job_of(store, made.id)
    assert (end.state, end.result, end.best, end.bound, end.level) == ("finished", {"plan": "p"}, 10, 7, "entries")
    assert end.ended
    assert end.ended_at is not None
    assert end.lease_until is None
    assert queue.incumbent_of(store, made.id) == b"x"
    events = queue.events_of(store, made.id)
    assert [e["event"] for e in events] == ["queued", "running", "progress", "finished"]
    assert queue.events_of(store, made.id, after=events[1]["id"]) == events[2:]


def test_jobs_go_by_priority_then_age_and_are_listed_newest_first(store: Store) -> None:
    ids = [queue.enqueue(store, "k", {"n": n}, "li", priority=p).id for n, p in enumerate([5, 9, 5])]
    assert [claimed(store).id for _ in ids] == [ids[1], ids[0], ids[2]]
    listed = queue.jobs_of(store)
    assert [job.id for job in listed] == ids[::-1]
    assert [job.id for job in queue.jobs_of(store, before=listed[0].number, limit=1)] == [ids[1]]
    assert queue.jobs_of(store, state="queued") == []


def test_one_key_is_one_job_and_may_not_mean_two_things(store: Store) -> None:
    first = queue.enqueue(store, "k", {"n": 1}, "li", key="once")
    assert queue.enqueue(store, "k", {"n": 1}, "li", key="once") == first
    with pytest.raises(ConflictError):
        queue.enqueue(store, "k", {"n": 2}, "li", key="once")
    with pytest.raises(ConflictError):
        queue.enqueue(store, "k", {"n": 1}, "wang", key="once")
    assert len(queue.jobs_of(store)) == 1


def test_an_unknown_job_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError):
        queue.job_of(store, "none")


def test_each_job_is_claimed_once_however_many_claim(store: Store) -> None:
    ids = {queue.enqueue(store, "k", {"n": n}, "li").id for n in range(60)}

    def take(worker: int) -> list[tuple[str, int]]:
        own, found = Store(store.url, pool=1, busy_seconds=60), []
        while (job := queue.claim(own, f"w{worker}", LONG)) is not None:
            found.append((job.id, job.attempt))
        own.close()
        return found

    with ThreadPoolExecutor(12) as threads:
        taken = [pair for part in threads.map(take, range(12)) for pair in part]
    # PostgreSQL passes over a row that another is just claiming, so a claimer may leave early; none may be taken twice.
    taken += [(job.id, job.attempt) for job in iter(lambda: queue.claim(store, "last", LONG), None)]
    assert sorted(taken) == sorted((job_id, 1) for job_id in ids)


def test_a_lease_that_ran_out_is_taken_over_with_the_incumbent_and_the_old_worker_is_fenced_off(store: Store) -> None:
    made = queue.enqueue(store, "k", {}, "li")
    old = claimed(store, "old", SHORT)
    queue.tell(store, old, stage="match", best=5, incumbent=b"five")
    time.sleep(SHORT + 0.2)
    new = claimed(store, "new")
    assert (new.id, new.attempt, new.deaths, new.worker) == (made.id, 2, 1, "new")
    assert queue.incumbent_of(store, new.id) == b"five"
    for write in (
        lambda: queue.heartbeat(store, old, LONG),
        lambda: queue.stop_asked(store, old),
        lambda: queue.tell(store, old, stage="match", best=1, incumbent=b"stale"),
        lambda: queue.fail(store, old, "x", "x", "x"),
        lambda: queue.give_back(store, old, died=True),
        lambda: queue.time_out(store, old),
        lambda: queue.ending(store, old).__enter__(),
    ):
        with pytest.raises(LostJobError):
            write()
    assert queue.job_of(store, made.id) == new
    assert queue.incumbent_of(store, made.id) == b"five"


def test_a_heartbeat_keeps_the_lease(store: Store) -> None:
    queue.enqueue(store, "k", {}, "li")
    job = claimed(store, "w", 3.0)
    for _ in range(4):
        time.sleep(0.9)  # together longer than the lease
        queue.heartbeat(store, job, 3.0)
        assert queue.claim(store, "thief", LONG) is None


def test_what_a_stale_worker_stores_at_its_end_is_undone(store: Store) -> None:
    queue.enqueue(store, "k", {}, "li")
    old = claimed(store, "old", SHORT)
    time.sleep(SHORT + 0.2)
    new = claimed(store, "new")
    with pytest.raises(LostJobError), queue.ending(store, old) as (_, kept):
        kept["result"] = "stale"
    with queue.ending(store, new) as (_, kept):
        kept["result"] = "new"
    assert queue.job_of(store, new.id).result == "new"
    with pytest.raises(LostJobError), queue.ending(store, new):
        pass  # ended: not twice


def test_a_job_whose_workers_keep_dying_is_given_up_with_its_reason(store: Store) -> None:
    made = queue.enqueue(store, "k", {}, "li", max_deaths=3)
    for attempt in (1, 2):
        assert claimed(store, "w", 0.05).attempt == attempt
        time.sleep(0.2)
    assert claimed(store, "w", 0.05).attempt == 3
    time.sleep(0.2)
    assert queue.claim(store, "w", LONG) is None
    end = queue.job_of(store, made.id)
    assert end.state == "failed"
    assert end.error is not None
    assert end.error["code"] == "gave-up"
    assert "3" in end.error["zh"]


def test_a_shutdown_gives_back_without_counting_as_a_death(store: Store) -> None:
    made = queue.enqueue(store, "k", {}, "li", max_deaths=1)
    for _ in range(3):
        queue.give_back(store, claimed(store), died=False)
    assert (queue.job_of(store, made.id).state, queue.job_of(store, made.id).deaths) == ("queued", 0)
    queue.give_back(store, claimed(store), died=True)
    assert queue.job_of(store, made.id).state == "failed"


def test_a_stop_ends_a_queued_job_at_once_and_is_heard_by_a_running_one(store: Store) -> None:
    waiting = queue.enqueue(store, "k", {}, "li")
    assert queue.ask_to_stop(store, waiting.id, "wang").state == "cancelled"
    running = queue.enqueue(store, "k", {}, "li")
    job = claimed(store)
    assert queue.ask_to_stop(store, running.id, "wang").state == "running"
    assert queue.stop_asked(store, job) == "user"
    with queue.ending(store, job) as (_, kept):
        kept["result"] = "best so far"
    end = queue.job_of(store, running.id)
    assert (end.state, end.result, end.stop, end.stop_by) == ("cancelled", "best so far", "user", "wang")
    assert queue.ask_to_stop(store, running.id, "wang") == end


def test_a_stopped_job_whose_worker_dies_is_not_begun_again(store: Store) -> None:
    made = queue.enqueue(store, "k", {}, "li")
    job = claimed(store, "w", SHORT)
    queue.tell(store, job, stage="match", best=5, incumbent=b"five")
    queue.ask_to_stop(store, made.id, "li")
    time.sleep(SHORT + 0.2)
    assert queue.claim(store, "w2", LONG) is None
    assert queue.job_of(store, made.id).state == "cancelled"
    assert queue.incumbent_of(store, made.id) == b"five"


def test_numbers_of_jobs_are_in_order(store: Store) -> None:
    numbers = [queue.enqueue(store, "k", {}, "li").number for _ in range(4)]
    assert all(b == a + 1 for a, b in pairwise(numbers))


def test_parts_are_kept_once_by_whoever_holds_the_job(store: Store) -> None:
    made = queue.enqueue(store, "k", {}, "li")
    first = claimed(store)
    queue.keep_part(store, first, 1, {"short": "一"}, {"whole": [1, 2]})
    queue.give_back(store, first, died=True)
    second = claimed(store, "w2")
    with pytest.raises(LostJobError):
        queue.keep_part(store, first, 2, {}, {})
    queue.keep_part(store, second, 2, {"short": "二"}, {})
    with store.read() as tx:
        assert queue.parts_of(tx, made.id) == {1: {"short": "一"}, 2: {"short": "二"}}
        assert queue.part_of(tx, made.id, 1) == {"whole": [1, 2]}
        assert queue.part_of(tx, made.id, 3) is None
        assert queue.parts_counted(tx, [made.id, "none"]) == {made.id: 2}

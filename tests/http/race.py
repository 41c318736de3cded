"""Accepts that race for fewer slots than they are, in several processes, against one database.

`python -m tests.http.race --url URL --accepts 1000 --slots 50` makes the month in an emptied database, starts the
processes, and says what came of it. Never a double booking: no task twice, no crew beyond its room, no two visits of a
site on a day. Never a lost accept: every 201 is a booking, every slot is taken, and every other answer is a 409.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import func, select

from api.accounts.who import Who
from api.desk.published import suggesting as desk
from api.desk.published.kept_books import books
from api.desk.published.operation_models import BookingOrder
from api.problems import Problem
from api.store import Store
from api.store.database.migrate import migrate
from api.store.database.schema import booked_tasks, visits
from api.store.planned.books import bookings_of, cells_of
from planner.domain.case import CapacityRow, Case
from planner.domain.plan import Plan
from tests.http.living import DAYS, case_of, kept_of, open_task, publish_month

STAY = 4
"""Quarter-hours of a task."""
PROCESSES, THREADS = 3, 4
WHO = Who("account", "race", "race", "bureau", by="token")


@dataclass(frozen=True)
class Outcome:
    """What came of a race: `won` and `lost` accepts, and everything that is wrong with it."""

    won: int
    lost: int
    wrong: tuple[str, ...]


def contested(accepts: int, slots: int) -> Case:
    """Return a month in which crews of B1 can join `slots` visits of A1, whose sites are asked for five times each."""
    sites = accepts // 5
    tasks = [open_task(f"{unit}-{n}", f"s{n:04d}", unit) for n in range(sites) for unit in ("A1", "B1")]
    rooms = [slots // len(DAYS)] * len(DAYS)
    rooms[0] += slots - sum(rooms)
    capacity = {CapacityRow("A1"): [STAY * sites] * len(DAYS), CapacityRow("B1"): [STAY * room for room in rooms]}
    return case_of(tasks, capacity=capacity)


def race(url: str, accepts: int, slots: int) -> Outcome:
    """Run the race on an empty database at the program's schema."""
    case, store = contested(accepts, slots), Store(url)
    plan_id = publish_month(store, case)
    command = [sys.executable, "-m", "tests.http.race", "--url", url, "--accepts", str(accepts), "--slots", str(slots)]
    runs = [
        subprocess.Popen([*command, "--plan", plan_id, "--part", str(n)], stdout=subprocess.PIPE, text=True)
        for n in range(PROCESSES)
    ]
    answers = [json.loads(run.communicate(timeout=540)[0]) for run in runs]
    told: list[str] = [answer for part in answers for answer in part]
    outcome = Outcome(told.count("201"), told.count("409 taken"), tuple(_wrong(store, plan_id, case, told, slots)))
    store.close()
    return outcome


def _wrong(store: Store, plan_id: str, case: Case, told: list[str], slots: int) -> list[str]:
    with store.read() as tx:
        booked, cells = bookings_of(tx, plan_id), cells_of(tx, plan_id)
        tasks = list(tx.values(select(booked_tasks.c.task)))
        standing = tx.connection.execute(select(visits.c.site_id, visits.c.day).where(visits.c.standing)).all()
        count = tx.value(select(func.count()).select_from(visits).where(visits.c.standing))
    used: Counter[Any] = Counter()
    unit_of = {task.id: task.unit for task in case.tasks}
    for one in booked:
        used.update({(unit_of[task], "", one.day): STAY for task in one.tasks})
    found = []
    if strange := set(told) - {"201", "409 taken"}:
        found.append(f"answers {sorted(strange)}")
    if told.count("201") != len(booked):
        found.append(f"{told.count('201')} accepted, {len(booked)} booked")
    if len(booked) != slots:
        found.append(f"{len(booked)} of {slots} slots taken")
    if len(tasks) != len(set(tasks)) or sorted(tasks) != sorted(task for one in booked for task in one.tasks):
        found.append("a task is booked twice, or not")
    if any(taken > room for room, taken in cells.values()):
        found.append("crews beyond their room")
    if any(taken != used[cell] for cell, (_, taken) in cells.items()):
        found.append("crews are counted wrongly")
    if len(set(standing)) != count or count != len(booked):
        found.append("visits are not those booked")
    return found


def accept(store: Store, n: int, case: Case) -> str:
    """Ask for both tasks of a site on the days in turn until booked, or told that it is not to be had any more."""
    site = case.sites[n % len(case.sites)].id
    turn = 0
    for attempt in range(len(DAYS)):
        day = DAYS[(n + attempt) % len(DAYS)]
        order = BookingOrder(agency_id="A1", site_id=site, day=day, riders=[f"B1-{int(site[1:])}"], turn=turn)
        try:
            desk.accept(store, WHO, order)
            return "201"
        except Problem as problem:
            answer = f"{problem.status} {problem.code}"
            items = problem.extra["suggestions"]["items"] if problem.code == "taken" else []
            if not items or items[0]["turn"]:
                return answer  # somebody has the site
    return answer


def run(url: str, plan_id: str, case: Case, accepts: int, part: int) -> list[str]:
    """Ask for every `PROCESSES`-th accept in `THREADS` threads, with a book of this process."""
    store = Store(url)
    books.put(kept_of(store, plan_id, case, Plan(np.full(case.n_tasks, -1, dtype=np.int64))))
    with ThreadPoolExecutor(THREADS) as pool:
        told = list(pool.map(lambda n: accept(store, n, case), range(part, accepts, PROCESSES)))
    store.close()
    return told


def main() -> int:
    """Run a race, or with --part one process of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--accepts", type=int, default=1000)
    parser.add_argument("--slots", type=int, default=50)
    parser.add_argument("--plan", default="")
    parser.add_argument("--part", type=int, default=-1)
    chosen = parser.parse_args()
    if chosen.part >= 0:
        case = contested(chosen.accepts, chosen.slots)
        print(json.dumps(run(chosen.url, chosen.plan, case, chosen.accepts, chosen.part)))
        return 0
    store = Store(chosen.url)
    migrate(store)
    store.close()
    outcome = race(chosen.url, chosen.accepts, chosen.slots)
    print(outcome)
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Makes a stored plan's case again in a process of its own: it takes seconds of the interpreter, the web's too.

What comes back is unpacked in a fraction of that, so nobody else's answers wait for it.
"""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from api.store import Store

if TYPE_CHECKING:
    from planner.service import Planned


def restored_apart(store: Store, plan_id: str) -> Planned | None:
    """Return a stored plan with its case; None where library or law no longer give it. Raises NotFoundError."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        packed = pool.submit(_packed, store.url, plan_id).result()
    found: Planned | None = pickle.loads(packed)
    return found


def _packed(url: str, plan_id: str) -> bytes:
    """Return the plan as bytes; this runs in the child."""
    from api.store.plans import case_source, document_of, plan_of
    from planner.service.plan_file import OtherSourceError, restore_tables

    store = Store(url, pool=1)
    try:
        with store.read() as tx:
            plan = plan_of(tx, plan_id)
            document, source = document_of(tx, plan_id), case_source(tx, plan)
    finally:
        store.close()
    try:
        found = None if source is None else restore_tables(document, source[1])
    except OtherSourceError:
        found = None
    return pickle.dumps(found, protocol=5)

"""A stored plan with its case: read from what the run that made it left beside the store, else made again.

Making it again takes seconds of the interpreter, the web's too, so that is done in a process of its own; what comes
back is unpacked in a fraction of that. Files are this program's own: their name tells the exact code and law that wrote
them, any other is not read, and they lie in the data folder, which nobody else may write to. Whatever is missing or
spoilt is made again: nothing depends on them but time.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import pickle
import zlib
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import planner
from api import forks
from api.store import Store

if TYPE_CHECKING:
    from planner.service import Planned

KEPT = 24
"""Files; a month of a district is some megabytes."""

logger = logging.getLogger(__name__)


def restored(store: Store, plan_id: str) -> Planned | None:
    """Return a stored plan with its case; None where library or law no longer give it. Raises NotFoundError."""
    path = _path(store, plan_id)
    if path is not None:
        try:
            found: Planned | None = _unpacked(path.read_bytes())
            os.utime(path)
            return found
        except FileNotFoundError:
            pass
        except Exception:  # unpickling spoilt bytes raises anything
            logger.exception("%s cannot be read; the plan is made again", path)
    with ProcessPoolExecutor(1, mp_context=forks.context()) as pool:
        packed = pool.submit(_packed, store.url, plan_id).result()
    found = _unpacked(packed)
    if found is not None:
        _write(path, packed)
    return found


def at_hand(store: Store, plan_id: str) -> bool:
    """Return whether a plan's case need not be made again."""
    path = _path(store, plan_id)
    return path is not None and path.exists()


def keep(store: Store, plan_id: str, packed: bytes) -> None:
    """Leave a plan and its case, packed, for whoever asks next."""
    _write(_path(store, plan_id), packed)


def pack(planned: Planned | None) -> bytes:
    """Return a plan and its case as bytes."""
    return zlib.compress(pickle.dumps(planned, protocol=5), 1)


@cache
def code_hash() -> str:
    """Return a hash of the planner's code and law, as they stand when first asked."""
    root, found = Path(planner.__file__).parent, hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.parent.name != "__pycache__":
            found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def _path(store: Store, plan_id: str) -> Path | None:
    return None if store.beside is None else store.beside / f"{plan_id}-{code_hash()}.case"


def _write(path: Path | None, packed: bytes) -> None:
    """Write a file whole or not at all, and remove the oldest above `KEPT`. A full disk costs time only."""
    if path is None:
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        new.write_bytes(packed)
        new.chmod(0o600)
        new.replace(path)
        files = sorted(path.parent.glob("*.case"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in files[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        logger.warning("a plan's case could not be kept", exc_info=True)


def _unpacked(packed: bytes) -> Planned | None:
    """Return the plan. Its million objects stay for long: the collector neither runs on the way nor looks at them."""
    plain = zlib.decompress(packed)
    gc.disable()
    try:
        found: Planned | None = pickle.loads(plain)
    finally:
        gc.enable()
    gc.freeze()
    return found


def _packed(url: str, plan_id: str) -> bytes:
    """Return the plan as bytes; this runs in the child."""
    from api.store.planned.plans import case_source, document_of, plan_of
    from planner.service.files.plan_file import OtherSourceError, restore_tables

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
    return pack(found)

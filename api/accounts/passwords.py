"""Passwords: Argon2, at most a few checks at once, and as long for a login that does not exist as for one that does."""

from __future__ import annotations

import threading
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.http.problems import Problem
from planner.domain.errors import InputError

SHORTEST, LONGEST = 10, 200
AT_ONCE = 2
"""Each check takes 64 MiB and a tenth of a second of a core."""
WAIT_SECONDS = 10.0

_hasher = PasswordHash((Argon2Hasher(),))
_turns = threading.BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """Return the hash of a new password. Raises InputError where it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"密码应为 {SHORTEST}–{LONGEST} 个字符 / a password has {SHORTEST} to {LONGEST} characters")
    with _Turn():
        return _hasher.hash(password)


def verify(password: str, password_hash: str | None) -> bool:
    """Return whether the password is the one of the hash. Without a hash it takes as long, and is False.

    Raises Problem 503 where too many are being checked.
    """
    with _Turn():
        right = _hasher.verify(password[:LONGEST], password_hash or _nobodys())
    return right and password_hash is not None


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


class _Turn:
    def __enter__(self) -> None:
        if not _turns.acquire(timeout=WAIT_SECONDS):
            raise Problem(503, "busy", "登录人数过多，请稍后再试。", headers={"Retry-After": "5"})

    def __exit__(self, *_: object) -> None:
        _turns.release()

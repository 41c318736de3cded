"""Passwords: Argon2, at most a few checks at once, and as long for a login that does not exist as for one that does."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.problems import Problem
from planner.domain.errors import InputError

SHORTEST, LONGEST = 10, 200
AT_ONCE = 2
"""Each check takes 64 MiB and a tenth of a second of a core."""
WAIT_SECONDS = 10.0

_hasher = PasswordHash((Argon2Hasher(),))


def hash_password(password: str, login: str = "") -> str:
    """Return the hash of a new password. Raises InputError where it is too short or too long, or easily guessed."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"密码应为 {SHORTEST}–{LONGEST} 个字符 / a password has {SHORTEST} to {LONGEST} characters")
    if is_weak(password, login):
        raise InputError(
            "此密码容易被猜到（常用密码、登录名、重复或连续的字符），请换一个，例如几个不相干的词 / "
            "this password is easily guessed: choose another, some words that have nothing to do with each other"
        )
    with _turns.turn():
        return _hasher.hash(password)


def verify(password: str, password_hash: str | None) -> bool:
    """Return whether the password is the one of the hash. Without a hash it takes as long, and is False.

    Raises Problem 503 where too many are being checked.
    """
    with _turns.turn():
        right = _hasher.verify(password[:LONGEST], password_hash or _nobodys())
    return right and password_hash is not None


COMMON = frozenset(
    word
    for line in (
        "password passw0rd p@ssw0rd p@ssword administrator admin root letmein welcome qwertyuiop qwerty asdfghjkl",
        "zxcvbnm 1q2w3e4r5t 1q2w3e4r 1qaz2wsx 1qaz@wsx qazwsxedc zaq12wsx abc123 a123456789 aa123456 woaini5201314",
        "woaini iloveyou 5201314 shanghai jinshan sifaju planner zonghe changeme default test guest user",
    )
    for word in line.split()
)
"""Words that guessers try first, alone or with digits and signs around them (lower case)."""
_ROWS = ("01234567890", "9876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def is_weak(password: str, login: str = "") -> bool:
    """Return whether a password is one of the first that anybody would try.

    It is where hardly anything is left of it once a common word, the login, digits at both ends and signs are taken
    off, or where it repeats few characters or runs along the keyboard.
    """
    text = password.lower()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    words = {*COMMON, *([login.lower()] if len(login) > 2 else [])}
    bare = min((text.replace(word, "") for word in words), key=len)
    rest = re.sub(r"[\W\d_]", "", bare)
    runs = any(text[:8] in row for row in _ROWS) and len(set(text)) <= 12
    return core in words or (len(rest) < 4 and bare != text) or not core or len(set(text)) < 5 or runs


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


class Turns:
    """Turns given in order of arrival, `most` at a time: who comes again at once waits behind who waits already. None
    waits longer than some `seconds`.

    An address has four checks waiting or running at most (`api.accounts.throttle`), so a flood from one makes nobody
    wait longer than for these. A semaphore gives its turns to whoever comes first after one is free.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._free, self._seconds, self._lock = most, seconds, threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it. Raises Problem 503 where none comes in time."""
        mine = threading.Event()
        with self._lock:
            if self._free:
                self._free -= 1
                mine.set()
            else:
                self._waiting.append(mine)
        if not mine.wait(self._seconds) and self._given_up(mine):
            raise Problem(503, "busy", "登录人数过多，请稍后再试。", headers={"Retry-After": "5"})
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting.popleft().set()  # handed on: nobody comes between
                else:
                    self._free += 1

    def _given_up(self, mine: threading.Event) -> bool:
        """Wait no longer; False where the turn has come in the last moment."""
        with self._lock:
            if mine.is_set():
                return False
            self._waiting.remove(mine)
            return True


_turns = Turns(AT_ONCE, WAIT_SECONDS)

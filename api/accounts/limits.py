"""How often an account, or an address without one, may ask: a token bucket for each, in this process."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import Request

from api.accounts.who import Who
from api.problems import Problem

REMEMBERED = 10_000
"""Buckets kept; the one used longest ago goes first. A full bucket and none are the same."""


@dataclass
class Buckets:
    """Buckets of `burst` requests that fill up again at `per_second`."""

    per_second: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str) -> float:
        """Take one; return 0.0, or the seconds to wait where the bucket is empty."""
        with self._lock:
            now = self.clock()
            level, at = self._kept.pop(key, (float(self.burst), now))
            level = min(self.burst, level + (now - at) * self.per_second)
            wait = 0.0 if level >= 1 else (1 - level) / self.per_second
            self._kept[key] = (level - 1 if wait == 0 else level, now)
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
            return wait


def take(request: Request, who: Who) -> None:
    """Count a request of `who`. Raises Problem 429."""
    key = who.account_id or f"address {address_of(request)}"
    buckets: Buckets = request.app.state.buckets
    wait = buckets.take(key)
    if wait:
        seconds = math.ceil(wait)
        headers = {"Retry-After": str(seconds)}
        raise Problem(429, "rate", f"请求过于频繁，请 {seconds} 秒后再试。", headers=headers)


def address_of(request: Request) -> str:
    """Return the address that asks, as the server (behind a trusted proxy: the proxy) tells it."""
    return request.client.host if request.client else ""

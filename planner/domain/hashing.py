"""One way to hash a value: canonical JSON, UTF-8, SHA-256."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import numpy as np


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"cannot hash a {type(value).__name__}")


def canonical_json(value: Any) -> str:
    """Return `value` as JSON that does not depend on dictionary order; sets are sorted, dates are ISO."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def sha256_hex(value: Any) -> str:
    """Return the SHA-256 of `canonical_json(value)` in hex."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()

"""Marks that a caller hands back: the cursor of a list, and the version of what is edited."""

from __future__ import annotations

import base64
import json
from typing import Any

from api.problems import Problem


def cursor_of(value: Any) -> str:
    """Return the cursor for the page after the item that `value` (a number, a text, a list of these) names."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def matched(given: int, current: int) -> None:
    """Raise Problem 412 where what the caller has seen is not what is there."""
    if given != current:
        raise Problem(412, "version", "内容已被他人改动。请重新读取后再改。", current=current)

"""Ids, names and words as they are compared."""

from __future__ import annotations

import re
import unicodedata


def fold(text: str) -> str:
    """Return an id or name as it is compared: half-width, in small letters, without blanks, one kind of dash."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"[‐‑–—−－]", "-", "".join(plain.split())).casefold()

"""Secrets that open a door: random, shown once, kept only as their SHA-256."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32


def new_secret(prefix: str = "") -> str:
    """Return a random secret of 256 bits as text fit for headers and cookies."""
    return prefix + secrets.token_urlsafe(BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret. It is too random to be guessed, so it needs neither salt nor slowness."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

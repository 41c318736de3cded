"""Answers kept for idempotency keys, sealed with the key that the client sent and the service does not keep.

The database holds a name made from the key, so whoever reads it or a backup of it opens no answer and tries no guess
of a request, unless the client's key can be guessed: clients are told to send random ones.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@dataclass(frozen=True, slots=True)
class Seal:
    """What follows from an account's idempotency key: the `name` it is kept under, and two secrets."""

    name: str
    _marking: bytes
    _sealing: bytes

    @classmethod
    def of(cls, account: str, key: str) -> Seal:
        """Return the seal of a key of an account."""
        made = HKDF(SHA256(), length=96, salt=account.encode(), info=b"idempotency key").derive(key.encode())
        return cls(made[:32].hex(), made[32:64], base64.urlsafe_b64encode(made[64:]))

    def marked(self, request: bytes) -> str:
        """Return a mark by which the same request is known again: 64 hex digits (HMAC-SHA-256)."""
        return hmac.new(self._marking, request, hashlib.sha256).hexdigest()

    def closed(self, headers: Mapping[str, str], body: bytes) -> bytes:
        """Return headers and body of an answer, sealed (AES-128-CBC and HMAC-SHA-256 as Fernet has them)."""
        content = json.dumps([dict(headers), base64.b64encode(body).decode()])
        return Fernet(self._sealing).encrypt(content.encode())

    def opened(self, sealed: bytes) -> tuple[dict[str, str], bytes]:
        """Return headers and body. Raises InvalidToken where it was sealed with another key, or changed."""
        headers, body = json.loads(Fernet(self._sealing).decrypt(sealed))
        return headers, base64.b64decode(body)

"""What a field of a case says of itself: its axes, and why it is no part of the hash where it is none.

Cutting a case to some sites, building it anew with more tasks, and hashing read the declarations, so a new field is
written down once. The axes: T tasks, S sites, U units, D days, G groups, K rows of units and skills, R all capacity
rows (K, then H of half-days), P parent agencies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np

KEY = "axes"
_PLAIN = frozenset({str, int, float, bool, date, type(None)})


@dataclass(frozen=True, slots=True)
class Axes:
    """`names` are the axes of the field's value, outermost first, () for one value of the whole case.

    `unhashed` says why the hash leaves it out, "" where it is part of it.
    """

    names: tuple[str, ...] = ()
    unhashed: str = ""


def along(*names: str, unhashed: str = "") -> Mapping[str, Axes]:
    """Return the metadata of a field with these axes."""
    return {KEY: Axes(names, unhashed)}


def axes_of(field: Field[Any]) -> Axes:
    """Return what a field declares. Raises TypeError where it declares nothing."""
    if KEY not in field.metadata:
        raise TypeError(f"field {field.name!r} does not declare its axes")
    declared: Axes = field.metadata[KEY]
    return declared


def hashed(value: Any) -> Any:
    """Return what of `value` a hash is taken of, as plain values.

    Of a dataclass these are its fields by name, without those that declare themselves `unhashed` or have their default:
    so a new field with a default leaves the hashes of all that does not use it. An array counts by shape and content.
    """
    if type(value) in _PLAIN or isinstance(value, int):
        return value
    if isinstance(value, tuple):
        return [part if type(part) in _PLAIN else hashed(part) for part in value]
    if isinstance(value, np.ndarray):
        return [list(value.shape), sha256(np.ascontiguousarray(value).tobytes()).hexdigest()]
    parts = ((name, getattr(value, name), default) for name, default in _hashed_fields(value))
    return {
        name: part if type(part) in _PLAIN else hashed(part)
        for name, part, default in parts
        if default is MISSING or part != default
    }


_HASHED: dict[type[Any], tuple[tuple[str, Any], ...]] = {}


def _hashed_fields(value: Any) -> tuple[tuple[str, Any], ...]:
    """Return name and default of the fields of a dataclass that the hash covers."""
    kind = type(value)
    if kind not in _HASHED:
        covered = (f for f in fields(kind) if not (KEY in f.metadata and axes_of(f).unhashed))
        _HASHED[kind] = tuple((f.name, f.default) for f in covered)
    return _HASHED[kind]

"""Errors of the store.

PlannerError
└── StoreError
    ├── NotFoundError    there is no such thing
    ├── ConflictError    it has changed since it was read, or is there already
    └── StateError       it is in a state in which this cannot be done to it
"""

from __future__ import annotations

from planner.domain.errors import PlannerError


class StoreError(PlannerError):
    """Base; the message is fit to be shown."""


class NotFoundError(StoreError):
    """There is no such thing."""


class ConflictError(StoreError):
    """It has changed since it was read, or is there already."""


class StateError(StoreError):
    """It is in a state in which this cannot be done to it."""

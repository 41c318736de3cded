"""Slices of a case: some of its tasks and sites, with everything else unchanged."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from planner.domain.axes import axes_of
from planner.domain.case import Case, IntArray

Chosen = IntArray | slice


def part_of(case: Case, tasks: Chosen, sites: Chosen, site_of: IntArray, /, **changes: Any) -> Case:
    """Return the case of `tasks`, in this order, at `sites`, of which `site_of` [T] of the new case are indexes.

    Tasks of one site must stand together, and a site may stand there more than once. Every field that runs along tasks
    or sites is cut as it declares; `changes` are fields that the new case has otherwise.
    """
    cut: dict[str, Any] = {}
    for f in fields(case):
        axis = axes_of(f).names[:1]
        if axis in (("T",), ("S",)) and f.name not in changes:
            cut[f.name] = _taken(getattr(case, f.name), tasks if axis == ("T",) else sites)
    n_sites = len(changes.get("sites", cut.get("sites", ())))
    cut["site_of"] = site_of
    cut["start"] = np.searchsorted(site_of, np.arange(n_sites + 1)).astype(np.int64)
    return replace(case, **cut, **changes)


def _taken(values: Any, chosen: Chosen) -> Any:
    if isinstance(values, np.ndarray) or isinstance(chosen, slice):
        return values[chosen]
    return tuple(values[n] for n in chosen.tolist())

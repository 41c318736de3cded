"""The planner's own exceptions.

PlannerError
├── InputError          the files given cannot be used at all (missing, not a workbook, no month); exit code 2
├── RulebookError
│   ├── RulebookGap       no rule or version applies on the date asked for
│   └── RulebookConflict  two rules or versions apply where one must
├── CaseError           a case contradicts itself (index out of range, pin outside the month)
├── MismatchError       solver and checker disagree about a plan; never to be hidden
└── CertificateError    a certificate of the bound does not recompute
"""

from __future__ import annotations


class PlannerError(Exception):
    """Base of all errors that the planner raises on purpose; the message is fit to be shown."""


class InputError(PlannerError):
    """The input cannot be used at all. Bad rows are findings, not this."""


class SpoiledInputError(InputError):
    """The input is there, but nothing can be read from it: a finding about the whole file."""


class RulebookError(PlannerError):
    """The rulebook cannot answer."""


class RulebookGap(RulebookError):  # noqa: N818 - the field's word for "no rule applies"
    """No rule or rulebook version applies on the date asked for."""


class RulebookConflict(RulebookError):  # noqa: N818
    """Two rules or versions apply where exactly one must."""


class CaseError(PlannerError):
    """A case contradicts itself."""


class MismatchError(PlannerError):
    """Solver and checker disagree about a plan, its objective or its bound."""


class CertificateError(PlannerError):
    """A certificate of the bound does not recompute."""

"""Marks for tests that show one rule at work: every encoded rule needs at least one of each.

@lawful("gap.domain")
def test_second_visit_a_month_later_is_lawful(): ...

@unlawful("gap.domain")
def test_second_visit_after_three_weeks_is_refused(): ...
"""

from __future__ import annotations

import pytest


def lawful(rule: str) -> pytest.MarkDecorator:
    """Mark a test that shows `rule` letting something lawful pass."""
    return pytest.mark.lawful(rule)


def unlawful(rule: str) -> pytest.MarkDecorator:
    """Mark a test that shows `rule` stopping something unlawful."""
    return pytest.mark.unlawful(rule)

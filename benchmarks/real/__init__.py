"""Somebody else's records, read as months of this planner, so that it is not tried on its own generator alone."""

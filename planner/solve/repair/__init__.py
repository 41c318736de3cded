"""A plan and its price lists carried to a case that has changed: repaired where it must be, proven from old prices."""

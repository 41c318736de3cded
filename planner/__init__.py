"""Joint-inspection planner: one entry, many checks (综合查一次), with a proof of how near the limit each plan is."""

__version__ = "0.1.0"

"""Joint-inspection planner: one entry, many checks (综合查一次), with a proof of how near the limit each plan is."""

__version__ = "0.2.0"  # told here alone: the package, the command line and the service read it

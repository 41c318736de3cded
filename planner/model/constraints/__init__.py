"""One function per rule; each file is one topic, as in `planner.checks`."""

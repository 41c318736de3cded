"""The command line: `planner`. Words and colours only; all work is done by `planner.service`."""

from planner.cli.app import app, main

__all__ = ["app", "main"]

"""The service's commands for `planner`, found through the entry-point group `planner.commands`."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to `app`. Their modules are read here, so that other commands of `planner` need not wait."""
    from api.commands import store, upkeep
    from api.commands.account import account
    from api.commands.serve import serve

    app.command()(store.worker)
    app.command()(store.backup)
    app.command()(store.restore)
    app.command()(upkeep.retention)
    app.command(hidden=True)(upkeep.export_stored)
    app.command()(serve)
    app.add_typer(account, name="account")
    app.add_typer(store.db, name="db")
    app.add_typer(store.log_app, name="log")

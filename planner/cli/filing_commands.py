"""Commands about what is owed and recorded: filings, codes and results, duties, the evaluation."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from planner.cli.plan_commands import JsonTo, Month, Source, stages_of
from planner.cli.session import Exit, session_of


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("filings")(filings)


def filings(
    context: typer.Context,
    source: Source,
    month: Month,
    publish: Annotated[
        bool, typer.Option("--publish", help="有不得公布的计划时退出码 1 / exit 1 where one must not be published")
    ] = False,
    json_to: JsonTo = None,
) -> None:
    """各计划的备案状态，和公布前还缺什么 / where each filing stands, and what its publishing still lacks."""
    from planner.intake.routes.standing import STATE_ZH, may_publish
    from planner.service import filings_of_month, read_source

    session = session_of(context)
    session.json_to = json_to
    with session.progress(1) as tell:
        tables = read_source(source, stages_of(session, tell))
    found = filings_of_month(tables, month)
    refusals = {name: may_publish(one, one.shut) for name, one in found.items()}
    barred = sorted(name for name, told in refusals.items() if any(refusal.bars for refusal in told))
    chinese = session.lang == "zh"
    count = Counter(one.state for one in found.values())
    session.show(*(f"  {STATE_ZH[state] if chinese else state}：{number}" for state, number in sorted(count.items())))
    for told in refusals.values():
        session.show(*(f"  {one.zh if chinese else one.en}（{'、'.join(one.clauses)}）" for one in told))
    session.emit(
        {
            "month": month,
            "states": {str(state): number for state, number in sorted(count.items())},
            "barred": barred,
            "filings": [
                {
                    "filing": name,
                    "version": one.version,
                    "state": str(one.state),
                    "coded_on": one.coded_on,
                    "open_step": one.open_step,
                    "planned": one.planned,
                    "provisional": one.provisional,
                    "shut": sorted(one.shut),
                    "accepted": one.accepted,
                    "clauses": list(one.clauses),
                    "refusals": [{"code": r.code, "site": r.site, "bars": r.bars} for r in refusals[name]],
                }
                for name, one in found.items()
            ],
        }
    )
    raise typer.Exit(Exit.FINDINGS if publish and barred else Exit.OK)

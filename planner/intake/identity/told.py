"""What is said of premises that stand in several registers, before anything is planned."""

from __future__ import annotations

from collections.abc import Callable

from planner.intake.identity.match import Pair
from planner.intake.identity.union import Registers, joint_visits


def tell_registers(find: Callable[..., None], registers: Registers) -> None:
    """Tell `find` what was merged, and each pair that a person has to decide, those that save most entries first."""
    names = {row.site_id: row for row in registers.tables.sites}
    names |= {row.site_id: row for rows in registers.rows.values() for row in rows}

    def about(pair: Pair) -> dict[str, object]:
        return {"one": pair.one, "other": pair.other, "name": names[pair.one].name, "why": pair.why}

    for pair in registers.merged:
        find("law.sites-merged", names[pair.other].ref, value=pair.other, **about(pair))
    for row in registers.tables.identities:
        if row.other_id not in names and row.other_id not in registers.aliases:
            find("law.identity-unknown", row.ref, column="other_id", value=row.other_id)
    saved = joint_visits(registers.tables, registers.doubtful)
    for count, pair in sorted(zip(saved, registers.doubtful, strict=True), key=lambda one: (-one[0], one[1])):
        find("law.sites-alike", names[pair.other].ref, value=pair.other, **about(pair), saved=count)

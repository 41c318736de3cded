"""Living with a published plan: ledger, gate, merge suggestions, triggered checks, replanning."""

"""Living with a published plan: suggestions, ledger and gate, triggered checks, reports and replanning."""

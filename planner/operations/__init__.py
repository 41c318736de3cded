"""Operations on a published plan: ledger, gate, suggestions, triggered checks, replanning."""

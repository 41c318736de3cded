"""The nouns of one solve: calendar, case, plan, findings. Standard library and numpy only."""

"""The commands of `planner`, by whom they serve: each module registers its own."""

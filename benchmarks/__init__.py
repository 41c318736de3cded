"""Cases, peers and measurements; nothing here is part of the planner."""

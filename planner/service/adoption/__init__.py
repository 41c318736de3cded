"""A month that the bureau made by hand: read, checked, weighed against what else could be, and repaired."""

"""The clause atlas."""

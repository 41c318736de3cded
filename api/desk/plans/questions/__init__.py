"""What is asked of a stored plan: why a task has no day, why a visit is on its day, a site's entries."""

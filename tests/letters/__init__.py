"""Letters, reports and supervision."""

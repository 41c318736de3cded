"""Results of checks, their codes, duties, and the evaluation of a period."""

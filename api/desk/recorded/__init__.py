"""What has been done and is owed: results of checks, their codes, duties, the evaluation of a period."""

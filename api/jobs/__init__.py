"""Durable runs: a table of jobs with leases (`queue`), processes that run them (`worker`, `child`), their kinds."""

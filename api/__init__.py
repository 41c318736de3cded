"""The service: its store, durable runs, log, accounts, and the HTTP interface over `planner.service`."""

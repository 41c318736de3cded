"""Scenarios: read, applied, played, verified."""

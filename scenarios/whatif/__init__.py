"""Scenarios for the demonstration month of June 2026, each with a sentence and what it argues (YAML)."""

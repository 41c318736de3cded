"""Exact tests of what a day can carry: a model of starts, breaks, travel and people, and the plans that use it."""

"""Improvement of a plan: swaps, chains, exchanges, ruin and recreate, and what is done where crews are scarce."""

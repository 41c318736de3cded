"""Plans as each may see them: drafts, changes by hand, consultation rounds, and answers about them."""

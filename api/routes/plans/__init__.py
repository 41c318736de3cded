"""Plans, their changes, rounds, and answers about them."""

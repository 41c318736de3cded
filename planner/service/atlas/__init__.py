"""The clause atlas: from each clause to its rule, its code, what is lawful and what is not, and what a plan did."""

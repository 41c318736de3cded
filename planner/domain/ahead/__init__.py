"""How a month shares work with later months: the look-ahead, its sums and their words."""

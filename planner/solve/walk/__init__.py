"""What a day can carry, asked exactly: a model of starts, breaks, travel and named people, and plans that ask it."""

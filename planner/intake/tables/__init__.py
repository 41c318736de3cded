"""The tables in: their columns, their typed rows, and what is written around them."""

"""Prices of crew time: column generation over patterns, the proven bound, and what is proven during the search."""

"""Filings on their way: handed in, returned, accepted, and who has not filed yet."""

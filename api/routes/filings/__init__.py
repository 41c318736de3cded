"""Filings, and who has filed."""

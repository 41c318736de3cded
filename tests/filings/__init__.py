"""Filings as they really come: forms, words, slips, restrictions that cannot be read, registers that overlap."""

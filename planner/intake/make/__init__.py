"""From what remains to the month's case: draws, frequencies, windows, joint filings, and the look-ahead."""

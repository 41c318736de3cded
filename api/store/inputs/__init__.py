"""What is given: rows of the input tables by revision, filings on their way, and until when they are due."""

"""What stands, bound: salted trees over published visits, filings and bookings, whose root the log's entries hold."""

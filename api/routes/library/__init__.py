"""The library as it stands, its calendar, and whole workbooks brought into it."""

"""The demo district's year as it is lived: filings month by month, and what their checks found."""

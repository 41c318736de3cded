"""Results of checks: what each says of code and time, and what it does to later months."""

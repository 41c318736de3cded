"""A month from its files to its result: read, screened, matched, checked, compared."""

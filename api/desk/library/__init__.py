"""Sites, grades and days, read and corrected by whoever keeps them."""

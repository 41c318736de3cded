"""What enterprises ask for: another day, or not to be visited jointly."""

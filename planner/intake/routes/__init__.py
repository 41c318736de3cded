"""Where each filing stands on its route, and what may be done with it."""

"""What would be if, asked of a stored plan: scenarios ordered and read, and what a crew more is worth."""

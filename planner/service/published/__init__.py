"""What is asked of a published plan, and what one change to it would do."""

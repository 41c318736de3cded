"""What is written of a plan, read back, held against its source, and asked of it."""

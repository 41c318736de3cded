"""Effects of changed cases."""

"""The service itself: runs, log, health."""

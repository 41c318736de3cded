"""What enterprises ask for, over HTTP."""

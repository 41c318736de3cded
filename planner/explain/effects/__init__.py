"""The effect of a changed case: what is proven of it on the same service, by levels, and who gains or loses."""

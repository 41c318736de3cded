"""A plan's next version: changed by hand, after an event, or with plans accepted since."""

"""Living with a published plan, and what everybody may know of it."""

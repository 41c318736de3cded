"""What a plan and its scenarios hold as tidy tables for analysts: one row a thing, one column a property."""

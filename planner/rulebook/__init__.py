"""The law as data: clauses and rules by jurisdiction and date, and who implements which rule."""

"""Questions about one site of a book, answered exactly: by the compiled kernel, or by CP-SAT for very many tasks."""

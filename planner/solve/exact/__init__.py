"""Parts of a case solved exactly: CP-SAT on a model, and the slices that it is given."""

"""One premises in several registers: which rows of sites are the same place, surely or perhaps, and their union."""

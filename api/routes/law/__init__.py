"""The law and the catalogue of findings, which are public."""

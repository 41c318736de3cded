"""Every word that the reports write themselves, in both languages, and readable names for ids."""

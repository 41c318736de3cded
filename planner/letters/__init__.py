"""Letters and reports as Word documents: drafts that a person reads, changes and sends."""

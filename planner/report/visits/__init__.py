"""The month's visits as one audience sees them: when, who goes, who leads."""

"""Who comes in: accounts, tokens, logging in and out, the organisation's own identity provider."""

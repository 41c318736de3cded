"""Who may come in: accounts, passwords, sessions of the page, tokens of programs."""

"""What each body owes by when: the rows of the duty calendar, dated, with what is done of them."""

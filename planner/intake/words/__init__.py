"""What findings say: the catalogue in both languages, and the list that collects them."""

"""The district's year: planned by days, read month by month and week by week."""

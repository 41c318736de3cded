"""Who inspects when: crews, rosters, and hours of the day."""

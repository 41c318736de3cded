"""One day and its crews: start times, breaks and people, and the most that a day can hold."""

"""What the desks do with the store: functions of who asks, which give each no more than its rows."""

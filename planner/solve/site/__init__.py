"""One site alone: its days and subsets laid out flat, its cheapest lawful days at given prices; sweeps over sites."""

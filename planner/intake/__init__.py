"""From filed tables to dated tasks: read, find faults, screen by law, unfold, build the case."""

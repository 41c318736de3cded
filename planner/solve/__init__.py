"""The engines: bound, prices, match, timetable, crews. No other package runs a solver."""

"""What every rule of the intake knows about the month: its law, settings, waivers, tables, and what was found."""

"""What was planned: plans and their cases, bookings on published ones, and consultation rounds."""

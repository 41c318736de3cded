"""What would be if: scenarios read, applied to a copy of what was filed, played from a plan, compared with it."""

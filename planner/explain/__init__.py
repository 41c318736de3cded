"""Why a plan is as it is: reasons of what is left out, and what the month would be without coordination."""

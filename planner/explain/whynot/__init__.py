"""Why a left-out task has no day, and what it would take to give it one."""

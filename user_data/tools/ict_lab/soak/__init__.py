"""A simulated day of the real bot on a fast clock, stopped and restarted at every critical point."""

"""A simulated day of the real bot in a fast time, stopped and started at every point that counts."""

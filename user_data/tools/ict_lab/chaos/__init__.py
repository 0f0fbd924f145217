"""Random scenarios on the real bot: a phase of a trade, what goes wrong in it, and what has to hold after."""

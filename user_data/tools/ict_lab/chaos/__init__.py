"""Random scenarios on the real bot: a phase of a trade, a fault in it, and what must hold afterwards."""

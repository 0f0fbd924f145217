"""Freqtrade's words for a trade's direction, and ours: +1 and -1."""

SIDES = {"long": 1, "short": -1}
NAMES = {direction: name for name, direction in SIDES.items()}

"""Freqtrade's side of `ict`: its settings as parameters, and what only a live bot needs."""

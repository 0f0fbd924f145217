"""Setups: when an entry may be made, and where."""

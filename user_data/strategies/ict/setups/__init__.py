"""Setups: which pattern is traded, when, and at which price (SIG-3, SIG-4, LIM-1, STOP-1, TGT-1)."""

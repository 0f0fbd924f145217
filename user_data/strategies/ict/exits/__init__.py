"""What moves or ends a trade: one rule a module, for the live hooks and for simulations alike.

Prices are as the trade's own side sees them: a short's are negated, so that more is always better, and one
rule serves both sides. They may be numbers, or arrays of many trades of shape (n,).
"""

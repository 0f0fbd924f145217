"""The page of `python -m ict_lab.tune`: its parts, its answers, a real bot, and a real browser."""

"""The benchmark: our analysis beside its peers', and the real Freqtrade with our strategy and without it.

Run it with ``make bench``. Seconds depend on the machine; only the ratios between two things timed in the
same run are claimed, and a bar that is missed is marked, not hidden.
"""

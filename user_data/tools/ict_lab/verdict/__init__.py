"""The verdict: whether backtests, or a walk-forward, show an edge."""

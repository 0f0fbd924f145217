"""One account of a backtest, read once: report, verdict, walk-forward and tune are views of it."""

"""Limits of the account, one a module: entries, losses, drawdown, losing streaks, open risk and cost."""

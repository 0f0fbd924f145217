"""Statistics, each in one place: means with intervals, Sharpe ratios, overfitting, what chance makes."""

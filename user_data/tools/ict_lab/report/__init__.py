"""A page about a backtest: its result, whether that differs from chance, and its trades as charts."""

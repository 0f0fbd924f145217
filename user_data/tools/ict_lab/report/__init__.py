"""A page about a backtest: what it made, whether that can be told from chance, and its trades as charts."""

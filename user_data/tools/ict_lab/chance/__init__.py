"""What chance would have made of a backtest: its trades replayed, and entered again at other times."""

"""The live bot and the backtest on the same candles: the same trades, and a cause for every difference."""

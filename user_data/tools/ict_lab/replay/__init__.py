"""A fast backtest on arrays: what Freqtrade would have traded, with its fills, its wallet and its caps."""

"""Where the candles come from, and what of them the exchange's clock has reached."""

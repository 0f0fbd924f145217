"""Sources of candles, and the part of them that the exchange's clock has reached."""

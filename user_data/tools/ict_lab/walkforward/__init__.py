"""Walk-forward: search on one stretch of candles, test on the next one, and count the tests alone."""

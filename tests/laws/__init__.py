"""The laws that hold for every column and every detector, on real, synthetic and odd candles."""

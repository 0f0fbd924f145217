"""The loopback exchange alone, and beside ccxt, Binance's own client and the real Freqtrade."""

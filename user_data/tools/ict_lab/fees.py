"""Binance's fees of USDT contracts for an account without a discount, ratio of the notional."""

MAKER_FEE, TAKER_FEE = 0.0002, 0.0005

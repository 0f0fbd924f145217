"""Which way: the two sides of a market, for modules that know no candles."""

Direction = int  # +1 bullish, -1 bearish
BOTH_SIDES: tuple[Direction, Direction] = (1, -1)

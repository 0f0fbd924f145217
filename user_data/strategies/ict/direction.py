"""The two sides of a market, for modules without candles."""

Direction = int  # +1 bullish, -1 bearish
BOTH_SIDES: tuple[Direction, Direction] = (1, -1)

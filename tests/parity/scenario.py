"""What both sides are given: a seeded market, a span of it, and the strategy's settings."""

from datetime import UTC, datetime, timedelta
from typing import Any

from loopback.market.intervals import DAY_MS, MINUTE_MS
from loopback.market.synthetic import SyntheticMarket

SYMBOL, PAIR, STRATEGY = "BTCUSDT", "BTC/USDT:USDT", "ICTObFvgStrategy"
TICK, LOT, BALANCE = 0.1, 0.001, 10_000.0
CANDLE_MS = 15 * MINUTE_MS
# The bot's first look at a new candle, and how far its looks are apart (process_throttle_secs).
FIRST_LOOK_MS, LOOK_MS = 2_000, 5_000
SEED = 11
BEGIN, END = datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)
# What the strategy looks back on before its first signal: 1,088 candles, of 4 hours too.
WARM_UP = timedelta(days=195)
BEGIN_MS, END_MS = int(BEGIN.timestamp() * 1000), int(END.timestamp() * 1000)

# The order block alone, so that there are enough trades. Positions are large enough for their risk to size
# them, in many lots, and not the cap on the margin.
ICT_BLOCK: dict[str, Any] = {
    "entry_threshold": 2.0,
    "htf_gate": False,
    "risk_per_trade_percent": 0.5,
    "max_position_percent": 90.0,
    "position_leverage": 3,
}


def make_market() -> SyntheticMarket:
    """Make the candles: what the strategy looks back on, the span itself, and a day that ends it."""
    start_ms = int((BEGIN - WARM_UP).timestamp() * 1000)
    return SyntheticMarket(start_ms, END_MS + 2 * DAY_MS, seed=SEED, symbols=[SYMBOL])

"""What both sides are given: a seeded market, a span of it, and the strategy's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Self

from loopback.market.intervals import DAY_MS, MINUTE_MS
from loopback.market.synthetic import SyntheticMarket

SYMBOL, PAIR, STRATEGY = "BTCUSDT", "BTC/USDT:USDT", "ICTObFvgStrategy"
TICK, LOT, BALANCE = 0.1, 0.001, 10_000.0
CANDLE_MS = 15 * MINUTE_MS
# The bot's first look at a new candle, and how far its looks are apart (process_throttle_secs).
FIRST_LOOK_MS, LOOK_MS = 2_000, 5_000
BEGIN = datetime(2026, 3, 3, tzinfo=UTC)
# What the strategy looks back on before its first signal: 1,088 candles, of 4 hours too.
WARM_UP = timedelta(days=195)
BEGIN_MS = int(BEGIN.timestamp() * 1000)

# The order block alone, so that there are enough trades. Positions are large enough for their risk to size
# them, in many lots, and not the cap on the margin.
BLOCK: dict[str, Any] = {
    "entry_threshold": 2.0, "htf_gate": False, "risk_per_trade_percent": 0.5, "max_position_percent": 90.0,
    "position_leverage": 3,
}  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """Some days that both sides live through.

    Attributes
    ----------
    ict
        The strategy's settings.
    days
        How many.
    seed
        Of the market.
    """

    ict: Mapping[str, Any]
    days: int
    seed: int

    @property
    def rests(self) -> bool:
        """Whether entries rest at a zone."""
        return self.ict.get("entry_at") == "zone"

    @property
    def end(self) -> datetime:
        """When they are over."""
        return BEGIN + timedelta(days=self.days)

    @property
    def end_ms(self) -> int:
        """When they are over, in milliseconds UTC."""
        return BEGIN_MS + self.days * DAY_MS

    def lasting(self, days: int) -> Self:
        """Return it with another number of days; the market is the same for as long as both last."""
        return replace(self, days=days)

    def make_market(self) -> SyntheticMarket:
        """Make the candles: what the strategy looks back on, the days, and a day that ends them."""
        start_ms = int((BEGIN - WARM_UP).timestamp() * 1000)
        return SyntheticMarket(start_ms, self.end_ms + 2 * DAY_MS, seed=self.seed, symbols=[SYMBOL])


SCENARIOS = MappingProxyType(
    {
        "at market": Scenario(BLOCK, days=4, seed=11),
        "resting": Scenario({**BLOCK, "entry_at": "zone", "max_daily_trades": 12}, days=3, seed=11),
    }
)

"""What the rules of both books find on one market."""

from dataclasses import dataclass

from .candles import Market, Settings
from .further_zones import further_zones
from .liquidity import Liquidity, find_liquidity
from .structure import Break, Swing, find_breaks, find_swings
from .zones import Zone, all_zones


@dataclass(frozen=True)
class Facts:
    """What the rules found: zones of both books, swings, breaks, the same of the major structure, pools."""

    zones: list[Zone]
    swings: list[Swing]
    breaks: list[Break]
    major_swings: list[Swing]
    major_breaks: list[Break]
    liquidity: Liquidity

    @property
    def swept(self) -> dict[int, list[str]]:
        """SWEEP-2: the kinds swept of each side at each candle."""
        return self.liquidity.swept


def find_facts(market: Market, settings: Settings) -> Facts:
    candles = market.base
    swings, major, pool_swings = (
        find_swings(candles.high, candles.low, strength)
        for strength in (
            settings.swing_strength_candles,
            settings.major_swing_strength_candles,
            settings.pool_swing_strength_candles,
        )
    )
    liquidity = find_liquidity(market, pool_swings, settings)
    zones = all_zones(candles, settings)
    return Facts(
        zones=zones + further_zones(candles, zones, liquidity.swept, settings), swings=swings,
        breaks=find_breaks(candles.close, swings), major_swings=major,
        major_breaks=find_breaks(candles.close, major), liquidity=liquidity,
    )  # fmt: skip

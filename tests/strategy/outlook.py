"""What higher timeframes say at each candle and where a trader may enter by the rulebook, by the oracle."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.oracle.candles import Market
from tests.oracle.higher import daily_volatility, higher_range, higher_swings
from tests.oracle.structure import higher_trend
from tests.strategy.settings import Settings

TREND, STRENGTH = "4h", 3
Column = np.ndarray
Columns = dict[str, list[Any]]
NAMES = {1: ("long", "bull"), -1: ("short", "bear")}


@dataclass(frozen=True)
class Outlook:
    """Of each base candle: trends by timeframe, swings to trail behind by side, and more.

    `volatility` is VOL-1 of the day, `least_distance` that of EXIT-2 in the quote currency.
    """

    trend: dict[str, Column]
    swing: dict[int, Column]
    volatility: Column
    least_distance: Column


def outlook_of(market: Market, count: int, settings: Settings) -> Outlook:
    """Look at the last `count` candles of a history that is as long as can be had."""
    nothing = [np.nan] * count
    trends, trail = {TREND, settings.second_trend_timeframe} - {"none"}, settings.trail_timeframe
    swings = {
        side: nothing if trail == "none" else higher_swings(market, trail, side, STRENGTH) for side in (1, -1)
    }
    looks_at_days = settings.max_volatility_percentile < 100
    ranges = higher_range(market, TREND) if settings.min_stop_atr else [0.0] * count
    return Outlook(
        trend={name: np.array(higher_trend(market, name, STRENGTH)[-count:]) for name in trends},
        swing={side: np.array(prices[-count:]) for side, prices in swings.items()},
        volatility=np.array((daily_volatility(market) if looks_at_days else nothing)[-count:]),
        least_distance=settings.min_stop_atr * np.array(ranges[-count:]),
    )


def far_edges(columns: Columns, outlook: Outlook, settings: Settings) -> dict[int, np.ndarray]:
    """For each side the price that an entry's stop is measured from, NaN where there is no entry."""
    edges = _block_edges(columns) if settings.entry == "block" else _reversal_edges(columns, settings)
    both = np.isfinite(edges[1]) & np.isfinite(edges[-1])
    found = {}
    for side, edge in edges.items():
        allowed = gate_open(outlook, side, settings) & ~both
        if settings.entry == "block":
            allowed &= score_of(columns, outlook, side) >= settings.entry_threshold
        found[side] = np.where(allowed, edge, np.nan)
    return found


def _block_edges(columns: Columns) -> dict[int, np.ndarray]:
    return {1: np.array(columns["ict_bull_ob_bottom"]), -1: np.array(columns["ict_bear_ob_top"])}


def _reversal_edges(columns: Columns, settings: Settings) -> dict[int, np.ndarray]:
    """Give the sweep's extreme: the oracle tells the stop, which is the buffer beyond it."""
    stops = {
        side: np.array(columns[f"ict_{name}_{settings.entry}_stop"]) for side, (name, _) in NAMES.items()
    }
    return {side: stop / (1 - side * settings.stop_buffer) for side, stop in stops.items()}


def score_of(columns: Columns, outlook: Outlook, side: int) -> np.ndarray:
    """SIG-2, from its four facts."""
    facts = agreed(columns, outlook, side)
    return 2.0 * facts["ob"] + 2.0 * facts["htf"] + 1.5 * facts["fvg"] + 1.5 * facts["ote"]


def agreed(columns: Columns, outlook: Outlook, side: int) -> dict[str, np.ndarray]:
    """Say what speaks for a side at each candle, by the words of the entry's tag and in their order."""
    name = NAMES[side][1]
    own, other = (np.isfinite(_block_edges(columns)[which]) for which in (side, -side))
    return {
        "ob": own & ~other,
        "htf": outlook.trend[TREND] == side,
        "fvg": np.array(columns[f"ict_in_{name}_fvg"], bool),
        "ote": np.array(columns[f"ict_in_{name}_ote"], bool),
    }


def gate_open(outlook: Outlook, side: int, settings: Settings) -> np.ndarray:
    """SIG-2, VOL-1: whether higher timeframes and the daily range allow an entry."""
    allowed = np.ones(len(outlook.volatility), bool)
    for timeframe in {TREND, settings.second_trend_timeframe} - {"none"} if settings.htf_gate else ():
        trend = outlook.trend[timeframe]
        allowed &= (trend == side) if settings.htf_must_agree else (trend != -side)
    if settings.max_volatility_percentile < 100:
        allowed &= outlook.volatility <= settings.max_volatility_percentile
    return allowed

"""Where a trader may enter by the rulebook, from the oracle's columns: SIG-1, SIG-2, REV-1 and the gate."""

from typing import Any

import numpy as np
import pandas as pd

from tests.oracle.candles import Candles, read_candles
from tests.oracle.candles import Settings as OracleSettings
from tests.oracle.structure import Break, find_breaks, find_swings
from tests.oracle.zones import FAIR_VALUE_GAP, all_zones, contains, live_candles, of_kind
from tests.strategy.outlook import TREND, Outlook
from tests.strategy.settings import Settings

Columns = dict[str, list[Any]]
NAMES = {1: ("long", "bull"), -1: ("short", "bear")}


def far_edges(
    frame: pd.DataFrame, columns: Columns, outlook: Outlook, settings: Settings
) -> dict[int, np.ndarray]:
    """For each side the price that an entry's stop is measured from, NaN where there is no entry."""
    edges = _block_edges(columns) if settings.entry == "block" else _reversal_edges(columns, settings)
    if settings.entry == "retest":
        edges = _retest_edges(read_candles(frame), edges)
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
    stops = {side: np.array(columns[f"ict_{name}_reversal_stop"]) for side, (name, _) in NAMES.items()}
    return {side: stop / (1 - side * settings.stop_buffer) for side, stop in stops.items()}


def _retest_edges(candles: Candles, reversals: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
    """REV-1: closes in a live gap that the leg of a reversal left, after its break; the newest gap counts."""
    settings = OracleSettings()
    swings = find_swings(candles.high, candles.low, settings.swing_strength_candles)
    zones = all_zones(candles, settings)
    found = {side: np.full(len(candles), np.nan) for side in (1, -1)}
    for event in find_breaks(candles.close, swings):
        side, edge = event.direction, reversals[event.direction][event.at]
        if not np.isfinite(edge):
            continue
        for gap in of_kind(zones, FAIR_VALUE_GAP, side):
            if not origin_of(candles, event) < gap.known_at <= event.at:
                continue
            for j in live_candles(gap, len(candles)):
                if j > event.at and contains(gap, candles.close[j]):
                    found[side][j] = edge
    return found


def origin_of(candles: Candles, event: Break) -> int:
    """OTE-1: the candle of a leg's origin, the latest of equals."""
    span = range(event.pivot_at, event.at + 1)
    if event.direction > 0:
        return min(span, key=lambda c: (candles.low[c], -c))
    return max(span, key=lambda c: (candles.high[c], c))


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

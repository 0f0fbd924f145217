"""Candles of a backtest that end no trade: Freqtrade need not be asked about them."""

from __future__ import annotations

from typing import Any

from freqtrade.persistence import LocalTrade
from freqtrade.strategy import IStrategy

from ict_host.seams.habits import OF_EXITS, exits_as_known
from ict_host.uncopied import is_ours

# Part of a target's price below which Freqtrade itself is asked if the target is reached.
_NEAR = 1e-6


def asks_for_nothing_else(strategy: Any) -> bool:
    """Whether nothing but its stop and its target can end a trade, by Freqtrade's own rules."""
    if not exits_as_known() or strategy.trailing_stop or strategy.minimal_roi:
        return False
    # `should_exit`, the first, is ours: it asks.
    rules = {name: getattr(getattr(strategy, name), "__func__", None) for name in OF_EXITS[1:]}
    is_theirs = all(rule is getattr(IStrategy, name) for name, rule in rules.items())
    return is_theirs and is_ours(strategy, "custom_roi")


def has_no_event(trade: LocalTrade, target: float | None, low: float, high: float) -> bool:
    """Whether a candle reaches neither a trade's stop, nor its liquidation, nor its target.

    The target is a profit, which grows with the price: where the price falls short, so does the profit.
    """
    stop, liquidation = trade.stop_loss, trade.liquidation_price
    if not stop:
        return False
    if trade.is_short:
        is_held = high < stop and not (liquidation and high >= liquidation)
        return is_held and (target is None or low - target > _NEAR * target)
    is_held = low > stop and not (liquidation and low <= liquidation)
    return is_held and (target is None or target - high > _NEAR * target)

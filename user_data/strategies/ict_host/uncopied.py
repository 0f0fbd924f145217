"""Backtests without Freqtrade's copies of trades that nobody changes: most of a backtest's time.

Freqtrade hands each callback of a strategy a deep copy of the trade, two at every candle of every trade.
Ours read the trade and change nothing of it, so in a backtest and in hyperopt they get the trade itself. A
callback that a strategy of your own overrides gets its copy as before, and so do all in a bot that trades.
How Freqtrade decides on a copy is nowhere written but in its wrapper: it is tried out at each start.
"""

from __future__ import annotations

import logging
from functools import update_wrapper
from types import FunctionType, MethodType
from typing import Any

from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper

logger = logging.getLogger(__name__)

_OURS = __name__.partition(".")[0]
# What Freqtrade calls with a trade in a backtest. Whatever they note of it is in its custom data, or here.
CALLBACKS = (
    "adjust_trade_position", "check_entry_timeout", "custom_entry_price", "custom_exit", "custom_roi",
    "custom_stoploss", "order_filled",
)  # fmt: skip


def spare_copies(strategy: Any) -> None:
    """Have Freqtrade hand our own callbacks the trade itself, on this strategy alone."""
    if not copies_by_name():
        logger.info("Freqtrade copies the trade for every callback")
        return
    for name in CALLBACKS:
        callback = getattr(strategy, name)
        if isinstance(callback, MethodType) and callback.__module__.partition(".")[0] == _OURS:
            setattr(strategy, name, without_copy(callback))


def without_copy(callback: MethodType) -> MethodType:
    """Give a callback that Freqtrade hands the trade itself: for any but `IStrategy`'s own it copies it."""
    own = callback.__func__
    same = FunctionType(own.__code__, own.__globals__, own.__name__, own.__defaults__, own.__closure__)
    update_wrapper(same, own)
    same.__kwdefaults__, same.__qualname__ = own.__kwdefaults__, f"IStrategy.{own.__name__}"
    return MethodType(same, callback.__self__)


def copies_by_name() -> bool:
    """Whether Freqtrade decides by a function's name alone if it gets the trade or a copy of it."""

    def handed(trade: Any) -> Any:
        return trade

    trade: list[int] = []
    copied = strategy_safe_wrapper(handed, supress_error=True)(trade=trade)
    handed.__qualname__ = "IStrategy.handed"
    itself = strategy_safe_wrapper(handed, supress_error=True)(trade=trade)
    return itself is trade and copied is not trade and copied == trade

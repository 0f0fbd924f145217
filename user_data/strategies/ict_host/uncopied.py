"""Backtests without Freqtrade's copies of trades that no callback changes: most of a backtest's time.

Freqtrade hands each callback of a strategy a deep copy of the trade, two at every candle of every trade.
Ours read the trade and change nothing of it, so in a backtest and in hyperopt they get the trade itself. A
callback that a strategy of your own overrides gets its copy as before, and so do all in a bot that trades.
How Freqtrade decides on a copy is a habit of its wrapper: see `ict_host.seams.habits`.
"""

from __future__ import annotations

from functools import update_wrapper
from types import FunctionType, MethodType
from typing import Any

from ict_host.seams.habits import copies_by_name

_OURS = __name__.partition(".")[0]
# What Freqtrade calls with a trade in a backtest. Whatever they note of it is in its custom data, or here.
CALLBACKS = (
    "adjust_trade_position", "check_entry_timeout", "custom_entry_price", "custom_exit", "custom_roi",
    "custom_stoploss", "order_filled",
)  # fmt: skip


def avoid_copies(strategy: Any) -> None:
    """Have Freqtrade hand our own callbacks the trade itself, on this strategy alone."""
    if not copies_by_name():
        return
    for name in CALLBACKS:
        if is_ours(strategy, name):
            setattr(strategy, name, without_copy(getattr(strategy, name)))


def is_ours(strategy: Any, name: str) -> bool:
    """Whether a callback is our own, and not one that a strategy overrides it with."""
    callback = getattr(strategy, name)
    return isinstance(callback, MethodType) and callback.__module__.partition(".")[0] == _OURS


def without_copy(callback: MethodType) -> MethodType:
    """Return a callback that Freqtrade hands the trade itself: for any but `IStrategy`'s own it copies it."""
    own = callback.__func__
    same = FunctionType(own.__code__, own.__globals__, own.__name__, own.__defaults__, own.__closure__)
    update_wrapper(same, own)
    same.__kwdefaults__, same.__qualname__ = own.__kwdefaults__, f"IStrategy.{own.__name__}"
    return MethodType(same, callback.__self__)

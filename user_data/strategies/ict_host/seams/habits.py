"""What Freqtrade does where no name says so: backtests build on it, and each is tried out, or read."""

import hashlib
import importlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from freqtrade.persistence import LocalTrade
from freqtrade.strategy import IntParameter, IStrategy
from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper

GIVEN, VALUE = "original_config", "_value"
BACKTESTING = "freqtrade.optimize.backtesting"
# Freqtrade's code that shortcuts of a backtest rest on, and its digests.
OF_EXITS = (
    "should_exit", "ft_stoploss_adjust", "ft_stoploss_reached", "min_roi_reached", "min_roi_reached_entry",
)  # fmt: skip
_EXITS = "92fc886d6c3b6d3ac3c74e0ae25e7645721474f3f0f3e943c3cc7e34317990db"
_OF_TRADE = (
    "adjust_min_max_rates", "adjust_stop_loss", "calc_profit_ratio", "calc_close_trade_value",
    "_calc_base_close",
)  # fmt: skip
_TRADE = "48412d9e9dc169c9b23165f911f38de77bb2542d1269cf28c6d29850923d4788"
_OF_WALK = (
    "time_pair_generator", "_time_generator", "_time_pair_generator_det", "_time_generator_det",
    "_sync_pair_index", "validate_row", "check_for_trade_entry", "check_abort", "_capture_wallet",
    "_increment_progress", "backtest", "backtest_loop",
)  # fmt: skip
_WALK = "33c05a5d2ed6b8db3ea5611e4e9067407f4e32be01d762ff036b15a9feea6063"


def copies_by_name() -> bool:
    """Whether Freqtrade decides by a function's name alone if it gets the trade or a copy of it."""

    def handed(trade: Any) -> Any:
        return trade

    trade: list[int] = []
    copied = strategy_safe_wrapper(handed, supress_error=True)(trade=trade)
    handed.__qualname__ = "IStrategy.handed"
    itself = strategy_safe_wrapper(handed, supress_error=True)(trade=trade)
    return itself is trade and copied is not trade and copied == trade


def keeps_values() -> bool:
    """Whether a parameter's value is what it keeps, so that both reads give the same."""
    parameter = IntParameter(1, 9, default=3)
    parameter.value = 5
    return getattr(parameter, VALUE, None) == parameter.value == 5


def exports_what_was_given() -> bool:
    """Whether Freqtrade keeps the configuration as it was given, and exports it with a backtest."""
    from freqtrade.configuration import Configuration  # only where one is made: a bot has no use for them
    from freqtrade.optimize.optimize_reports.bt_storage import store_backtest_results

    both = Configuration.load_config, store_backtest_results
    return all(f'config["{GIVEN}"]' in inspect.getsource(one) for one in both)


@cache
def exits_as_known() -> bool:
    """Whether Freqtrade's code that decides on exits is the one that was read for a shortcut."""
    return _is_as_read(IStrategy, OF_EXITS, _EXITS) and _is_as_read(LocalTrade, _OF_TRADE, _TRADE)


@cache
def walks_as_known() -> bool:
    """Whether Freqtrade's code that walks over candles is the one that was read for a shortcut."""
    return _is_as_read(getattr(importlib.import_module(BACKTESTING), "Backtesting", None), _OF_WALK, _WALK)


def _is_as_read(owner: Any, names: Iterable[str], digest: str) -> bool:
    try:
        code = "".join(inspect.getsource(getattr(owner, name)) for name in names)
    except (AttributeError, OSError, TypeError):
        return False
    return hashlib.sha256(code.encode()).hexdigest() == digest


def given(config: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration as it was given; what is added to it goes with a backtest's export."""
    configuration: dict[str, Any] = config.setdefault(GIVEN, {})
    return configuration


@dataclass(frozen=True, slots=True)
class Habit:
    """Something that Freqtrade does.

    Attributes
    ----------
    holds
        Tries it out.
    changed
        What is said where it does so no longer.
    """

    holds: Callable[[], bool]
    changed: str


HABITS = (
    Habit(copies_by_name, "Freqtrade copies the trade for every callback: backtests take longer"),
    Habit(keeps_values, "Freqtrade keeps the values of parameters elsewhere: backtests take longer"),
    Habit(exits_as_known, "Freqtrade decides on exits in another way: backtests take longer"),
    Habit(walks_as_known, "Freqtrade walks over candles in another way: backtests take longer"),
    Habit(exports_what_was_given, "Freqtrade exports another configuration: version and journal are missing"),
)


def changed() -> list[str]:
    """Say which habits have changed, a sentence each."""
    return [habit.changed for habit in HABITS if not habit.holds()]

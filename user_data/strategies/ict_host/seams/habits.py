"""What Freqtrade does where no name says so: backtests build on it, and each one tries it out."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from freqtrade.strategy import IntParameter
from freqtrade.strategy.strategy_wrapper import strategy_safe_wrapper

GIVEN, VALUE = "original_config", "_value"


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
    Habit(exports_what_was_given, "Freqtrade exports another configuration: version and journal are missing"),
)


def changed() -> list[str]:
    """Say which habits have changed, a sentence each."""
    return [habit.changed for habit in HABITS if not habit.holds()]

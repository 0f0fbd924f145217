"""What the product needs from Freqtrade's configuration, one row a key: without it a protection is gone.

Each row was found by asking of every key of Freqtrade's schema, and of every attribute of a strategy that
a configuration overrides: can it take a protection away, or change what is traded, without a word? The
user's own limits on money (`stake_amount`, `max_open_trades`, `tradable_balance_ratio` and the like) are
no rows: they are obeyed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ABSENT = object()
MINUTES: Mapping[str, float] = {"seconds": 1 / 60, "minutes": 1.0}
LONGEST_UNFILLED_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Requirement:
    """One key, and what it must be.

    Attributes
    ----------
    path
        Its place in the configuration, with dots.
    why
        What would be lost.
    allowed
        What it may be, in words; None where only the strategy itself may say it.
    holds
        Whether a value is allowed.
    default
        What Freqtrade takes where nothing is said; `ABSENT` where there is no such thing.
    shipped
        What the ready overlay says; `ABSENT` where it leaves the key alone.
    """

    path: str
    why: str
    allowed: str | None
    holds: Callable[[Any], bool]
    default: Any = ABSENT
    shipped: Any = ABSENT


def _shown(value: Any) -> str:
    return "absent" if value is ABSENT else json.dumps(value, default=str)


def _must_be(path: str, value: Any, why: str, default: Any = ABSENT) -> Requirement:
    return Requirement(path, why, _shown(value), lambda found: bool(found == value), default, value)


def _must_lie(path: str, low: float, high: float, why: str, default: float) -> Requirement:
    def holds(found: Any) -> bool:
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        return is_number and low <= found <= high

    return Requirement(path, why, f"between {low:g} and {high:g}", holds, default)


def _must_stay(path: str, why: str, default: Any = ABSENT) -> Requirement:
    """Leave an attribute of the strategy to the strategy: each preset has its own."""
    return Requirement(path, why, None, lambda found: True, default)


def _fills_in_time(timeouts: Any) -> bool:
    if not isinstance(timeouts, Mapping):
        return False
    unit, wait = MINUTES.get(timeouts.get("unit", "minutes"), float("inf")), timeouts.get("exit")
    return isinstance(wait, int | float) and wait * unit <= LONGEST_UNFILLED_MINUTES


# What entries that rest in a zone need besides (LIM-1).
RESTING_ENTRIES = (
    Requirement(
        "unfilledtimeout.entry", "a resting entry ends with its zone, not by the clock", "left out",
        lambda found: found is ABSENT,
    ),
    _must_be(
        "custom_price_max_distance_ratio", 1.0, "Freqtrade would move the price to the market", 0.02
    ),
)  # fmt: skip
REQUIREMENTS = (
    _must_be("exchange.name", "binance", "rules and guards are those of its USDT perpetuals"),
    _must_be("trading_mode", "futures", "it needs shorts, leverage and stop-loss orders of futures"),
    _must_be("margin_mode", "isolated", "a liquidation then costs one position's margin, not the account"),
    _must_be("stake_currency", "USDT", "equity, risk and the day's caps are counted in it"),
    Requirement(
        "proxy_coin", "with isolated margin Freqtrade trades the stake currency alone", "left out",
        lambda found: found is ABSENT,
    ),
    _must_be("use_custom_stoploss", True, "without it each trade has the static stop, far from its own"),
    _must_be(
        "order_types.stoploss_on_exchange", True, "without it nothing protects a trade while the bot is down"
    ),
    _must_be("order_types.stoploss", "market", "price can jump a limit order, and the position stays open"),
    _must_be("order_types.stoploss_price_type", "last", "stops are computed from last prices", "last"),
    Requirement(
        "order_types.entry", "the settings decide which, Freqtrade requires one", '"market" or "limit"',
        lambda found: found in ("market", "limit"), shipped="market",
    ),
    _must_lie(
        "order_types.stoploss_on_exchange_interval", 0, 300, "seconds until a moved stop is placed", 60
    ),
    *(
        _must_be(f"order_types.{kind}", "market", "sizes and stops rely on an immediate fill", default)
        for kind, default in (
            ("exit", ABSENT), ("emergency_exit", "market"), ("force_entry", "market"),
            ("force_exit", "market"),
        )
    ),
    *(
        _must_be(
            f"{side}_pricing.{name}", value,
            "market orders hit the other side of the book, and futures tickers carry no price", default,
        )
        for side in ("entry", "exit")
        for name, value, default in (
            ("price_side", "other", ABSENT),
            ("use_order_book", True, ABSENT),
            ("order_book_top", 1, 1),
        )
    ),
    Requirement(
        "unfilledtimeout", "an exit that does not fill is a fault, and must not wait for long",
        f"a block whose exit is at most {LONGEST_UNFILLED_MINUTES} minutes", _fills_in_time,
        shipped={"exit": 2, "exit_timeout_count": 3, "unit": "minutes"},
    ),
    _must_be("cancel_open_orders_on_exit", True, "an entry that fills after the bot stopped has no stop"),
    _must_stay("stoploss", "it holds while a trade's own stop is not known, and sizes rely on it"),
    _must_be("trailing_stop", False, "each trade ends at its own stop or target", False),
    *(
        _must_stay(name, "each trade ends at its own stop or target")
        for name in (
            "minimal_roi", "trailing_stop_positive", "trailing_stop_positive_offset",
            "trailing_only_offset_is_reached",
        )
    ),
    _must_stay("use_exit_signal", "without it nothing watches a missing stop"),
    _must_be("exit_profit_only", False, "a trade at a loss would not be closed at its missing stop", False),
    _must_stay("exit_profit_offset", "a trade below it would not be closed at its missing stop", 0.0),
    _must_be("ignore_roi_if_entry_signal", False, "the target would be ignored", False),
    _must_stay("ignore_buying_expired_candle_after", "a signal must not be entered long after its candle"),
    _must_stay("process_only_new_candles", "candles are analysed once, as in a backtest"),
    _must_stay("startup_candle_count", "patterns look back that far: with fewer candles signals differ"),
    _must_stay("position_adjustment_enable", "the settings of partial exits decide it"),
    _must_stay("max_entry_position_adjustment", "no trade gets a second entry"),
    _must_stay("order_time_in_force", "orders are good until cancelled"),
    _must_stay("disable_dataframe_checks", "the check that no candle was lost in the analysis"),
    _must_lie("liquidation_buffer", 0.01, 0.3, "with more, Freqtrade closes before the trade's stop", 0.05),
    _must_be("reduce_df_footprint", False, "prices would be cut to seven digits in a backtest", False),
    _must_be("position_stacking", False, "a backtest would hold several trades of a pair", False),
    _must_be("recursive_strategy_search", False, "every Python file below strategies would be run", False),
    _must_be("exchange.enable_ws", False, "candles by websocket are untested", True),
    _must_be("exchange.skip_open_order_update", False, "orders would not be looked up at a start", False),
    _must_lie("exchange.outdated_offset", 1, 5, "minutes that the newest candle may be late", 5),
    Requirement(
        "exchange._ft_has_params", "it changes what Freqtrade assumes about Binance", "left out",
        lambda found: found is ABSENT,
    ),
    _must_lie("internals.process_throttle_secs", 0, 30, "seconds between two checks of stop and target", 5),
)  # fmt: skip


def differences(config: Mapping[str, Any], own: Mapping[str, Any], *, rests: bool = False) -> list[str]:
    """Return where a configuration is not as the product needs it, a sentence per key.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration as it is in force: files, environment and strategy merged.
    own : Mapping
        What the strategy itself says of its attributes, by name.
    rests : bool
        Whether its settings rest entries in zones (LIM-1).
    """
    return [*_differences(config, own, (*REQUIREMENTS, *(RESTING_ENTRIES if rests else ())))]


def _differences(
    config: Mapping[str, Any], own: Mapping[str, Any], rows: tuple[Requirement, ...]
) -> Iterator[str]:
    for row in rows:
        found = _value(config, row)
        if row.allowed is None:
            said = own.get(row.path, row.default)
            if found not in (ABSENT, said):
                was = f"{_shown(said)}, was {_shown(found)}"
                yield f"{row.path} must be left to the strategy, {was}: {row.why}"
        elif not row.holds(found):
            yield f"{row.path} must be {row.allowed}, was {_shown(found)}: {row.why}"


def overlay() -> dict[str, Any]:
    """Make the configuration that gives every key its required value."""
    made: dict[str, Any] = {}
    for row in (*REQUIREMENTS, *RESTING_ENTRIES):
        if row.shipped is ABSENT:
            continue
        block, names = made, row.path.split(".")
        for name in names[:-1]:
            block = block.setdefault(name, {})
        block[names[-1]] = row.shipped
    return made


def _value(config: Mapping[str, Any], row: Requirement) -> Any:
    found: Any = config
    for name in row.path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return row.default
        found = found[name]
    return found

"""The names of Freqtrade that must be there, and the releases that the tests ran on."""

import importlib
import inspect
import re
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

from freqtrade import __version__

# First and last release of Freqtrade that the whole test suite ran on.
TESTED_VERSIONS = ("2026.9", "2026.9")


@dataclass(frozen=True, slots=True)
class Seam:
    """A name of Freqtrade that must be there.

    Attributes
    ----------
    where
        Module, a colon, and a class with its attribute, such as ``freqtrade.worker:Worker._sleep``.
    why
        What rests on it.
    parameters
        Parameters that a call of ours names.
    """

    where: str
    why: str
    parameters: tuple[str, ...] = ()


_BOT, _EXCHANGE = "freqtrade.freqtradebot:FreqtradeBot", "freqtrade.exchange:Exchange"
_TRADE = "freqtrade.persistence:Trade"
_STRATEGY = "freqtrade.strategy.interface:IStrategy"
SEAMS = (
    Seam(f"{_STRATEGY}.ft_bot_start", "the start is checked"),
    Seam(f"{_STRATEGY}.ft_set_special_params_from_file", "the start is checked"),
    Seam(f"{_STRATEGY}.ft_load_hyper_params", "the settings are applied", ("hyperopt",)),
    Seam(f"{_STRATEGY}.load_params_from_file", "the strategy's JSON file is read"),
    Seam("freqtrade.worker:Worker._reconfigure", "a reload is checked before it happens"),
    Seam("freqtrade.worker:Worker._init", "a reload that an outage has met is tried again", ("reconfig",)),
    Seam("freqtrade.worker:Worker._sleep", "one wait of the loop is bounded", ("sleep_duration",)),
    Seam(
        f"{_EXCHANGE}.create_order",
        "each order is written down before it is sent",
        ("pair", "ordertype", "side", "amount", "rate", "leverage", "reduceOnly", "initial_order"),
    ),
    Seam(
        f"{_EXCHANGE}.create_stoploss",
        "the first stop is the planned one",
        ("pair", "amount", "stop_price", "order_types", "side", "leverage"),
    ),
    Seam(
        f"{_EXCHANGE}.fetch_stoploss_order", "a stop that can't be looked up", ("order_id", "pair", "params")
    ),
    Seam(f"{_EXCHANGE}.reload_markets", "an order off a changed grid is sent again", ("force",)),
    Seam(f"{_EXCHANGE}.cancel_order", "a signal waits for a cancel", ("order_id", "pair", "params")),
    Seam(f"{_EXCHANGE}.cancel_order_with_result", "an entry is cancelled", ("order_id", "pair", "amount")),
    Seam(f"{_EXCHANGE}.fetch_positions", "positions of the exchange"),
    Seam(f"{_EXCHANGE}.fetch_bids_asks", "the spread of make now", ("cached",)),
    Seam("freqtrade.exchange.binance:Binance.fetch_funding_rates", "the funding of make now"),
    Seam(f"{_EXCHANGE}.fetch_orders", "a close that the bot did not make is booked", ("pair", "since")),
    Seam(
        f"{_BOT}.update_trade_state", "an order found again is booked", ("trade", "order_id", "action_order")
    ),
    Seam(f"{_BOT}.cancel_stoploss_on_exchange", "the stop of a smaller position is placed again", ("trade",)),
    Seam(
        f"{_BOT}.create_trade",
        "an error with one pair does not keep the others from their entries",
        ("pair",),
    ),
    Seam(
        f"{_BOT}.handle_stoploss_on_exchange",
        "an error with one trade's stop does not keep it from its exit",
        ("trade",),
    ),
    Seam(
        f"{_BOT}.handle_trade",
        "an error with one trade does not keep the others from their exits",
        ("trade",),
    ),
    Seam(f"{_BOT}.manage_open_orders", "orders that are open in the book are looked up in each loop"),
    Seam(f"{_BOT}.startup_update_open_orders", "orders that are open in the book are looked up at the start"),
    Seam(f"{_EXCHANGE}._contracts_to_amount", "positions of the exchange", ("pair", "num_contracts")),
    Seam("freqtrade.wallets:Wallets.get_all_positions", "positions of the exchange"),
    Seam("freqtrade.wallets:Wallets.update", "positions of the exchange", ("require_update",)),
    Seam("freqtrade.persistence:KeyValueStore.get_string_value", "whose trades a book holds", ("key",)),
    Seam("freqtrade.persistence:KeyValueStore.store_value", "whose trades a book holds", ("key", "value")),
    Seam(
        "freqtrade.wallets:Wallets.get_available_stake_amount",
        "equity is what the configuration lets the bot use",
    ),
    Seam(f"{_TRADE}.total_open_trades_stakes", "equity is what the configuration lets the bot use"),
    Seam(f"{_EXCHANGE}.get_precision_price", "levels are on the pair's grid", ("pair",)),
    Seam(f"{_EXCHANGE}.get_precision_amount", "sizes are on the pair's grid", ("pair",)),
    Seam(f"{_EXCHANGE}.precision_mode_price", "levels are on the pair's grid"),
    Seam(f"{_EXCHANGE}.get_fee", "a size counts its fees", ("symbol", "taker_or_maker")),
    Seam(f"{_EXCHANGE}.get_max_leverage", "a size counts its leverage", ("pair", "stake_amount")),
    Seam(
        f"{_EXCHANGE}.get_maintenance_ratio_and_amt",
        "the stop comes before the liquidation",
        ("pair", "notional_value"),
    ),
    Seam(f"{_EXCHANGE}.get_proxy_coin", "deposits of the day"),
    Seam("ccxt:binance.fapiprivate_get_income", "deposits of the day, funding, and what a liquidation costs"),
    Seam("ccxt:binance.fapiPublicGetTickerBookTicker", "the price of an exit without an order book"),
    Seam("ccxt:binance.fapiPublicGetPremiumIndex", "the price of an exit without an order book"),
    Seam(
        f"{_EXCHANGE}.get_rate",
        "the price of an exit without an order book",
        ("pair", "refresh", "side", "is_short"),
    ),
    Seam(
        f"{_EXCHANGE}.get_rates",
        "the price of an exit without an order book",
        ("pair", "refresh", "is_short"),
    ),
    Seam(
        f"{_BOT}.handle_order_fee", "each exit is booked with its own costs", ("trade", "order_obj", "order")
    ),
    Seam(f"{_TRADE}.has_open_sl_orders", "the stop watch"),
    Seam(f"{_TRADE}.open_sl_orders", "stops of the book"),
    Seam(f"{_TRADE}.has_open_orders", "orders of the book that are under way"),
    Seam(f"{_TRADE}.recalc_trade_from_orders", "an entry found again and late funding", ("is_closing",)),
    Seam(f"{_TRADE}.funding_fee_running", "each exit is booked with its own costs"),
    Seam("freqtrade.persistence:Order.funding_fee", "each exit is booked with its own costs"),
    Seam(f"{_TRADE}.delete_custom_data", "a backtest forgets a closed trade's record", ("key",)),
    Seam("freqtrade.persistence:Order.order_by_id", "orders of the book"),
    Seam("freqtrade.persistence:Order.parse_from_ccxt_object", "an order found again is booked"),
    Seam("freqtrade.rpc.rpc_manager:RPCManager.process_msg_queue", "the strategy's texts", ("queue",)),
    Seam("freqtrade.rpc.rpc_manager:RPCManager.send_msg", "starts, stops and resting entries", ("msg",)),
    Seam("freqtrade.rpc.webhook:Webhook.send_msg", "the strategy's texts", ("msg",)),
    Seam("freqtrade.rpc.webhook:Webhook._send_msg", "titles on Discord", ("payload",)),
    Seam("freqtrade.strategy:IStrategy.ft_bot_cleanup", "texts that wait are sent before the bot ends"),
    Seam(
        "freqtrade.persistence:KeyValueStore.store_value", "since when closes are reported", ("key", "value")
    ),
    Seam("freqtrade.persistence:KeyValueStore.get_int_value", "since when closes are reported", ("key",)),
)


def missing() -> list[str]:
    """Say which names of Freqtrade are not as this product needs them, a sentence each."""
    return [*_missing(SEAMS)]


@cache
def _missing(seams: tuple[Seam, ...]) -> tuple[str, ...]:
    # Once in a process: after that our own functions are in some of the places, as at a reload.
    return tuple(sentence for seam in seams if (sentence := _fault_of(seam)))


def version_fault(version: str = __version__) -> str | None:
    """Say that a release of Freqtrade is older or newer than those the tests ran on.

    An older one is known to fail silently. A newer one may be as good as the tested ones, and each name
    that is built on is looked up at the start: so it is a warning where `is_too_old` is false.
    """
    first, last = TESTED_VERSIONS
    if "dev" not in version and _release(first) <= _release(version) <= _release(last):
        return None
    return f"Freqtrade must be {first if first == last else f'{first} to {last}'}, was {version}"


def is_too_old(version: str = __version__) -> bool:
    """Whether a release of Freqtrade is older than the first that the tests ran on."""
    return _release(version) < _release(TESTED_VERSIONS[0])


def _release(version: str) -> tuple[int, ...]:
    """Year and month; what names none, such as a development build by its commit, counts as the newest."""
    found = re.search(r"(\d{4})\.(\d{1,2})", version)
    return tuple(map(int, found.groups())) if found else (sys.maxsize,)


def _fault_of(seam: Seam) -> str | None:
    module, _, path = seam.where.partition(":")
    found: Any = None
    try:
        found = importlib.import_module(module)
        for name in path.split("."):
            found = inspect.getattr_static(found, name)
    except (ImportError, AttributeError):
        return f"Freqtrade {__version__} has no {seam.where}: {seam.why}"
    called = getattr(found, "__func__", found)
    lost = [name for name in seam.parameters if name not in inspect.signature(called).parameters]
    if lost:
        return f"Freqtrade {__version__}: {seam.where} takes no {', '.join(lost)}: {seam.why}"
    return None

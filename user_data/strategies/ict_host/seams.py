"""Every private or undocumented name of Freqtrade that this product builds on, in one place.

A later Freqtrade may rename any of them. `missing` is run at each start that can cost money, and a test
runs it too, so that a guard never goes quiet: the bot does not start without it.
"""

import importlib
import inspect
import logging
import re
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from threading import get_ident
from typing import Any

from freqtrade import __version__
from freqtrade.exchange import Exchange
from freqtrade.persistence import Trade
from sqlalchemy import Engine

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
    Seam(f"{_EXCHANGE}.cancel_order", "a signal waits for a cancel", ("order_id", "pair", "params")),
    Seam(f"{_EXCHANGE}.cancel_order_with_result", "an entry is taken back", ("order_id", "pair", "amount")),
    Seam(f"{_EXCHANGE}.fetch_positions", "positions of the exchange"),
    Seam(f"{_EXCHANGE}.fetch_orders", "a close that the bot did not make is booked", ("pair", "since")),
    Seam(
        f"{_BOT}.update_trade_state", "an order found again is booked", ("trade", "order_id", "action_order")
    ),
    Seam(f"{_BOT}.cancel_stoploss_on_exchange", "the stop of a smaller position is placed anew", ("trade",)),
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
    Seam("ccxt:binance.fapiprivate_get_income", "deposits of the day, and what a liquidation costs"),
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
    Seam(f"{_BOT}.handle_order_fee", "each exit is booked at its own fee", ("trade", "order_obj", "order")),
    Seam(f"{_TRADE}.has_open_sl_orders", "the stop watch"),
    Seam(f"{_TRADE}.open_sl_orders", "stops of the book"),
    Seam(f"{_TRADE}.has_open_orders", "orders of the book that are under way"),
    Seam(f"{_TRADE}.recalc_trade_from_orders", "an entry found again is booked"),
    Seam(f"{_TRADE}.delete_custom_data", "a backtest forgets a closed trade's record", ("key",)),
    Seam("freqtrade.persistence:Order.order_by_id", "orders of the book"),
    Seam("freqtrade.persistence:Order.parse_from_ccxt_object", "an order found again is booked"),
    Seam("freqtrade.rpc.rpc_manager:RPCManager.process_msg_queue", "the strategy's texts", ("queue",)),
    Seam("freqtrade.rpc.rpc_manager:RPCManager.send_msg", "starts, stops and resting entries", ("msg",)),
    Seam("freqtrade.rpc.webhook:Webhook.send_msg", "the strategy's texts", ("msg",)),
    Seam("freqtrade.rpc.webhook:Webhook._send_msg", "titles on Discord", ("payload",)),
    Seam("freqtrade.strategy:IStrategy.ft_bot_cleanup", "texts that wait are sent before the bot ends"),
    Seam("freqtrade.persistence:KeyValueStore.store_value", "since when closes are told", ("key", "value")),
    Seam("freqtrade.persistence:KeyValueStore.get_int_value", "since when closes are told", ("key",)),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that Freqtrade writes to its log alone although it concerns money.

    Attributes
    ----------
    logger
        Who writes it; also the module whose source has it.
    text
        How it begins; ``{}`` is what is filled in.
    """

    logger: str
    text: str


_FREQTRADEBOT, _INTERFACE = "freqtrade.freqtradebot", "freqtrade.strategy.interface"
_OF_EXCHANGE, _TRADE_MODEL = "freqtrade.exchange.exchange", "freqtrade.persistence.trade_model"
WORKER = "freqtrade.worker"
LINES = (
    # Orders that were refused, or could not be placed, moved or cancelled
    Line(_FREQTRADEBOT, "Unable to create trade"),
    Line(_FREQTRADEBOT, "Unable to exit trade"),
    Line(_FREQTRADEBOT, "Unable to place"),
    Line(_FREQTRADEBOT, "Unable to handle stoploss"),
    Line(_FREQTRADEBOT, "Unable to emergency exit"),
    Line(_FREQTRADEBOT, "Unable to adjust position of trade"),
    Line(_FREQTRADEBOT, "Could not create trailing stoploss"),
    Line(_FREQTRADEBOT, "All Stoploss orders are cancelled, but unable to recreate one."),
    Line(_FREQTRADEBOT, "Could not cancel stoploss order"),
    Line(_FREQTRADEBOT, "Could not cancel {} order"),
    Line(_FREQTRADEBOT, "Order {} for {} not cancelled"),
    Line(_FREQTRADEBOT, "{} {} order with time in force {} for {} is {} by {}."),
    Line(_FREQTRADEBOT, "Emergency exiting trade"),
    Line(_OF_EXCHANGE, "Could not cancel order {} for {}."),
    Line(_OF_EXCHANGE, "Could not fetch cancelled order"),
    Line(_OF_EXCHANGE, "Could not fetch cancelled stoploss order"),
    # What became of an order, or of a position, is not known
    Line(_FREQTRADEBOT, "Unable to fetch stoploss order"),
    Line(_FREQTRADEBOT, "Unable to fetch order"),
    Line(_FREQTRADEBOT, "Error updating"),
    Line(_FREQTRADEBOT, "Error finding onexchange order"),
    Line(_FREQTRADEBOT, "Not enough {} in wallet to exit"),
    Line(_FREQTRADEBOT, "{} has a total of {} {}, but the Wallet shows a total of {} {}."),
    Line(_FREQTRADEBOT, "Trade only had fully canceled entry orders. Removing {} from database."),
    Line(_FREQTRADEBOT, "Order {} has no trade attached."),
    Line(_FREQTRADEBOT, "Orderid for trade {} is empty."),
    Line(_TRADE_MODEL, "{} is not a valid response object."),
    Line(_TRADE_MODEL, "Did not find order for"),
    # Figures that a profit or a stop is made of
    Line(_FREQTRADEBOT, "Could not update trade amount"),
    Line(_OF_EXCHANGE, "Could not update funding fees for"),
    Line("freqtrade.leverage.liquidation_price", "Unable to calculate liquidation price"),
    # No entries, or late ones
    Line(_INTERFACE, "Outdated history for pair"),
    Line(_INTERFACE, "Empty candle (OHLCV) data for pair"),
    Line(_INTERFACE, "Empty dataframe for pair"),
    Line(_INTERFACE, "Unable to analyze candle (OHLCV) data for pair"),
    Line(_INTERFACE, "Unable to get latest candle (OHLCV) data for pair"),
    Line(_FREQTRADEBOT, "Strategy analysis took {}s, more than 25% of the timeframe"),
    Line(_OF_EXCHANGE, "Could not load markets."),
    # The loop or a callback of ours failed, or the end of the bot
    Line(WORKER, "Error: {}, retrying in {} seconds..."),
    Line("freqtrade.strategy.strategy_wrapper", "{}Strategy caused the following exception: {} in"),
    Line("freqtrade.strategy.strategy_wrapper", "{}Unexpected error {} calling"),
    Line(_FREQTRADEBOT, "Exception during cleanup: {}"),
)


def missing() -> list[str]:
    """Say which names of Freqtrade are not as this product needs them, a sentence each."""
    return [*_missing(SEAMS)]


@cache
def _missing(seams: tuple[Seam, ...]) -> tuple[str, ...]:
    # Once in a process: after that our own functions stand in some of the places, as at a reload.
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


def bot_of(dp: Any) -> Any:
    """Return the running bot behind a data provider.

    Raises
    ------
    AttributeError
        If there is none, as in a backtest, or Freqtrade keeps it elsewhere.
    """
    return dp._DataProvider__rpc._rpc._freqtrade


def exchange_of(dp: Any) -> Exchange:
    """Return the exchange behind a data provider, in a backtest too.

    Raises
    ------
    AttributeError
        If Freqtrade keeps it elsewhere.
    """
    exchange: Exchange = dp._exchange
    return exchange


def transferred(exchange: Exchange, since: datetime) -> float:
    """Sum what was deposited less what was withdrawn since a time, in the coin of the wallet.

    Raises
    ------
    ccxt.BaseError
        When the exchange does not answer.
    """
    return sum(float(row["income"]) for row in incomes(exchange, "TRANSFER", since))


def incomes(exchange: Exchange, kind: str, since: datetime) -> list[dict[str, Any]]:
    """Return what an account got or paid (less than 0) of one kind since a time, in the coin of the wallet.

    Raises
    ------
    ccxt.BaseError
        When the exchange does not answer.
    """
    asked = {"incomeType": kind, "startTime": int(since.timestamp() * 1000), "limit": 1000}
    rows, coin = ccxt_of(exchange).fapiprivate_get_income(asked), exchange.get_proxy_coin()
    return [row for row in rows if row["asset"] == coin]


def exit_lock(bot: Any) -> AbstractContextManager[Any]:
    """Return the lock that keeps the loop apart from forced entries and exits, which other threads make."""
    lock: AbstractContextManager[Any] = bot._exit_lock
    return lock


def ccxt_of(exchange: Any) -> Any:
    """Return the synchronous ccxt client of an exchange of Freqtrade's."""
    return exchange._api


def amount_of(exchange: Any, pair: str, contracts: float) -> float:
    """Return contracts of a pair in its base currency."""
    amount: float = exchange._contracts_to_amount(pair, contracts)
    return amount


def replace_sleep(sleep: Callable[[float], None]) -> Callable[[float], None]:
    """Have Freqtrade's worker wait between two loops by another function; return the one before."""
    from freqtrade.worker import Worker  # only where a bot runs: it brings all of Freqtrade's server along

    before: Callable[[float], None] = Worker._sleep
    Worker._sleep = staticmethod(sleep)  # type: ignore[method-assign, assignment]
    return before


def replace_reconfigure(reconfigure: Callable[[Any, Callable[[Any], None]], None]) -> None:
    """Have Freqtrade's worker reload by another function, which gets the worker and Freqtrade's own way."""
    from freqtrade.worker import Worker

    own = getattr(Worker._reconfigure, "own", Worker._reconfigure)

    def replaced(worker: Any) -> None:
        reconfigure(worker, own)

    replaced.own = own  # type: ignore[attr-defined]
    Worker._reconfigure = replaced  # type: ignore[method-assign, assignment]


def arguments_of(worker: Any) -> dict[str, Any]:
    """Return the parsed command line that a worker was started with."""
    arguments: dict[str, Any] = worker._args
    return arguments


def start_anew(worker: Any, config: dict[str, Any]) -> None:
    """Have a worker make its bot by a configuration that is loaded already."""
    worker._config = config
    worker._init(False)


def wait_of(worker: Any, seconds: float) -> None:
    """Wait as a worker does between two loops: a stop signal ends it."""
    worker._sleep(seconds)


def addresses_of(exchange: Any) -> list[dict[str, Any]]:
    """Return the addresses that each ccxt client of an exchange of Freqtrade's would use."""
    clients = [exchange._api, exchange._api_async, getattr(exchange, "_ws_async", None)]
    return [client.urls["api"] for client in clients if client is not None]


def database() -> Engine:
    """Return the engine of Freqtrade's database."""
    return Trade.session.get_bind().engine


# Ends of Freqtrade's warnings that the messages "Bot started" and "Bot stopped" say as well.
SAID_BY_OURS = ("are simulated.", "trades gracefully. \n", "(dry run).")


def dress_discord(module: Any, look_of: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """Give the messages of Freqtrade's Discord another title or colour: its own title is the type's name.

    Parameters
    ----------
    module
        Freqtrade's Discord.
    look_of : Callable
        From a message to what its embed gets, such as ``{"title": "Error"}``.
    """
    send, post = module.send_msg, module._send_msg
    look: dict[str, Any] = {}

    def send_dressed(message: dict[str, Any]) -> None:
        look.clear()
        look.update(look_of(message))
        send(message)

    def post_dressed(payload: dict[str, Any]) -> None:
        post({"embeds": [{**embed, **look} for embed in payload["embeds"]]})

    module.send_msg, module._send_msg = send_dressed, post_dressed


def message_queue(bot: Any) -> deque[str]:
    """Return the texts that the strategy has given to Freqtrade and that are not sent yet."""
    queue: deque[str] = bot.dataprovider._msg_queue
    return queue


WEBHOOK, WEBHOOK_FAILED = "freqtrade.rpc.webhook", "Could not call webhook url"
_STATUS = re.compile(r"Exception: (\d{3}) ")


def webhook_failures(module: Any, message: Mapping[str, Any]) -> list[int | None]:
    """Send a message over one of Freqtrade's channels and say why it was not taken.

    Freqtrade's own call says nothing: Discord and webhook log each attempt that failed, as often as they
    try. Telegram sends in a thread of its own; what becomes of it there is not known here.

    Returns
    -------
    list[int or None]
        HTTP status of each attempt, None where there was no answer; empty where it was taken.
    """
    with _heard(WEBHOOK) as lines:
        module.send_msg(dict(message))
    failed = [line for line in lines if line.startswith(WEBHOOK_FAILED)]
    if len(failed) <= getattr(module, "_retries", 0):
        return []
    found = [_STATUS.search(line) for line in failed]
    return [int(status[1]) if status else None for status in found]


class _Ear(logging.Handler):
    """Keeps what is said in the thread that made it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self._thread = get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.lines.append(record.getMessage())


@contextmanager
def _heard(name: str) -> Iterator[list[str]]:
    log, ear = logging.getLogger(name), _Ear()
    log.addHandler(ear)
    try:
        yield ear.lines
    finally:
        log.removeHandler(ear)

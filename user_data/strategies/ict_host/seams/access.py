"""Ways to what Freqtrade keeps private: bot, exchange, worker, database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import ccxt  # type: ignore[import-untyped]
from freqtrade.exchange import Exchange
from freqtrade.persistence import Trade
from sqlalchemy import Engine

MOST_INCOMES = 1000
# Binance's words for money that came or went without a trade: transfers, conversions and a bonus.
MOVES = (
    "TRANSFER", "INTERNAL_TRANSFER", "STRATEGY_UMFUTURES_TRANSFER", "CROSS_COLLATERAL_TRANSFER",
    "COIN_SWAP_DEPOSIT", "COIN_SWAP_WITHDRAW", "WELCOME_BONUS",
)  # fmt: skip


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
    rows = _income_rows(exchange, since)
    if len(rows) == MOST_INCOMES:
        # Money that moved may be among those that the answer had no room for.
        rows = [row for kind in MOVES for row in _income_rows(exchange, since, incomeType=kind)]
    return sum(float(row["income"]) for row in _of_wallet(exchange, rows) if row["incomeType"] in MOVES)


def incomes(exchange: Exchange, kind: str, since: datetime, market: str) -> list[dict[str, Any]]:
    """Return what an account got or paid (less than 0) of one kind since a time, in the coin of the wallet.

    Parameters
    ----------
    exchange
        Freqtrade's.
    kind, market
        The kind and the contract, as Binance names them.
    since
        Timezone-aware.

    Raises
    ------
    ccxt.BaseError
        When the exchange does not answer.
    """
    return _of_wallet(exchange, _income_rows(exchange, since, incomeType=kind, symbol=market))


def _income_rows(exchange: Exchange, since: datetime, **of_kind: str) -> list[dict[str, Any]]:
    asked = {"startTime": int(since.timestamp() * 1000), "limit": MOST_INCOMES, **of_kind}
    rows: list[dict[str, Any]] = ccxt_of(exchange).fapiprivate_get_income(asked)
    if not isinstance(rows, list):
        raise ccxt.BadResponse(f"the account's history must be a list, was {rows!r:.99}")
    return rows


def _of_wallet(exchange: Exchange, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    coin = exchange.get_proxy_coin()
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

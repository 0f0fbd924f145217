"""Freqtrade's side of the strategy in this process: resolver, trade record, and two stand-ins."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from ccxt import TICK_SIZE
from freqtrade.enums import RunMode, TradingMode
from freqtrade.persistence import Order, PairLocks, Trade, init_db
from freqtrade.persistence.base import ModelBase
from freqtrade.persistence.migrations import set_sqlite_to_wal
from freqtrade.resolvers import StrategyResolver
from freqtrade.strategy.interface import IStrategy

from ict.setups.entries import Entries
from ict.setups.tags import Tags
from tests.strategy.support import BTC, STRATEGY, ict_block
from tests.support.places import STRATEGIES

NOW = datetime(2024, 3, 5, 10, 0, tzinfo=UTC)  # a candle closed just now
CANDLE = timedelta(minutes=15)
EQUITY, PROPOSED = 10_000.0, 9_500.0
ENTRY = 60_000.0
STOPS = {"long": 59_400.0, "short": 60_600.0}  # one percent away
TICK, LOT, FEE, MAKER_FEE = 0.1, 0.001, 0.0005, 0.0002
SCORE = 5.5


def load(
    block: Any = None,
    *,
    folder: Path = STRATEGIES,
    name: str = STRATEGY,
    runmode: RunMode = RunMode.BACKTEST,
    user_data: Path | None = None,
    **further: Any,
) -> IStrategy:
    """Load the strategy as Freqtrade does, up to the moment before its first candle."""
    config: dict[str, Any] = {
        "strategy": name, "strategy_path": str(folder), "user_data_dir": user_data or folder,
        "trading_mode": TradingMode.FUTURES, "stake_currency": "USDT", "runmode": runmode, "dry_run": True,
        "spaces": ["patterns", "confluence", "exits", "risk"],
        "ict": ict_block() if block is None else block, **further,
    }  # fmt: skip
    strategy = StrategyResolver.load_strategy(config)
    strategy.ft_bot_start()
    return strategy


@dataclass
class Wallets:
    equity: float = EQUITY

    def get_available_stake_amount(self) -> float:
        return self.equity - Trade.total_open_trades_stakes()

    def get_trade_stake_amount(self, pair: str, max_open_trades: float, update: bool = True) -> float:
        return self.get_available_stake_amount()


@dataclass
class Exchange:
    """Answers with one contract: BTC's steps, Binance's taker fee, one bracket."""

    precisionMode: int = TICK_SIZE  # noqa: N815
    precision_mode_price: int = TICK_SIZE
    tick: float = TICK
    lot: float = LOT
    fee: float = FEE
    max_leverage: float = 125.0
    maintenance: tuple[float, float] = (0.004, 0.0)
    liquidation_buffer: float = 0.05
    incomes: list[dict[str, str]] = field(default_factory=list)
    market: float = ENTRY

    def get_rate(self, *given: Any, refresh: bool, **named: Any) -> float:
        return self.market if refresh else ENTRY

    @property
    def markets(self) -> dict[str, Any]:
        return {BTC: {"limits": {name: {"min": None, "max": None} for name in ("amount", "cost")}}}

    @property
    def _api(self) -> "Exchange":
        return self

    def fapiprivate_get_income(self, asked: dict[str, Any]) -> list[dict[str, str]]:
        kind, since = asked.get("incomeType"), asked["startTime"]
        rows = [row for row in self.incomes if kind in (None, row["incomeType"])]
        return [row for row in rows if int(row["time"]) >= since][: asked["limit"]]

    def get_proxy_coin(self) -> str:
        return "USDT"

    def get_precision_price(self, pair: str) -> float:
        return self.tick

    def get_precision_amount(self, pair: str) -> float:
        return self.lot

    def get_fee(self, symbol: str, taker_or_maker: str) -> float:
        return {"taker": self.fee, "maker": MAKER_FEE}[taker_or_maker]

    def get_max_leverage(self, pair: str, stake_amount: float) -> float:
        return self.max_leverage

    def get_maintenance_ratio_and_amt(self, pair: str, notional_value: float) -> tuple[float, float]:
        return self.maintenance


@dataclass
class Provider:
    """Answers with a fixed frame of analysed candles, and hides an exchange as Freqtrade's does."""

    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    _exchange: Exchange = field(default_factory=Exchange)

    def get_analyzed_dataframe(self, pair: str, timeframe: str) -> tuple[pd.DataFrame, datetime]:
        assert (pair, timeframe) == (BTC, "15m")
        return self.frame, NOW


def signal(strategy: IStrategy, side: str, stop: float | None = None, candles_ago: int = 1) -> None:
    """Let the entry step see six candles, the last one just closed; one of them carries the signal."""
    count, direction = 6, {"long": 1, "short": -1}[side]
    given = no_signals(count)
    given.direction[-candles_ago] = direction
    given.stop[-candles_ago] = STOPS[side] if stop is None else stop
    step(strategy, given)


def no_signals(count: int) -> Entries:
    nowhere, stop, score = np.full(count, -1), np.full(count, np.nan), np.full(count, SCORE)
    return Entries(np.zeros(count, np.int8), stop, Tags.none(count, (), ()), nowhere, nowhere, score)


def step(strategy: IStrategy, entries: Entries, until: datetime = NOW) -> None:
    """Run the strategy's entry step on candles that signal just that, the last one just closed."""
    dates = pd.date_range(end=until - CANDLE, periods=len(entries.direction), freq=CANDLE)
    prices = dict.fromkeys(("open", "high", "low", "close"), ENTRY)
    frame = pd.DataFrame({"date": dates, **prices, "volume": 1.0})
    strategy.find_entries = lambda columns: entries
    strategy.populate_entry_trend(frame, {"pair": BTC})


def ready(side: str = "long", block: Any = None) -> IStrategy:
    """Load a strategy and give it money, and a signal on the candle that has just closed."""
    strategy = load(block)
    strategy.wallets = Wallets()
    strategy.dp = Provider()
    signal(strategy, side)
    return strategy


@cache
def _empty_tables() -> bytes:
    """Let Freqtrade make its tables once: that takes longer than most of the tests that want them."""
    init_db("sqlite://")
    engine = Trade.session.get_bind()
    with closing(engine.raw_connection()) as connection:
        tables: bytes = connection.driver_connection.serialize()
    engine.dispose()
    return tables


@contextmanager
def database(url: str) -> Iterator[None]:
    before, tables = PairLocks.timeframe, _empty_tables()
    with patch.object(ModelBase.metadata, "create_all"), patch("freqtrade.persistence.models.check_migrate"):
        init_db(url)
    engine = Trade.session.get_bind()
    with closing(sqlite3.connect(":memory:")) as empty, closing(engine.raw_connection()) as connection:
        empty.deserialize(tables)
        empty.backup(connection.driver_connection)
    set_sqlite_to_wal(engine)
    PairLocks.timeframe = "15m"
    try:
        yield
    finally:
        Trade.session.remove()
        engine.dispose()
        PairLocks.timeframe = before


def memory_database() -> AbstractContextManager[None]:
    return database("sqlite://")


def opened(
    side: str = "long", *, rate: float = ENTRY, leverage: float = 1.0, at: datetime = NOW
) -> tuple[Trade, Order]:
    """Store a position whose entry has just filled, with Freqtrade's static stop."""
    is_short = side == "short"
    trade = Trade(
        pair=BTC, exchange="binance", stake_currency="USDT", base_currency="BTC", is_open=True,
        is_short=is_short,
        amount=0.01, amount_requested=0.01, stake_amount=0.01 * rate / leverage, leverage=leverage,
        open_rate=rate, open_date=at, fee_open=FEE, fee_close=FEE, enter_tag="ob", timeframe=15,
        trading_mode=TradingMode.FUTURES, price_precision=TICK, precision_mode_price=TICK_SIZE,
        amount_precision=LOT, precision_mode=TICK_SIZE, contract_size=1.0,
    )  # fmt: skip
    order = filled("sell" if is_short else "buy", rate, at)
    trade.orders.append(order)
    Trade.session.add(trade)
    trade.recalc_trade_from_orders()
    trade.adjust_stop_loss(rate, -0.05, initial=True)
    saved(trade)
    return trade, order


def filled(side: str, rate: float, at: datetime) -> Order:
    """Make a market order of the whole position that has filled."""
    return Order(
        order_id=f"{side} {at.timestamp()}", ft_pair=BTC, symbol=BTC, ft_order_side=side, side=side,
        ft_is_open=False, status="closed", order_type="market", ft_price=rate, price=rate, average=rate,
        ft_amount=0.01, amount=0.01, filled=0.01, remaining=0.0, cost=0.01 * rate,
        order_date=at, order_filled_date=at, order_update_date=at,
    )  # fmt: skip


def saved(trade: Trade) -> None:
    """Commit, and read back: Freqtrade's wrapper copies the trade, and a copy cannot be read later."""
    Trade.commit()
    Trade.session.refresh(trade)


def stopped(trade: Trade, profit: float, at: datetime) -> None:
    trade.orders.append(filled(trade.exit_side, trade.open_rate, at))
    trade.is_open, trade.close_date = False, at
    trade.close_profit_abs, trade.close_rate = profit, trade.open_rate
    saved(trade)

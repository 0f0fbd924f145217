"""A bot that trades, in this process: its configuration, what it sends, and what its exchange holds."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd
from freqtrade.enums import RunMode, State
from freqtrade.persistence import Order, Trade
from freqtrade.resolvers import StrategyResolver
from freqtrade.strategy.interface import IStrategy
from ict_host.seams.access import bot_of

from tests.config.support import overlay, read
from tests.strategy.host import ENTRY, NOW, Provider, Wallets, filled, opened, saved, signal
from tests.strategy.support import BTC, STRATEGY, ict_block
from tests.support.places import STRATEGIES

TESTNET = "https://demo-fapi.binance.com/fapi/v1"
URL_NAMES = [f"fapi{kind}{version}" for kind in ("Public", "Private") for version in ("", "V2", "V3")]
OPTIONS = {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": ["linear"]}}
SECRET = "f3a9c0de77aa41b2"


def configuration(runmode: RunMode = RunMode.LIVE, **changed: Any) -> dict[str, Any]:
    """Make what Freqtrade would pass to the strategy: the testnet, orders on, as the shipped file says."""
    return {
        **read(overlay("required")), "strategy": STRATEGY, "strategy_path": str(STRATEGIES),
        "user_data_dir": STRATEGIES, "trading_mode": "futures", "stake_currency": "USDT", "runmode": runmode,
        "dry_run": runmode != RunMode.LIVE, "spaces": ["patterns", "confluence", "exits", "risk"],
        "db_url": "sqlite:///user_data/tradesv3.demo.sqlite",
        "exchange": {
            "name": "binance", "enable_ws": False, "key": SECRET,
            "ccxt_config": {"urls": {"api": dict.fromkeys(URL_NAMES, TESTNET)}, "options": OPTIONS},
        },
        "ict": ict_block(), **changed,
    }  # fmt: skip


def start(runmode: RunMode = RunMode.LIVE, **changed: Any) -> IStrategy:
    """Start the strategy as a bot does, up to the moment before its first candle."""
    return started(StrategyResolver.load_strategy(configuration(runmode, **changed)))


def started(strategy: IStrategy) -> IStrategy:
    """Put a bot around a strategy that was loaded, and start it."""
    strategy.dp = LiveProvider(runmode=strategy.config["runmode"])
    # They guard a whole bot with its exchange, which tests/live has.
    strategy._guards = strategy._guard_reloads = strategy._new_board = strategy._use_fault = lambda: None
    strategy.ft_bot_start()
    return strategy


class LiveChannel:
    """A channel of Freqtrade's that keeps what it is given."""

    name = "telegram"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def send_msg(self, message: dict[str, Any]) -> None:
        self.texts.append(message["msg"])


def give_bot(provider: Any) -> LiveChannel:
    """Put a bot with one channel behind a data provider, where the strategy looks for it."""
    channel = LiveChannel()
    manager = SimpleNamespace(
        registered_modules=[channel], process_msg_queue=lambda queue: None, send_msg=lambda message: None
    )
    client = SimpleNamespace(urls={"api": dict.fromkeys(URL_NAMES, TESTNET)})
    bot = SimpleNamespace(
        dataprovider=provider, rpc=manager,
        config={channel.name: {"allow_custom_messages": True}, "dry_run": False, "exchange": {}},
        active_pair_whitelist=[BTC],
        exchange=SimpleNamespace(_api=client, _api_async=client), state=State.RUNNING,
    )  # fmt: skip
    manager._rpc = SimpleNamespace(_freqtrade=bot)
    provider._DataProvider__rpc = manager
    return channel


class LiveProvider(Provider):
    """Answers with a fixed frame, and has a bot with one channel behind it."""

    def __init__(self, frame: pd.DataFrame | None = None, runmode: RunMode = RunMode.LIVE) -> None:
        super().__init__(pd.DataFrame() if frame is None else frame)
        self.runmode = runmode
        self._msg_queue: deque[str] = deque()
        self._queued: set[str] = set()
        self.channel = give_bot(self)

    def send_msg(self, message: str, *, always_send: bool = False) -> None:
        if always_send or message not in self._queued:
            self._msg_queue.append(message)
        self._queued.add(message)

    @property
    def sent(self) -> list[str]:
        bot_of(self).rpc.process_msg_queue(self._msg_queue)
        return self.channel.texts


@dataclass
class LiveWallets(Wallets):
    positions: dict[str, object] = field(default_factory=dict)

    def get_all_positions(self) -> dict[str, object]:
        return self.positions


def running(side: str = "long", runmode: RunMode = RunMode.LIVE, **changed: Any) -> IStrategy:
    """Start a bot with a signal on the candle that has just closed."""
    strategy = start(runmode, **changed)
    signal(strategy, side)
    strategy.dp = LiveProvider(runmode=runmode)
    strategy.wallets = LiveWallets()
    strategy.bot_start()
    return strategy


def position(strategy: IStrategy, side: str = "long", at: datetime = NOW) -> Trade:
    """Fill an entry of the strategy's signal, and let Freqtrade set its stop."""
    trade, order = opened(side, at=at)
    strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)
    strategy.ft_stoploss_adjust(ENTRY, trade, NOW, 0.0, 0, after_fill=True)
    saved(trade)
    return trade


def resting_stop(trade: Trade, *, is_open: bool) -> Order:
    """Add the stop order that rests, or rested, on the exchange."""
    order = filled("sell" if not trade.is_short else "buy", trade.stop_loss, NOW)
    order.order_id, order.ft_order_side, order.order_type = f"stop {trade.id}", "stoploss", "stop_market"
    order.ft_is_open, order.status = is_open, "open" if is_open else "closed"
    if is_open:
        order.filled, order.remaining, order.average = 0.0, order.amount, None
        order.order_filled_date = None
    trade.orders.append(order)
    saved(trade)
    return order

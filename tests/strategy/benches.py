"""A gate and a reconciler with both their sides, for tests: Freqtrade's book and an exchange in memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from types import SimpleNamespace
from typing import Any

import ccxt
import pytest
from freqtrade.enums import TradingMode
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Order, Trade
from ict_host.gate import OrderGate
from ict_host.intents import Intent, Intents, Purpose, State
from ict_host.one_entry import refuse_further_entries
from ict_host.overdue import Overdue
from ict_host.reconciler import Reconciler
from ict_host.seams import access

from ict import Params
from ict.words.findings import FindingFacts
from tests.strategy.exchange import ETH, Client, LiveBinance, Trouble
from tests.strategy.host import ENTRY, opened, saved
from tests.strategy.live import resting_stop
from tests.strategy.support import BTC

PLAN = {"stop": 59_400.0, "target": 61_200.0}
LOST = Trouble(ccxt.RequestTimeout("no answer"))
NEVER_ARRIVED = Trouble(ccxt.RequestTimeout("no answer"), arrives=False)
REFUSED = Trouble(ccxt.InvalidOrder("-4003"), arrives=False)
STOP = 59_400.0
HOUR = 3600.0


@dataclass
class Desk:
    path: Path
    planned: dict[str, float] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = Client()
        self.exchange = LiveBinance(self.client)
        self.intents = Intents(access.database())
        self.late, self.told = SimpleQueue[str](), list[str]()
        self.overdue = Overdue(self.late.put, seconds=HOUR)
        self.gate = OrderGate(self.exchange, self.intents, self.holding, self.planned.get, self.overdue)
        refuse_further_entries(self.exchange)

    @contextmanager
    def holding(self) -> Iterator[None]:
        self.held.append("begins")
        yield
        self.held.append("ends")

    def order(self, *, pair: str = BTC, amount: float = 0.01, planned: bool = True, **given: Any) -> Any:
        if planned and not given.get("reduceOnly"):
            self.gate.plan(pair, PLAN, "ob")
        asked = {"ordertype": "market", "side": "buy", "rate": ENTRY, "leverage": 3.0} | given
        return self.exchange.create_order(pair=pair, amount=amount, **asked)

    def exit(self, amount: float = 0.01) -> Any:
        return self.order(amount=amount, side="sell", reduceOnly=True, initial_order=False)

    def stop(self, price: float = 59_400.0, side: str = "sell") -> Any:
        types = {"stoploss": "market"}
        given = {"pair": BTC, "amount": 0.01, "stop_price": price, "side": side, "leverage": 3.0}
        return self.exchange.create_stoploss(order_types=types, **given)

    def rows(self) -> list[Intent]:
        return self.intents._where()

    @property
    def states(self) -> list[State]:
        return [row.state for row in self.rows()]


SENDS: dict[str, Callable[[Desk], Any]] = {"entry": Desk.order, "exit": Desk.exit, "stop": Desk.stop}


class Bot(FreqtradeBot):
    """Freqtrade's bot, as far as it books orders: no wallet, no messages."""

    def __init__(self, exchange: LiveBinance) -> None:
        self.exchange, self._exit_lock, self.trading_mode = exchange, Lock(), TradingMode.FUTURES
        self.config = {"exchange": {"pair_whitelist": [BTC]}, "stake_currency": "USDT", "timeframe": "15m"}
        self.active_pair_whitelist, self.booked = [ETH], list[dict[str, Any]]()
        self.strategy = SimpleNamespace(
            order_types={"stoploss": "market"}, stoploss=-0.05, get_strategy_name=lambda: "ICT"
        )

    def __del__(self) -> None:
        """Nothing is open."""

    def handle_order_fee(self, trade: Trade, order_obj: Order, order: dict[str, Any]) -> None:
        self.booked.append(order)

    def order_close_notify(self, *_: Any) -> None:
        """Say nothing."""

    def _update_trade_after_fill(self, trade: Trade, order: Order, send_msg: bool) -> Trade:
        return trade if trade.is_open else self.cancel_stoploss_on_exchange(trade)


class Bench:
    """A reconciler with both its sides, and a clock that stands still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.params, self.told = 1000.0, Params(), list[FindingFacts]()
        monkeypatch.setattr("ict_host.reconciler.time", SimpleNamespace(monotonic=lambda: self.now))
        self.client = Client()
        self.bot = Bot(LiveBinance(self.client))
        self.intents = Intents(access.database())
        self.overdue = Overdue(lambda pair: self.reconciler.stop_overdue(pair), seconds=HOUR)
        self.gate = OrderGate(self.bot.exchange, self.intents, nullcontext, lambda pair: None, self.overdue)
        self.reconciler = Reconciler(
            self.bot, self.gate, self.intents, self.overdue, lambda: self.params, self.told.append
        )

    def look(self, after: float = 0.0) -> list[str]:
        """Look some seconds later, and return what is said of it."""
        self.now += after
        before = len(self.told)
        self.reconciler.look()
        return [facts.finding for facts in self.told[before:]]

    def sent(self, purpose: Purpose, side: str, amount: float = 0.01, **other: Any) -> Intent:
        """Write down an order; it may be on the exchange too (`put`)."""
        given = {"price": ENTRY, "leverage": 2.0, "tag": "ob", "plan": {"stop": STOP}} | other
        intent = Intent(purpose=purpose, pair=BTC, side=side, amount=amount, **given)
        self.intents.write(intent)
        return intent

    def arrived(self, intent: Intent, **other: Any) -> dict[str, Any]:
        """Let an order that was written down be on the exchange."""
        stop = {"stopPrice": STOP} if intent.purpose is Purpose.STOP else {}
        order = self.client.put(intent.side, intent.amount, clientOrderId=intent.client_id, **stop)
        order |= other
        return order

    def protected(self, side: str = "long") -> tuple[Trade, Order]:
        """Let a trade be open on both sides, with its stop."""
        trade, _ = opened(side)
        stop = resting_stop(trade, is_open=True)
        stop.stop_price = trade.stop_loss
        order = self.client.put(trade.exit_side, trade.amount, stopPrice=trade.stop_loss)
        stop.order_id = order["id"]
        saved(trade)
        self.client.hold(trade.amount if side == "long" else -trade.amount)
        return trade, stop

    @property
    def states(self) -> list[State]:
        return [row.state for row in self.intents._where()]

    @property
    def resting(self) -> list[dict[str, Any]]:
        return [order for order in self.client.orders.values() if order["status"] == "open"]


def trades() -> list[Trade]:
    return list(Trade.get_trades())

"""Freqtrade's messages, each made by Freqtrade's own code around a stand-in for the rest of the bot."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import CandleType, MarginMode
from freqtrade.exceptions import OperationalException
from freqtrade.freqtradebot import FreqtradeBot, LiquidationDistance
from freqtrade.persistence import Order, Trade
from freqtrade.persistence.pairlock import PairLock
from freqtrade.rpc import RPCManager
from freqtrade.worker import Worker
from pandas import DataFrame

PAIR = "BTC/USDT:USDT"
OPENED, CLOSED = datetime(2026, 9, 1, 10, tzinfo=UTC), datetime(2026, 9, 1, 13, 5, tzinfo=UTC)

Message = dict[str, Any]


def messages() -> dict[str, Message]:
    """One message of each type, by its type."""
    return {str(message["type"].value): message for make in _MAKERS for message in _collected(make)}


def manager(config: dict[str, Any]) -> RPCManager:
    """Freqtrade's own distributor of messages, with the channels that a configuration enables."""
    return RPCManager(SimpleNamespace(config=config))


def _collected(make: Callable[[Any], None]) -> list[Message]:
    sent: list[Message] = []
    exchange = SimpleNamespace(
        get_rate=lambda *_, **__: 50500.0,
        get_pair_base_currency=lambda pair: pair.split("/")[0],
        get_pair_quote_currency=lambda pair: "USDT",
        name="Binance",
    )
    bot = SimpleNamespace(
        config={"stake_currency": "USDT", "dry_run": True},
        exchange=exchange,
        rpc=SimpleNamespace(send_msg=sent.append),
        margin_mode=MarginMode.ISOLATED,
        order_obj_or_raise=lambda order_id, order: order,
    )
    make(bot)
    return sent


def _trade(close_rate: float = 51000.0) -> Trade:
    trade = Trade(
        pair=PAIR, base_currency="BTC", stake_currency="USDT", stake_amount=500.0, amount=0.02, is_open=True,
        amount_requested=0.02, open_rate=50000.0, open_rate_requested=50000.0, open_date=OPENED,
        fee_open=0.0005, fee_close=0.0005, exchange="binance", is_short=False, leverage=2.0,
        enter_tag="ob+htf+fvg", stop_loss=49500.0, initial_stop_loss=49500.0, id=7, realized_profit=0.0,
    )  # fmt: skip
    trade.close_rate, trade.close_date, trade.exit_reason = close_rate, CLOSED, "stoploss_on_exchange"
    trade.is_open = False
    trade.orders = [_order()]
    return trade


def _order() -> Order:
    return Order(
        ft_order_side="buy", ft_pair=PAIR, ft_is_open=False, ft_amount=0.02, ft_price=50000.0, order_id="1",
        status="closed", side="buy", order_type="market", price=50000.0, average=50000.0, amount=0.02,
        filled=0.02, remaining=0.0, cost=1000.0, symbol=PAIR,
    )  # fmt: skip


def _status(bot: Any) -> None:
    FreqtradeBot.notify_status(bot, "running")


def _entries(bot: Any) -> None:
    for fill in (False, True):
        FreqtradeBot._notify_enter(bot, _trade(), _order(), "market", fill=fill)
    FreqtradeBot._notify_enter_cancel(bot, _trade(), "limit", "cancelled due to timeout")


def _exits(bot: Any) -> None:
    for fill in (False, True):
        FreqtradeBot._notify_exit(bot, _trade(), "market", fill=fill)
    FreqtradeBot._notify_exit_cancel(bot, _trade(), "limit", "cancelled due to timeout", "1")


def _locks(bot: Any) -> None:
    lock = PairLock(
        id=1, pair="*", side="*", lock_time=OPENED, lock_end_time=CLOSED, active=True,
        reason="3 stoplosses in 240 min, locking 60 min.",
    )  # fmt: skip
    bot.strategy = SimpleNamespace(lock_pair=lambda *_, **__: None)
    bot.wallets = SimpleNamespace(get_starting_balance=lambda: 1000.0)
    bot.protections = SimpleNamespace(stop_per_pair=lambda *_, **__: lock, global_stop=lambda *_, **__: lock)
    FreqtradeBot.handle_protections(bot, PAIR, "long")


def _liquidation(bot: Any) -> None:
    distance = LiquidationDistance(0.15, _trade(), 45100.0, 45000.0)
    FreqtradeBot._send_liquidation_warning(bot, distance, 1, 1, 0.2)


def _exception(bot: Any) -> None:
    def process() -> None:
        raise OperationalException("the exchange went away " + "very far " * 300)

    bot.process = process
    bot.notify_status = lambda text, msg_type: FreqtradeBot.notify_status(bot, text, msg_type)
    Worker._process_running(SimpleNamespace(freqtrade=bot))


def _startup(bot: Any) -> None:
    config = {
        "dry_run": True, "stake_currency": "USDT", "stake_amount": "unlimited", "minimal_roi": {},
        "stoploss": -0.05, "trailing_stop": False, "timeframe": "15m", "exchange": {"name": "binance"},
        "strategy": "ICTObFvgStrategy", "position_adjustment_enable": False,
    }  # fmt: skip
    pairs = SimpleNamespace(short_desc=lambda: "StaticPairList")
    RPCManager.startup_messages(bot.rpc, config, pairs, SimpleNamespace(name_list=[]))


def _strategy(bot: Any) -> None:
    channel = SimpleNamespace(
        name="discord", _config={"discord": {"allow_custom_messages": True}}, send_msg=bot.rpc.send_msg
    )
    RPCManager.process_msg_queue(SimpleNamespace(registered_modules=[channel]), deque(["A text"]))


def _pairs_and_candles(bot: Any) -> None:
    bot.pairlists = SimpleNamespace(whitelist=[])
    bot.pairlists.refresh_pairlist = lambda: setattr(bot.pairlists, "whitelist", [PAIR])
    FreqtradeBot._refresh_active_whitelist(bot)
    provider = SimpleNamespace(_DataProvider__rpc=bot.rpc)
    DataProvider._emit_df(provider, (PAIR, "15m", CandleType.FUTURES), DataFrame({"close": [1.0]}), True)


_MAKERS = (
    _status, _entries, _exits, _locks, _liquidation, _exception, _startup, _strategy, _pairs_and_candles,
)  # fmt: skip

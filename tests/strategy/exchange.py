"""An exchange in this process: Freqtrade's own class, and a client that answers as a test wants it to."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar

import ccxt
from freqtrade.enums import MarginMode, TradingMode
from freqtrade.exchange import Binance, Exchange

from tests.strategy.host import ENTRY, FEE, MAKER_FEE, NOW, TICK
from tests.strategy.support import BTC

ETH, LTC = "ETH/USDT:USDT", "LTC/USDT:USDT"
IDS = {BTC: "BTCUSDT", ETH: "ETHUSDT", LTC: "LTCUSDT"}
BUSY = ccxt.ExchangeNotAvailable("503")


@dataclass(frozen=True)
class Trouble:
    """What happens to one order instead of the rule: whether it arrives, and what the caller gets."""

    answer: Any
    arrives: bool = True


class Client:
    """Stands in for ccxt's client of Binance: market orders fill at once, stops rest."""

    id = "binance"
    options: ClassVar[dict[str, Any]] = {}
    precisionMode = ccxt.TICK_SIZE  # noqa: N815
    has: ClassVar = {"fetchOrder": True, "fetchOrders": True}

    def __init__(self) -> None:
        self.markets = {
            pair: {"base": pair[:3], "contractSize": 1, "precision": {"amount": 0.001, "price": TICK}}
            for pair in IDS
        }
        self.sent: list[dict[str, Any]] = []
        self.cancelled: list[str] = []
        self.orders: dict[str, dict[str, Any]] = {}
        self.troubles: deque[Trouble] = deque()
        # What a look-up raises or answers instead of the truth.
        self.blind: Any = None
        self.on_send: Callable[[], None] = lambda: None
        self.page: Any = {}
        self._ids = count(1001)
        self.positions: dict[str, dict[str, Any]] = {}
        self.dual_side = False
        self.asked: list[str] = []
        # How often positions and modes were asked for, and what is said instead of them.
        self.looks, self.mode_looks = 0, 0
        self.down: Exception | None = None

    def create_order(
        self, symbol: str, type: str, side: str, amount: float, price: Any = None, params: Any = None
    ) -> Any:
        self.on_send()
        self.sent.append({"symbol": symbol, "type": type, "side": side, "amount": amount, **(params or {})})
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble is None or trouble.arrives:
            order = self._accept(self.sent[-1])
        if trouble is None:
            return dict(order)
        return _given(trouble.answer)

    def _accept(self, sent: dict[str, Any]) -> dict[str, Any]:
        stop = sent.get("stopPrice")
        order = {
            "id": str(next(self._ids)), "clientOrderId": sent.get("clientOrderId"), "symbol": sent["symbol"],
            "type": sent["type"], "side": sent["side"], "amount": sent["amount"],
            "price": None if stop else ENTRY,
            "average": None if stop else ENTRY, "filled": 0.0 if stop else sent["amount"],
            "remaining": sent["amount"] if stop else 0.0, "cost": 0.0 if stop else ENTRY * sent["amount"],
            "status": "open" if stop else "closed", "stopPrice": stop, "info": {}, "fee": None,
            "timestamp": int(NOW.timestamp() * 1000), "reduceOnly": bool(sent.get("reduceOnly")),
        }  # fmt: skip
        self.orders[order["id"]] = order
        return order

    def fetch_order(self, id: str, symbol: str, params: Any = None) -> Any:
        self.asked.append(id or params["clientOrderId"])
        if self.blind is not None:
            return _given(self.blind)
        wanted = ("id", id) if id else ("clientOrderId", params["clientOrderId"])
        for order in self.orders.values():
            if order[wanted[0]] == wanted[1] and _is_asked_rightly(order, params):
                return dict(order)
        raise ccxt.OrderNotFound("-2013")

    def fetch_orders(self, symbol: str, since: int, params: Any = None) -> list[dict[str, Any]]:
        rows = [row for row in self.orders.values() if row["symbol"] == symbol and row["timestamp"] >= since]
        return [dict(row) for row in rows]

    def cancel_order(self, id: str, symbol: str, params: Any = None) -> dict[str, Any]:
        order = self.orders.get(id, {})
        if order.get("status") != "open" or not _is_asked_rightly(order, params):
            raise ccxt.OrderNotFound("-2011")
        self.cancelled.append(id)
        order["status"] = "canceled"
        return {"id": id, "info": {}}

    def hold(self, amount: float, pair: str = BTC, **other: Any) -> None:
        """Let a position be open, a short below zero, or none."""
        self.positions.pop(pair, None)
        if amount:
            side = "long" if amount > 0 else "short"
            row = {"symbol": pair, "side": side, "contracts": abs(amount), "info": {}}
            self.positions[pair] = row | {"marginMode": "isolated"} | other

    def put(self, side: str, amount: float, pair: str = BTC, **other: Any) -> dict[str, Any]:
        """Let an order be on the exchange that the bot did not just send; with a `stopPrice` it rests."""
        return self._accept({"symbol": pair, "type": "market", "side": side, "amount": amount} | other)

    def fetch_positions(self, symbols: Any = None, params: Any = None) -> list[dict[str, Any]]:
        self.looks += 1
        if self.down is not None:
            raise self.down
        return list(self.positions.values())

    def fapiPrivateGetOpenAlgoOrders(self, params: Any) -> list[dict[str, Any]]:  # noqa: N802
        return [
            {
                "algoId": order["id"], "symbol": IDS[order["symbol"]], "side": order["side"].upper(),
                "quantity": str(order["amount"]), "triggerPrice": str(order["stopPrice"]), "reduceOnly": True,
                "orderType": "STOP_MARKET", "algoStatus": "NEW",
            }
            for order in self._resting(params)
            if order["stopPrice"]
        ]  # fmt: skip

    def fapiPrivateGetOpenOrders(self, params: Any) -> list[dict[str, Any]]:  # noqa: N802
        """Return entries that rest, as Binance writes them."""
        return [
            {
                "orderId": order["id"], "symbol": IDS[order["symbol"]], "side": order["side"].upper(),
                "origQty": str(order["amount"]), "price": str(ENTRY), "status": "NEW",
                "clientOrderId": order["clientOrderId"],
            }
            for order in self._resting(params)
            if not order["stopPrice"]
        ]  # fmt: skip

    def _resting(self, params: Any) -> list[dict[str, Any]]:
        rows = [row for row in self.orders.values() if row["status"] == "open"]
        return [row for row in rows if params.get("symbol") in (None, IDS[row["symbol"]])]

    def fapiPrivateGetPositionSideDual(self) -> dict[str, Any]:  # noqa: N802
        self.mode_looks += 1
        return {"dualSidePosition": self.dual_side}

    def market_id(self, pair: str) -> str:
        return IDS[pair]

    def safe_symbol(self, name: str, *_: Any) -> str:
        return next(pair for pair, own in IDS.items() if own == name)

    def fetch(self, url: str) -> Any:
        return self.page


def _is_asked_rightly(order: dict[str, Any], params: Any) -> bool:
    """Whether an order is looked for where it is: Binance keeps conditional ones apart."""
    return bool(order.get("stopPrice")) == bool((params or {}).get("stop"))


def _given(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


class LiveBinance(Binance):
    """Freqtrade's exchange without a network: its calls, its conversions of errors, its retries."""

    def __init__(self, client: Client) -> None:
        self._api = self._api_async = client
        self._config = {"dry_run": False, "stake_currency": "USDT"}
        self._ft_has = {**Exchange._ft_has_default, **Binance._ft_has, **Binance._ft_has_futures}
        self._markets = client.markets
        self.trading_mode, self.margin_mode = TradingMode.FUTURES, MarginMode.ISOLATED
        self.log_responses = self._is_demo_trading = False
        self.prepare: Callable[[], None] = lambda: None
        self.leverages: list[float] = []
        # How often the contracts' rules were read again.
        self.reloads = 0

    def __del__(self) -> None:
        """Nothing is open."""

    def _lev_prep(self, pair: str, leverage: float, *args: Any, **kwargs: Any) -> None:
        self.prepare()
        self.leverages.append(leverage)

    def reload_markets(self, force: bool = False, **kwargs: Any) -> None:
        self.reloads += force

    def get_fee(self, symbol: str, taker_or_maker: str = "taker") -> float:
        return {"taker": FEE, "maker": MAKER_FEE}[taker_or_maker]

    def get_rate(self, *args: Any, **kwargs: Any) -> float:
        return ENTRY

"""What is read of both sides before they are compared: Binance's rows, and Freqtrade's trades."""

import math
from typing import Any

import pytest
from ict_host.snapshot import FEW_PAIRS, booked, held_on, is_dual_side

from ict.desk.reconcile import BookedTrade, Position, RestingOrder
from tests.strategy.exchange import ETH, IDS, LTC, Client, LiveBinance
from tests.strategy.host import STOPS, opened
from tests.strategy.live import resting_stop
from tests.strategy.support import BTC

STOP = {
    "algoId": 7, "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.016", "triggerPrice": "59400.0",
    "reduceOnly": True, "closePosition": False, "orderType": "STOP_MARKET", "algoStatus": "NEW",
}  # fmt: skip
LIMIT = {
    "orderId": 8, "symbol": "ETHUSDT", "side": "BUY", "origQty": "2.0", "executedQty": "0.5",
    "price": "2900.0", "reduceOnly": True, "closePosition": False, "type": "LIMIT", "status": "NEW",
}  # fmt: skip
OWN_STOP = RestingOrder("7", BTC, 1, 0.016, 59_400.0)
OWN_LIMIT = RestingOrder("8", ETH, -1, 1.5, 2_900.0, is_stop=False, is_conditional=False, filled=0.5)


class Account(Client):
    """A client with rows as Binance sends them."""

    def __init__(self, algo: Any = (), plain: Any = ()) -> None:
        super().__init__()
        self.asked_for: list[Any] = []
        self._algo, self._plain = algo, plain

    def fapiPrivateGetOpenAlgoOrders(self, params: Any) -> list[dict[str, Any]]:  # noqa: N802
        self.asked_for.append(params)
        return [row for row in self._algo if params.get("symbol") in (None, row["symbol"])]

    def fapiPrivateGetOpenOrders(self, params: Any) -> list[dict[str, Any]]:  # noqa: N802
        return [row for row in self._plain if params.get("symbol") in (None, row["symbol"])]


@pytest.mark.parametrize(("row", "own", "changed", "expected"), [*((STOP, OWN_STOP, *rest) for rest in [
    ({}, {}), ({"side": "BUY"}, {"closes": -1}), ({"orderType": "STOP"}, {}), ({"reduceOnly": "true"}, {}),
    ({"orderType": "TRAILING_STOP_MARKET"}, {}), ({"orderType": "TAKE_PROFIT_MARKET"}, {"is_stop": False}),
    ({"reduceOnly": False, "closePosition": True, "quantity": "0"}, {"amount": math.inf}),
    ({"closePosition": "true"}, {"amount": math.inf}), ({"algoStatus": "TRIGGERING"}, {}),
    ({"algoStatus": "ACCEPTED"}, {}),
    ({"reduceOnly": False}, None), ({"reduceOnly": "false"}, None),  # it opens a position
    *(({"algoStatus": over}, None) for over in ("CANCELED", "FINISHED", "EXPIRED")),
]), *((LIMIT, OWN_LIMIT, *rest) for rest in [
    ({}, {}), ({"side": "SELL"}, {"closes": 1}),
    ({"status": "PARTIALLY_FILLED", "executedQty": "1.75"}, {"amount": 0.25, "filled": 1.75}),
    ({"executedQty": None}, {"amount": 2.0, "filled": 0.0}), ({"reduceOnly": False}, None),
    ({"reduceOnly": False, "clientOrderId": "web_1"}, None),
    ({"reduceOnly": False, "clientOrderId": "ict-1"}, {"closes": 0}), ({"status": "FILLED"}, None),
])])  # fmt: skip
def test_conditional_orders_and_those_of_the_book(
    row: dict[str, Any], own: RestingOrder, changed: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    account = Account([row | changed]) if row is STOP else Account(plain=[row | changed])
    given = {name: getattr(own, name) for name in own.__slots__}
    wanted = [] if expected is None else [RestingOrder(**given | expected)]
    assert held_on(LiveBinance(account), [own.pair]).resting == wanted


def test_only_the_pairs_that_are_asked_for() -> None:
    account = Account([STOP], [LIMIT])
    assert held_on(LiveBinance(account), [ETH, "GONE/USDT:USDT"]).resting == [OWN_LIMIT]
    assert account.asked_for == [{"symbol": "ETHUSDT"}]
    assert held_on(LiveBinance(account), []).resting == []


@pytest.mark.parametrize(("count", "asked"), [(FEW_PAIRS, FEW_PAIRS), (FEW_PAIRS + 1, 1)])
def test_many_pairs_are_asked_for_in_one_question(
    count: int, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [f"A{number}/USDT:USDT" for number in range(count)]
    for pair in pairs:
        monkeypatch.setitem(IDS, pair, pair.replace("/USDT:USDT", "USDT"))
    account = Account([STOP])
    assert held_on(LiveBinance(account), pairs).resting == ([OWN_STOP] if asked == 1 else [])
    assert len(account.asked_for) == asked


def test_positions() -> None:
    """In the base currency, whatever a contract is."""
    client = Client()
    client.markets[BTC]["contractSize"] = 0.01
    client.hold(50.0)
    client.hold(-2.0, ETH, marginMode="cross")
    client.positions[LTC] = {"symbol": LTC, "side": "long", "contracts": 0.0, "info": {}}
    held = held_on(LiveBinance(client), [BTC])
    assert held.positions == [Position(BTC, 1, 0.5), Position(ETH, -1, 2.0)]
    assert (held.cross_pairs, held.hedge_mode) == ({ETH}, False)


@pytest.mark.parametrize(("side", "seen", "is_hedge"), [
    ("BOTH", False, False), ("LONG", False, True), ("SHORT", False, True), ("BOTH", True, True),
])  # fmt: skip
def test_hedge_mode(side: str, seen: bool, is_hedge: bool) -> None:
    client = Client()
    client.hold(0.5, info={"positionSide": side})
    assert held_on(LiveBinance(client), [BTC], seen).hedge_mode is is_hedge
    for client.dual_side, of_the_account in ((True, True), ("true", True), ("false", False), (None, False)):
        assert is_dual_side(LiveBinance(client)) is of_the_account


@pytest.mark.parametrize(("side", "direction"), [("long", 1), ("short", -1)])
def test_trades_of_the_book(book: None, side: str, direction: int) -> None:
    trade, entry = opened(side)
    resting_stop(trade, is_open=True).order_id = "rests"
    resting_stop(trade, is_open=False).order_id = "old"
    expected = BookedTrade(trade.id, BTC, direction, 0.01, trade.stop_loss, frozenset({"rests"}))
    assert booked([trade], lambda _: STOPS[side]) == [expected]
    entry.ft_is_open = True
    (moving,) = booked([trade])
    assert moving.order_ids == {entry.order_id}

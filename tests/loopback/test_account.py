"""What orders, stops, funding and liquidation do to the account, worked out by hand on handmade candles."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loopback.account.margin import maintenance
from loopback.api import Api
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.handmade import HandmadeMarket
from loopback.market.intervals import HOUR_MS, MINUTE_MS
from loopback.market.source import Market
from loopback.server import LoopbackServer
from loopback.settings import Settings
from loopback.symbols import SPECS
from tests.loopback.conftest import START_MS

SYMBOL = "BTCUSDT"
FIVE = 5 * MINUTE_MS
# Down 100, up 200, down 50: 350 USDT of way in five minutes. Then a gap of 1,050 USDT and a fall by 1,000.
UP_AND_DOWN = (40_000, 40_100, 39_900, 40_050)
GAP_DOWN = (39_000, 39_000, 38_000, 38_000)
ROWS = [UP_AND_DOWN, GAP_DOWN]
WAY_MS = FIVE / 350

Desk = tuple[LoopbackServer, Api]
Opening = Callable[..., Desk]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Opening]:
    """Give a way to run an exchange on handmade candles at their start, and a client of it."""
    with ExitStack() as stack:

        def opening(market: Market | None = None, **settings: Any) -> Desk:
            source = market or HandmadeMarket(SYMBOL, START_MS, ROWS)
            exchange = Exchange(source, FixedClock(START_MS), settings=Settings(**settings))
            server = stack.enter_context(LoopbackServer(exchange))
            return server, stack.enter_context(Api(server, tmp_path))

        yield opening


@pytest.fixture
def desk(open_desk: Opening) -> Desk:
    """Run an exchange with the usual settings."""
    return open_desk()


def wallet(server: LoopbackServer) -> Decimal:
    return server.exchange.account.wallet


def test_market_order_fills_at_the_best_price_with_takers_fee(desk: Desk) -> None:
    server, api = desk
    bought = api.order(SYMBOL, "BUY", "0.010")
    assert (bought["status"], bought["avgPrice"], bought["cumQuote"]) == ("FILLED", "40000.1", "400.001")
    assert wallet(server) == 10_000 - Decimal("0.20000050")
    sold = api.order(SYMBOL, "SELL", "0.010")
    assert sold["avgPrice"] == "40000"
    trades = api.get("/fapi/v1/userTrades", symbol=SYMBOL)
    assert [trade["realizedPnl"] for trade in trades] == ["0.00000000", "-0.00100000"]
    assert wallet(server) == 10_000 - Decimal("0.20000050") - Decimal("0.2") - Decimal("0.001")
    assert api.get("/fapi/v3/positionRisk") == []


def test_large_order_eats_the_book_that_is_shown(desk: Desk) -> None:
    _, api = desk
    asks = api.get("/fapi/v1/depth", symbol=SYMBOL, limit=5)["asks"]
    first, second = Decimal(asks[0][1]), Decimal(asks[1][1])
    api.order(SYMBOL, "BUY", first + Decimal("0.001"))
    trades = api.get("/fapi/v1/userTrades", symbol=SYMBOL)
    assert [(trade["price"], Decimal(trade["qty"])) for trade in trades] == [
        (asks[0][0], first),
        (asks[1][0], min(second, Decimal("0.001"))),
    ]


def test_stop_fills_where_the_path_crosses_it_and_behind_a_gap(desk: Desk) -> None:
    """50 USDT down the way: 50 / 350 of five minutes, at the trigger's own price."""
    server, api = desk
    api.order(SYMBOL, "BUY", "0.020")
    assert api.get("/fapi/v3/positionRisk")[0]["breakEvenPrice"] == "40020.10005"  # fees of 0.05 % each
    stop, beyond = (api.stop(SYMBOL, "SELL", "0.010", trigger) for trigger in ("39950", "39500"))
    server.operator.move_clock(START_MS + 42_800)
    assert api.algo(stop["algoId"])["algoStatus"] == "NEW"
    server.operator.move_clock(START_MS + 60_000)
    done = api.algo(stop["algoId"])
    assert (done["algoStatus"], done["triggerTime"]) == ("FINISHED", START_MS + 42_858)  # 50 x WAY_MS, up
    real = api.get("/fapi/v1/order", symbol=SYMBOL, orderId=done["actualOrderId"])
    known = [real[name] for name in ("status", "avgPrice", "type", "origType")]
    assert known == ["FILLED", "39950", "MARKET", "STOP_MARKET"]
    assert (real["time"], real["stopPrice"], real["reduceOnly"]) == (START_MS + 42_858, "39950.00", True)
    server.operator.move_clock(START_MS + FIVE)
    done = api.algo(beyond["algoId"])
    assert (done["actualPrice"], done["triggerTime"]) == ("39000.00", START_MS + FIVE)


def test_stop_waits_for_the_price_it_names(open_desk: Opening) -> None:
    mark = [(40_000, 40_000, 40_000, 40_000), (40_000, 40_000, 39_000, 39_000)]
    server, api = open_desk(HandmadeMarket(SYMBOL, START_MS, [UP_AND_DOWN] * 2, mark))
    api.order(SYMBOL, "BUY", "0.010")
    on_last = api.stop(SYMBOL, "SELL", "0.005", "39950")
    on_mark = api.stop(SYMBOL, "SELL", "0.005", "39950", workingType="MARK_PRICE")
    server.operator.move_clock(START_MS + FIVE)
    assert [api.algo(row["algoId"])["algoStatus"] for row in (on_last, on_mark)] == ["FINISHED", "NEW"]
    server.operator.move_clock(START_MS + 2 * FIVE)
    done = api.algo(on_mark["algoId"])
    # 50 of 1,000 USDT on the mark's way, when the last price is 17.5 USDT down its own: on the grid 39,982.5.
    assert (done["triggerTime"], done["actualPrice"]) == (START_MS + FIVE + 15_000, "39982.50")


def test_limit_order_rests_and_makes(desk: Desk) -> None:
    """Its price has to be passed by a tick, as the best ask is one above the last price."""
    server, api = desk
    order = api.order(SYMBOL, "BUY", "0.010", "39950")
    assert (order["status"], order["avgPrice"]) == ("NEW", "0.00")
    server.operator.move_clock(START_MS + 42_900)  # the last price is 39,950 since 42,858
    assert api.get("/fapi/v1/openOrders")[0]["orderId"] == order["orderId"]
    server.operator.move_clock(START_MS + 43_000)
    trade = api.get("/fapi/v1/userTrades", symbol=SYMBOL, orderId=order["orderId"])[0]
    assert (trade["maker"], trade["price"], trade["time"]) == (True, "39950.00", START_MS + 42_943)
    assert trade["commission"] == "0.07990000"  # 399.50 x 0.02 %


@pytest.mark.parametrize(("in_force", "price", "status", "average"), [
    ("IOC", "39950", "EXPIRED", "0.00"), ("IOC", "40001", "FILLED", "40000.1"),
    ("FOK", "40001", "FILLED", "40000.1"), ("GTX", "39950", "NEW", "0.00"),
    ("GTC", "40100", "FILLED", "40000.1"),  # beyond the book it takes at the book's price
])  # fmt: skip
def test_time_in_force(desk: Desk, in_force: str, price: str, status: str, average: str) -> None:
    order = desk[1].order(SYMBOL, "BUY", "0.010", price, timeInForce=in_force)
    assert (order["status"], order["avgPrice"]) == (status, average)


def test_stop_limit_rests_after_its_trigger_and_finishes_when_cancelled(desk: Desk) -> None:
    server, api = desk
    api.order(SYMBOL, "BUY", "0.010")
    stop = api.stop(SYMBOL, "SELL", "0.010", "39500", type="STOP", price="39400")
    server.operator.move_clock(START_MS + FIVE)
    resting = api.algo(stop["algoId"])
    assert resting["algoStatus"] == "TRIGGERED"  # 39,000 is the market's price, 39,400 its own
    order_id = resting["actualOrderId"]
    assert api.delete("/fapi/v1/order", symbol=SYMBOL, orderId=order_id)["status"] == "CANCELED"
    done = api.algo(stop["algoId"])
    assert (done["algoStatus"], done["actualQty"]) == ("FINISHED", "0.000")
    assert Decimal(api.get("/fapi/v3/positionRisk")[0]["positionAmt"]) == Decimal("0.01")


def test_trigger_takes_its_time_if_it_is_told_to(open_desk: Opening) -> None:
    server, api = open_desk(trigger_delay_ms=10_000)
    api.order(SYMBOL, "BUY", "0.010")
    stop = api.stop(SYMBOL, "SELL", "0.010", "39950")
    server.operator.move_clock(START_MS + 43_000)
    assert api.algo(stop["algoId"])["algoStatus"] == "TRIGGERING"
    assert api.delete("/fapi/v1/algoOrder", algoId=stop["algoId"])["code"] == -2011
    server.operator.move_clock(START_MS + 53_000)
    done = api.algo(stop["algoId"])
    # 52,858 ms are 61.7 USDT of way.
    assert (done["algoStatus"], done["actualPrice"]) == ("FINISHED", "39938.30")


def test_order_that_closes_everything_follows_the_position(desk: Desk) -> None:
    server, api = desk
    api.order(SYMBOL, "BUY", "0.010")
    sent = {"algoType": "CONDITIONAL", "symbol": SYMBOL, "side": "SELL", "type": "STOP_MARKET"}
    stop = api.post("/fapi/v1/algoOrder", **sent, triggerPrice="39950", closePosition="true")
    api.order(SYMBOL, "BUY", "0.020")
    server.operator.move_clock(START_MS + FIVE - 1)
    assert api.algo(stop["algoId"])["actualQty"] == "0.030"
    assert api.get("/fapi/v3/positionRisk") == []


def test_reduce_only_order_never_turns_the_position(desk: Desk) -> None:
    server, api = desk
    api.order(SYMBOL, "BUY", "0.010")
    order = api.order(SYMBOL, "SELL", "0.030", reduceOnly="true")
    assert (order["status"], order["executedQty"]) == ("EXPIRED", "0.010")
    assert not server.exchange.account.open_positions


def test_position_turns_and_its_margin_with_it(desk: Desk) -> None:
    server, api = desk
    api.post("/fapi/v1/marginType", symbol=SYMBOL, marginType="ISOLATED")
    api.post("/fapi/v1/leverage", symbol=SYMBOL, leverage=10)
    api.order(SYMBOL, "BUY", "0.010")
    api.order(SYMBOL, "BUY", "0.010")
    held = api.get("/fapi/v3/positionRisk")[0]
    assert (held["entryPrice"], held["isolatedWallet"]) == ("40000.1", "80.00020000")
    api.order(SYMBOL, "SELL", "0.005")
    assert api.get("/fapi/v3/positionRisk")[0]["isolatedWallet"] == "60.00015000"  # three quarters
    api.order(SYMBOL, "SELL", "0.020")
    turned = api.get("/fapi/v3/positionRisk")[0]
    assert (turned["positionAmt"], turned["entryPrice"]) == ("-0.005", "40000")
    assert (turned["isolatedWallet"], turned["notional"]) == ("20.00000000", "-200.00000000")
    free = Decimal(api.get("/fapi/v3/account")["availableBalance"])
    assert free == wallet(server) - 20


@pytest.mark.parametrize(("side", "sign"), [("BUY", -1), ("SELL", 1)])
@pytest.mark.parametrize("isolated", [True, False])
def test_funding_is_paid_by_longs_on_the_mark_price(
    open_desk: Opening, side: str, sign: int, isolated: bool
) -> None:
    flat = [(40_000, 40_000, 40_000, 40_000)]
    mark = [(41_000, 41_000, 41_000, 41_000)]
    due = START_MS + 8 * HOUR_MS
    market = HandmadeMarket(SYMBOL, START_MS, flat * 9, mark * 9, "1h", {due: 0.0001, due + 1: 0.5})
    server, api = open_desk(market)
    if isolated:
        api.post("/fapi/v1/marginType", symbol=SYMBOL, marginType="ISOLATED")
    api.order(SYMBOL, side, "0.010")
    margin = server.exchange.account.position(SYMBOL).margin
    server.operator.move_clock(due - 1)
    assert api.get("/fapi/v1/income", incomeType="FUNDING_FEE") == []
    server.operator.move_clock(due)
    row = api.get("/fapi/v1/income", incomeType="FUNDING_FEE", symbol=SYMBOL)[0]
    assert (Decimal(row["income"]), row["time"]) == (sign * Decimal("0.041"), due)  # 410 x 0.01 %
    paid = sign * Decimal("0.041") if isolated else 0
    assert server.exchange.account.position(SYMBOL).margin == margin + paid


@pytest.mark.parametrize(
    ("side", "margin_type"), [("BUY", "ISOLATED"), ("SELL", "ISOLATED"), ("BUY", "CROSSED")]
)
def test_liquidation_where_the_margin_is_the_maintenance_margin(
    open_desk: Opening, side: str, margin_type: str
) -> None:
    """Beyond a gap the insurance fund pays what it costs more than the margin."""
    sign = 1 if side == "BUY" else -1
    way = (40_000, 40_000, 30_000, 30_000) if sign > 0 else (40_000, 50_000, 40_000, 50_000)
    server, api = open_desk(HandmadeMarket(SYMBOL, START_MS, [way]), balance=Decimal(400))
    api.post("/fapi/v1/marginType", symbol=SYMBOL, marginType=margin_type)
    api.post("/fapi/v1/leverage", symbol=SYMBOL, leverage=20)
    api.order(SYMBOL, side, "0.050")
    risk, amount = api.get("/fapi/v3/positionRisk")[0], Decimal("0.05")
    at, entry = Decimal(risk["liquidationPrice"]), Decimal(risk["entryPrice"])
    backing = Decimal(risk["isolatedWallet"]) if margin_type == "ISOLATED" else wallet(server)
    needed = maintenance(SPECS[SYMBOL], at * amount)
    assert backing + sign * (at - entry) * amount == pytest.approx(needed, abs=Decimal("1e-6"))
    before = wallet(server)
    server.operator.move_clock(START_MS + FIVE)
    forced = api.get("/fapi/v1/allOrders", symbol=SYMBOL)[-1]
    assert forced["clientOrderId"].startswith("autoclose-")
    assert Decimal(forced["avgPrice"]) == pytest.approx(at, abs=Decimal("0.2"))
    assert api.get("/fapi/v3/positionRisk") == []
    assert "INSURANCE_CLEAR" in {row["incomeType"] for row in api.get("/fapi/v1/income")}
    assert before - backing <= wallet(server) < before
    gap = [(price,) * 4 for price in (40_000, 40_000 - sign * 10_000)]
    server, api = open_desk(HandmadeMarket(SYMBOL, START_MS, gap))
    api.post("/fapi/v1/marginType", symbol=SYMBOL, marginType="ISOLATED")
    api.order(SYMBOL, side, "0.050")
    before, margin = wallet(server), server.exchange.account.position(SYMBOL).margin
    server.operator.move_clock(START_MS + FIVE)
    assert wallet(server) == pytest.approx(before - margin, abs=Decimal("1e-7"))


def test_two_crossed_positions_share_the_wallet(market: Market, open_desk: Opening) -> None:
    server, api = open_desk(market, balance=Decimal(300))
    for symbol, quantity in ((SYMBOL, "0.030"), ("ETHUSDT", "0.500")):
        api.post("/fapi/v1/leverage", symbol=symbol, leverage=25)
        assert api.order(symbol, "BUY", quantity)["status"] == "FILLED"

    def liquidation_price() -> Decimal:
        return Decimal(api.get("/fapi/v3/positionRisk", symbol=SYMBOL)[0]["liquidationPrice"])

    before = liquidation_price()
    eth = Decimal(server.operator.prices("ETHUSDT")["last"])
    server.operator.set_price("ETHUSDT", eth + 20)
    assert liquidation_price() == pytest.approx(before - 10 / Decimal("0.03"), abs=30)  # 10 USDT more to lose
    low = Decimal(server.operator.prices(SYMBOL)["last"]) * Decimal("0.7")
    server.operator.set_price(SYMBOL, str(low))
    # The other one lives on its own profit of 10 USDT until that is gone.
    assert [row["symbol"] for row in api.get("/fapi/v3/positionRisk")] == ["ETHUSDT"]
    assert wallet(server) == 0
    server.operator.set_price("ETHUSDT", eth)
    assert api.get("/fapi/v3/positionRisk") == []


def test_account_adds_up(desk: Desk) -> None:
    server, api = desk
    api.order(SYMBOL, "BUY", "0.010")
    api.order(SYMBOL, "BUY", "0.010", "39000")
    server.operator.move_clock(START_MS + 60_000)  # 39,930
    account = api.get("/fapi/v3/account")
    profit = Decimal("0.01") * (Decimal(39_930) - Decimal("40000.1"))
    expected = {
        "totalWalletBalance": wallet(server),
        "totalUnrealizedProfit": profit,
        "totalMarginBalance": wallet(server) + profit,
        "totalPositionInitialMargin": Decimal("399.30") / 20,
        "totalOpenOrderInitialMargin": Decimal(390) / 20,
        "totalMaintMargin": Decimal("399.30") * Decimal("0.004"),
        "availableBalance": wallet(server) + profit - Decimal("399.30") / 20 - Decimal(390) / 20,
    }
    assert {name: Decimal(account[name]) for name in expected} == expected
    asset = account["assets"][0]
    assert (asset["availableBalance"], asset["asset"]) == (account["availableBalance"], "USDT")


def test_many_small_steps_end_like_one_large_one(market: Market, open_desk: Opening) -> None:
    """Whenever somebody looks: the same events at the same times, to the last digit."""
    ends = []
    for steps in (1, 150):
        server, api = open_desk(market, balance=Decimal(100_000))
        for symbol, quantity in ((SYMBOL, "0.500"), ("ETHUSDT", "5")):
            api.post("/fapi/v1/marginType", symbol=symbol, marginType="ISOLATED")
            api.post("/fapi/v1/leverage", symbol=symbol, leverage=20)
            api.order(symbol, "BUY" if symbol == SYMBOL else "SELL", quantity)
            last = Decimal(server.operator.prices(symbol)["last"])
            spec = SPECS[symbol]
            for percent in (97, 98, 99, 101, 102, 103):
                at = spec.to_tick(last * percent / 100)
                assert "orderId" in api.order(symbol, "BUY" if percent < 100 else "SELL", "0.100", at)
                side, kind = ("SELL", "STOP_MARKET") if percent < 100 else ("SELL", "TAKE_PROFIT_MARKET")
                assert "algoId" in api.stop(symbol, side, "0.050", at, type=kind, reduceOnly="false")
        length = 4 * 24 * HOUR_MS
        for step in range(1, steps + 1):
            server.operator.move_clock(START_MS + length * step // steps)
        ends.append(server.operator.state())
    assert len(ends[0]["trades"]) > 10
    assert {row["incomeType"] for row in ends[0]["income"]} >= {"FUNDING_FEE", "COMMISSION", "REALIZED_PNL"}
    assert ends[0] == ends[1]

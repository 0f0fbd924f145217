"""``freqtrade trade`` with the shipped configuration enters, protects itself and is stopped out."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots.process import INTERRUPTED, PROBE, LiveBot

from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer

SYMBOL = "BTCUSDT"


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """Run an exchange on the wall clock with synthetic candles around now."""
    today = int(datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
    market = SyntheticMarket(today - 6 * DAY_MS, today + 2 * DAY_MS, seed=3, symbols=[SYMBOL])
    with LoopbackServer(Exchange(market)) as running:
        yield running


def test_enters_protects_itself_and_is_stopped_out(server: LoopbackServer, tmp_path: Path) -> None:
    """A short of somebody else's strategy; tests/live has both sides of ours."""
    # Where the price goes by itself is not what is looked at.
    server.operator.set_price(SYMBOL, server.operator.prices(SYMBOL)["last"])
    with LiveBot(server, tmp_path, "Probe", PROBE.replace("{side}", "short")) as bot:
        stop = bot.wait_for("a stop on the exchange", lambda: waiting_stops(server))[0]
        position = server.operator.state()["positions"][0]
        assert position["marginType"] == "isolated"
        check_stop(stop, position)
        # Seen by the bot only if its database has the stop before it triggers.
        bot.wait_for("the stop in the database", lambda: bot.rows(STOP_ORDERS))
        server.operator.set_price(SYMBOL, stop["triggerPrice"])
        trade = bot.wait_for("a closed trade", lambda: bot.rows("select * from trades where is_open = 0"))[0]
        assert bot.stop() == INTERRUPTED
    assert "Process died" not in bot.log_text()
    assert (trade["exit_reason"], trade["is_short"]) == ("stoploss_on_exchange", 1)
    real = {row["orderId"]: row for row in server.operator.state()["orders"]}
    algo = server.operator.state()["algo_orders"][0]
    assert (algo["algoStatus"], real[int(algo["actualOrderId"])]["status"]) == ("FINISHED", "FILLED")
    assert trade["close_rate"] == float(real[int(algo["actualOrderId"])]["avgPrice"])
    assert trade["close_profit_abs"] == pytest.approx(wallet_change(server), abs=0.01)
    assert bot.refused_hosts == []
    assert server.exchange.record.refusals == []
    assert {entry.status for entry in server.exchange.record.entries} <= {200, 400}


STOP_ORDERS = "select * from orders where ft_order_side = 'stoploss' and ft_is_open = 1"


def waiting_stops(server: LoopbackServer) -> list[dict[str, Any]]:
    """Return the conditional orders that wait on the exchange."""
    return [row for row in server.operator.state()["algo_orders"] if row["algoStatus"] == "NEW"]


def check_stop(stop: dict[str, Any], position: dict[str, Any]) -> None:
    """Require a stop for the whole position, two percent above the entry."""
    kind = [stop[name] for name in ("side", "orderType", "reduceOnly", "workingType")]
    assert kind == ["BUY", "STOP_MARKET", True, "CONTRACT_PRICE"]
    assert Decimal(stop["quantity"]) == abs(Decimal(position["positionAmt"]))
    assert abs(Decimal(stop["triggerPrice"]) - Decimal(position["entryPrice"]) * Decimal("1.02")) <= Decimal(
        "0.2"
    )


def wallet_change(server: LoopbackServer) -> float:
    """Return what the wallet has won, in USDT."""
    state = server.operator.state()
    return float(Decimal(state["account"]["totalWalletBalance"]) - server.exchange.settings.balance)

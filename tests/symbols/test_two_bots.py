"""Two real bots: one analyses, the other trades; beside them one that does both for itself."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots.looks import BTC, ETH, RESTING_STOPS, orders, positions, stop_price, waiting_stops
from ict_lab.bots.retest import Retest, RetestMarket

from loopback.clock import RunningClock
from loopback.exchange import Exchange
from loopback.server import LoopbackServer
from tests.live.conftest import NOON
from tests.symbols.bots import JWT_SECRET, PASSWORD, TOKEN, OverlaidBot, consumer, free_port, producer

RETESTS = {BTC: Retest(60_000.0, "long"), ETH: Retest(3_000.0, "short")}
PAIRS = ("BTC/USDT:USDT", "ETH/USDT:USDT")
BOTH = {
    "max_open_trades": 2,
    "exchange": {"pair_whitelist": list(PAIRS)},
    "pairlists": [{"method": "StaticPairList"}],
}
# Nobody wants to wait a minute for what is told after a minute. A signal counts for its whole candle: the
# analysis of the second pair comes late.
HASTY = """
from ICTConsumerStrategy import ICTConsumerStrategy


class Hasty(ICTConsumerStrategy):
    patience_seconds = 2.0
    ignore_buying_expired_candle_after = 900
"""
PATIENT = """
from ICTObFvgStrategy import ICTObFvgStrategy


class Patient(ICTObFvgStrategy):
    ignore_buying_expired_candle_after = 900
"""
MISSING = f"{PAIRS[1]}: no analysis has come from default"
# What makes two trades the same: the signal's candle goes by the clock, which is the same for both.
SAME = ("pair", "is_short", "enter_tag", "open_rate", "leverage")


@pytest.fixture
def servers() -> Iterator[list[LoopbackServer]]:
    """Two exchanges with the same prices at the same time."""
    start_ms = int(datetime.fromisoformat(NOON).timestamp() * 1000)
    with ExitStack() as running:
        made = []
        for _ in range(2):
            clock = RunningClock(start_ms)
            exchange = Exchange(RetestMarket(RETESTS, start_ms), clock, stamp_clock=clock)
            made.append(running.enter_context(LoopbackServer(exchange)))
        yield made


def test_the_consumer_trades_what_a_bot_of_its_own_does_and_nothing_without_its_producer(
    servers: list[LoopbackServer], tmp_path: Path
) -> None:
    server, other = servers
    port = free_port()
    first, second = (
        producer(server, tmp_path / "first", port, PAIRS[0]),
        producer(server, tmp_path / "second", port, *PAIRS),
    )
    trader = consumer(server, tmp_path / "trader", port, "Hasty", HASTY, BOTH)
    with first, trader:
        stop = trader.wait_for("the first stop", lambda: trader.rows(RESTING_STOPS))[0]
        # The other pair would be entered too: its candle signals. Its analysis has not come.
        trader.wait_for("the missing analysis told", lambda: trader.said("No entries on", MISSING))
        first.crash()
        trader.wait_for("the lost producer noticed", lambda: trader.said("Connection Refused"))
        trader.wait_for_loops(5)
        check_only_the_first_trade(server, trader, stop)
        with second:
            trader.wait_for("the second stop", lambda: len(trader.rows(RESTING_STOPS)) == 2)
            trader.wait_for("the end of it told", lambda: trader.said("Entries again on", PAIRS[1]))
        assert len(trader.said("WARNING - No entries on", MISSING)) == 1
        assert not trader.said("Unable to analyze")
        mine = trader.trades()
    check_same_as_alone(other, tmp_path / "alone", mine)
    check_quiet(first, second, trader)


def check_only_the_first_trade(server: LoopbackServer, trader: OverlaidBot, stop: dict[str, Any]) -> None:
    """Require one entry alone, with the stop that it had, on the exchange and in the book."""
    assert list(trader.trades()) == [PAIRS[0]]
    assert (len(orders(server, BTC)), orders(server, ETH)) == (1, [])
    assert [row["order_id"] for row in trader.rows(RESTING_STOPS)] == [stop["order_id"]]
    (resting,) = waiting_stops(server, BTC)
    assert float(resting["triggerPrice"]) == pytest.approx(stop_price(RETESTS[BTC]), abs=0.1)
    assert float(resting["quantity"]) == float(positions(server, BTC)[0]["positionAmt"])


def check_same_as_alone(server: LoopbackServer, folder: Path, mine: dict[str, dict[str, Any]]) -> None:
    """Require the trades that a bot makes which analyses for itself."""
    with OverlaidBot(server, folder, "Patient", extra=BOTH, source=PATIENT) as alone:
        alone.wait_for("both stops", lambda: len(alone.rows(RESTING_STOPS)) == 2)
        trades = alone.trades()
    assert set(trades) == set(mine) == set(PAIRS)
    for pair in PAIRS:
        assert [mine[pair][name] for name in SAME] == [trades[pair][name] for name in SAME]
        # The other entry's fee was paid before this one in one of them.
        assert mine[pair]["amount"] == pytest.approx(trades[pair]["amount"], rel=0.005)
        assert mine[pair]["stop_loss"] == pytest.approx(trades[pair]["stop_loss"], rel=1e-9)
        assert slot(mine[pair]) == slot(trades[pair])


def slot(trade: dict[str, Any]) -> tuple[str, int]:
    """Give the candle in which a trade was opened."""
    opened = str(trade["open_date"])
    return opened[:13], int(opened[14:16]) // 15


def check_quiet(*bots: OverlaidBot) -> None:
    """Require that no bot left this machine, and that nothing that it wrote has a secret in it."""
    for bot in bots:
        assert bot.refused_hosts == []
        written = bot.file_log() + "".join(bot.log_text().split())
        assert " - DEBUG - " in written
        assert not [secret for secret in (TOKEN, PASSWORD, JWT_SECRET) if secret in written]

"""Two real bots: one analyses, the other trades."""

from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots.looks import BTC, ETH, RESTING_STOPS, orders, positions, stop_price, waiting_stops
from ict_lab.bots.retest import Retest

from loopback.server import LoopbackServer
from tests.live.conftest import MakeServer, make_server
from tests.symbols.bots import JWT_SECRET, PASSWORD, TOKEN, OverlaidBot, consumer, free_port, producer

__all__ = ["make_server"]  # a fixture

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
MISSING = f"{PAIRS[1]}: no analysis has come from default"


@pytest.fixture
def server(make_server: MakeServer) -> LoopbackServer:
    return make_server(RETESTS)


def test_the_consumer_trades_what_its_producer_finds_and_nothing_without_it(
    server: LoopbackServer, tmp_path: Path
) -> None:
    """That a bot of its own would make the same trades is test_consumer's, candle by candle."""
    port = free_port()
    first = producer(server, tmp_path / "first", port, PAIRS[0])
    second = producer(server, tmp_path / "second", port, *PAIRS)
    trader = consumer(server, tmp_path / "trader", port, "Hasty", HASTY, BOTH)
    with first:
        # A consumer that comes while it analyses may get its candles with the next one alone.
        first.wait_for("its analysis", lambda: first.said("Loop Analysis Launched"))
        with trader:
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
            assert [trader.trades()[pair]["is_short"] for pair in PAIRS] == [0, 1]
    check_quiet(first, second, trader)


def check_only_the_first_trade(server: LoopbackServer, trader: OverlaidBot, stop: dict[str, Any]) -> None:
    """Require one entry alone, with the stop that it had, on the exchange and in the book."""
    assert list(trader.trades()) == [PAIRS[0]]
    assert (len(orders(server, BTC)), orders(server, ETH)) == (1, [])
    assert [row["order_id"] for row in trader.rows(RESTING_STOPS)] == [stop["order_id"]]
    (resting,) = waiting_stops(server, BTC)
    assert float(resting["triggerPrice"]) == pytest.approx(stop_price(RETESTS[BTC]), abs=0.1)
    assert float(resting["quantity"]) == float(positions(server, BTC)[0]["positionAmt"])


def check_quiet(*bots: OverlaidBot) -> None:
    """Require that no bot left this machine, and that nothing that it wrote has a secret in it."""
    for bot in bots:
        assert bot.refused_hosts == []
        written = bot.file_log() + "".join(bot.log_text().split())
        assert " - DEBUG - " in written
        assert not [secret for secret in (TOKEN, PASSWORD, JWT_SECRET) if secret in written]

"""Fixtures: an exchange with prices that are back in an order block, and a Discord."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, LONG
from ict_lab.bots.retest import Retest, RetestMarket
from ict_lab.bots.shipped import ShippedBot

from loopback.clock import RunningClock
from loopback.exchange import Exchange
from loopback.server import LoopbackServer
from loopback.symbols import SPECS

# Exchange and bot live at a time of day of their own, so that no candle and no day ends where none should.
NOON = "2026-03-04T12:00:30+00:00"

MakeServer = Callable[..., LoopbackServer]
MakeBot = Callable[..., tuple[ShippedBot, LoopbackServer]]


@pytest.fixture
def make_server() -> Iterator[MakeServer]:
    """Start exchanges whose prices stay where they are until a test steers them."""
    with ExitStack() as running:

        def make(retests: dict[str, Retest], start: str = NOON) -> LoopbackServer:
            start_ms = int(datetime.fromisoformat(start).timestamp() * 1000)
            clock = RunningClock(start_ms)
            exchange = Exchange(RetestMarket(retests, start_ms), clock, stamp_clock=clock)
            server = running.enter_context(LoopbackServer(exchange))
            for symbol, retest in retests.items():
                server.operator.set_price(symbol, SPECS[symbol].to_tick(Decimal(str(retest.at(retest.now)))))
            return server

        yield make


@pytest.fixture
def make_bot(make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path) -> MakeBot:
    """Make the shipped bot, with what is given to `ShippedBot` besides, and an exchange of its own.

    It trades each of its contracts, a long on BTC if none is given, and holds as many at once where `slots`
    does not say fewer.
    """

    def make(
        retests: dict[str, Retest] | None = None,
        start: str = NOON,
        slots: int | None = None,
        extra: dict[str, Any] | None = None,
        **given: Any,
    ) -> tuple[ShippedBot, LoopbackServer]:
        chosen = retests or {BTC: LONG}
        pairs = [SPECS[symbol].pair for symbol in chosen]
        trades = {"max_open_trades": slots or len(pairs), "exchange": {"pair_whitelist": pairs}}
        server = make_server(chosen, start)
        bot = ShippedBot(server, discord, tmp_path, extra={**trades, **(extra or {})}, **given)
        return bot, server

    return make

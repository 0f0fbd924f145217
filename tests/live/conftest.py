"""Fixtures: an exchange with prices that are back in an order block, and a Discord."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from typing import Protocol

import pytest
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.retest import Retest, RetestMarket

from loopback.clock import RunningClock
from loopback.exchange import Exchange
from loopback.server import LoopbackServer
from loopback.symbols import SPECS

TOKEN = "xY9-live_Token-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM"
# Exchange and bot live at a time of day of their own, so that no candle and no day ends where none should.
NOON = "2026-03-04T12:00:30+00:00"


class MakeServer(Protocol):
    """Starts exchanges."""

    def __call__(self, retests: dict[str, Retest], start: str = NOON) -> LoopbackServer:
        """Start one at a time of its own, which runs as fast as the wall clock's."""
        ...


@pytest.fixture(scope="module")
def running_discord() -> Iterator[LoopbackDiscord]:
    """Run one Discord for a module."""
    with LoopbackDiscord("9876543210987654321", TOKEN) as server:
        yield server


@pytest.fixture
def discord(running_discord: LoopbackDiscord) -> LoopbackDiscord:
    """Give a fresh webhook."""
    running_discord.start_over()
    return running_discord


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

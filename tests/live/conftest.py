"""Fixtures: an exchange with prices that are back in an order block, and a Discord."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal

import pytest

from tests.discord.server import LoopbackDiscord
from tests.live.market import INTERVAL, Retest, RetestMarket
from tests.loopback.exchange import Exchange
from tests.loopback.market.intervals import LENGTH_MS
from tests.loopback.server import LoopbackServer

TOKEN = "xY9-live_Token-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM"
# What is told once a candle would be told twice where one ends in the middle of a test.
CALM_SECONDS = 40.0
CANDLE_SECONDS = LENGTH_MS[INTERVAL] / 1_000
MakeServer = Callable[[dict[str, Retest]], LoopbackServer]


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
    """Start exchanges on the wall clock; the prices stay where they are until a test steers them."""
    with ExitStack() as running:

        def make(retests: dict[str, Retest]) -> LoopbackServer:
            wait_for_a_calm_candle()
            server = running.enter_context(LoopbackServer(Exchange(RetestMarket(retests))))
            for symbol, retest in retests.items():
                server.operator.set_price(symbol, Decimal(str(retest.price)))
            return server

        yield make


def wait_for_a_calm_candle() -> None:
    """Wait for the next candle where this one ends soon."""
    left = CANDLE_SECONDS - time.time() % CANDLE_SECONDS
    if left < CALM_SECONDS:
        time.sleep(left + 1.0)

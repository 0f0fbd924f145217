"""Fixtures: a running exchange with a synthetic market, and clients that know nothing but the overlay."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from loopback.api import Api
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS, HOUR_MS, MINUTE_MS
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from loopback.settings import TEST_KEY, TEST_SECRET
from tests.support.folders import SOURCES

START_MS = 1_704_067_200_000  # 2024-01-01 00:00 UTC, a Monday
END_MS = START_MS + 60 * DAY_MS
# 41 minutes and 30 seconds into an hour: every interval has an unfinished candle.
NOW_MS = START_MS + 40 * DAY_MS + 9 * HOUR_MS + 41 * MINUTE_MS + 30_000

DEMO = "https://demo-fapi.binance.com/fapi"
DEMO_URLS = {
    f"fapi{access}{version.upper() if version != 'v1' else ''}": f"{DEMO}/{version}"
    for access in ("Public", "Private")
    for version in ("v1", "v2", "v3")
}
# The exchange part of the project's configuration, as far as these tests need it.
CCXT_CONFIG: dict[str, Any] = {
    "urls": {"api": DEMO_URLS},
    "options": {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": ["linear"]}},
}


@pytest.fixture(scope="session")
def market() -> SyntheticMarket:
    """Make sixty days of three synthetic contracts."""
    return SyntheticMarket(START_MS, END_MS, seed=7)


@pytest.fixture(scope="module")
def loopback(market: SyntheticMarket) -> Iterator[LoopbackServer]:
    """Run an exchange whose clock stands still at `NOW_MS`."""
    with LoopbackServer(Exchange(market, FixedClock(NOW_MS))) as server:
        yield server


@pytest.fixture
def server(market: SyntheticMarket) -> Iterator[LoopbackServer]:
    """Run one for a single test."""
    with LoopbackServer(Exchange(market, FixedClock(NOW_MS))) as running:
        yield running


@pytest.fixture
def api(server: LoopbackServer, tmp_path: Path) -> Iterator[Api]:
    """Give a client of it."""
    with Api(server, tmp_path) as client:
        yield client


@pytest.fixture(scope="module")
def overlay(loopback: LoopbackServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the overlay file of the running exchange."""
    path = tmp_path_factory.mktemp("overlay") / "loopback.json"
    loopback.write_overlay(path)
    return path


@pytest.fixture(scope="module")
def client_config(overlay: Path) -> dict[str, Any]:
    """Return what Freqtrade would hand to ccxt: the demo URLs and the overlay."""
    added = json.loads(overlay.read_text(encoding="utf-8"))["exchange"]["ccxt_config"]
    options = {**CCXT_CONFIG["options"], "defaultType": "swap"}
    # ccxt's own pauses between requests have nothing to protect here.
    keys = {"apiKey": TEST_KEY, "secret": TEST_SECRET, "enableRateLimit": False}
    return {**keys, "urls": CCXT_CONFIG["urls"], **added, "options": options}


@pytest.fixture(scope="module")
def web(loopback: LoopbackServer, overlay: Path) -> Iterator[requests.Session]:
    """Give a plain HTTP client behind the proxy that trusts the exchange's authority."""
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": loopback.proxy_url}
        session.verify = str(overlay.with_suffix(".ca.pem"))
        yield session


@pytest.fixture(params=SOURCES)
def candle_folder(request: pytest.FixtureRequest, datadirs: Callable[[str], Path]) -> Path:
    """Give a folder of candles of three contracts, synthetic and then real ones."""
    return datadirs(request.param)

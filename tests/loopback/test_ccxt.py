"""The real ccxt, synchronous and asynchronous, on its own URLs, set up by the overlay and nothing else."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ccxt
import ccxt.async_support
import numpy as np
import pytest

from loopback.market.intervals import DAY_MS, HOUR_MS
from loopback.market.source import Kind
from loopback.market.view import Window
from loopback.overlay import overlay as overlay_of
from loopback.server import LoopbackServer
from tests.loopback.conftest import NOW_MS, START_MS

PAIR = "BTC/USDT:USDT"
PAIRS = {"BTC/USDT:USDT", "ETH/USDT:USDT", "LTC/USDT:USDT"}
HOUR_START_MS = NOW_MS // HOUR_MS * HOUR_MS

Call = Callable[..., Any]


@contextmanager
def synchronous(config: dict[str, Any]) -> Iterator[Call]:
    """Give a way to call ccxt's synchronous client by a method's name."""
    client = ccxt.binance(config)
    try:
        yield lambda method, *arguments, **named: getattr(client, method)(*arguments, **named)
    finally:
        client.session.close()


@contextmanager
def asynchronous(config: dict[str, Any]) -> Iterator[Call]:
    """Give a way to call ccxt's asynchronous client by a method's name, in an event loop of its own."""
    with asyncio.Runner() as runner:
        client = ccxt.async_support.binance({**config, "asyncio_loop": runner.get_loop()})
        try:
            yield lambda method, *arguments, **named: runner.run(getattr(client, method)(*arguments, **named))
        finally:
            runner.run(client.close())


CLIENTS = {"sync": synchronous, "async": asynchronous}


@pytest.fixture(scope="module", params=list(CLIENTS))
def call(request: pytest.FixtureRequest, client_config: dict[str, Any]) -> Iterator[Call]:
    """Give a way to call ccxt by a method's name."""
    with CLIENTS[request.param](client_config) as calling:
        yield calling


@pytest.fixture(autouse=True)
def _nothing_unknown_is_asked(loopback: LoopbackServer) -> Iterator[None]:
    """Whatever a test asks, it is of a known host and route."""
    loopback.exchange.record.clear()
    yield
    assert loopback.exchange.record.refusals == []


def paths(loopback: LoopbackServer) -> list[str]:
    """Return the paths asked for, but for the markets that ccxt loads first."""
    asked = [entry.path for entry in loopback.exchange.record.entries]
    return [path for path in asked if path != "/fapi/v1/exchangeInfo"]


def test_markets_and_time(call: Call) -> None:
    markets = call("load_markets")
    assert set(markets) == PAIRS
    market = markets[PAIR]
    assert (market["id"], market["swap"], market["linear"], market["active"]) == ("BTCUSDT", True, True, True)
    assert market["precision"] | {"price": 0.1, "amount": 0.001} == market["precision"]
    assert market["limits"]["cost"]["min"] == 100
    assert market["limits"]["amount"] == {"min": 0.001, "max": 1000}
    assert call("fetch_time") == NOW_MS


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("interval", ["5m", "15m", "1h", "4h", "1d", "1w"])
def test_candles(call: Call, loopback: LoopbackServer, kind: Kind, interval: str) -> None:
    named = {"params": {"price": "mark"}} if kind is Kind.MARK else {}
    rows = call("fetch_ohlcv", PAIR, interval, limit=499, **named)
    served = loopback.exchange.market.candles("BTCUSDT", kind, interval, Window(None, None, 499))
    assert [row[0] for row in rows] == served.open_ms.tolist()
    columns = (served.open, served.high, served.low, served.close, served.volume)
    assert np.array(rows)[:, 1:] == pytest.approx(np.array(columns).T, abs=1e-8)
    assert paths(loopback) == ["/fapi/v1/klines" if kind is Kind.LAST else "/fapi/v1/markPriceKlines"]


@pytest.mark.parametrize(("asked", "opens"), [
    ({"limit": 1}, [HOUR_START_MS]),  # the unfinished one
    ({"since": START_MS, "limit": 3}, [START_MS, START_MS + HOUR_MS, START_MS + 2 * HOUR_MS]),
    ({"since": 0, "limit": 1}, [START_MS]),
    ({"since": START_MS + 1, "limit": 100, "params": {"until": START_MS + 2 * HOUR_MS}},
     [START_MS + HOUR_MS, START_MS + 2 * HOUR_MS]),
    ({"since": NOW_MS, "limit": 10}, []),
])  # fmt: skip
def test_candles_of_a_window(call: Call, asked: dict[str, Any], opens: list[int]) -> None:
    """From a start they are the oldest, both ends count, and after now there are none."""
    assert [row[0] for row in call("fetch_ohlcv", PAIR, "1h", **asked)] == opens
    assert len(call("fetch_ohlcv", PAIR, "15m")) == 500


def test_order_book(call: Call, loopback: LoopbackServer) -> None:
    book = call("fetch_order_book", PAIR, 5)
    last = float(loopback.exchange.market.last_price("BTCUSDT"))
    assert (len(book["bids"]), len(book["asks"])) == (5, 5)
    assert book["bids"][0][0] == last
    assert book["asks"][0][0] == pytest.approx(last + 0.1)
    assert book["timestamp"] == NOW_MS


def test_tickers(call: Call, loopback: LoopbackServer) -> None:
    tickers = call("fetch_tickers")
    assert set(tickers) == PAIRS
    day = loopback.exchange.market.day("BTCUSDT")
    ticker = tickers[PAIR]
    found = [ticker[name] for name in ("open", "high", "low", "last")]
    assert found == [day.open, day.high, day.low, day.close]
    assert ticker["quoteVolume"] > 0
    assert ticker["percentage"] == pytest.approx(100 * (day.close / day.open - 1), abs=1e-3)


def test_prices(call: Call, loopback: LoopbackServer) -> None:
    """Last and mark prices, of one contract and of all; the best bid and ask."""
    last = float(loopback.exchange.market.last_price("BTCUSDT"))
    assert call("fetch_last_prices")[PAIR]["price"] == last
    assert call("fetch_ticker", PAIR)["last"] == last
    assert paths(loopback) == ["/fapi/v2/ticker/price", "/fapi/v1/ticker/24hr"]
    tickers = call("fetch_bids_asks")
    assert set(tickers) == PAIRS
    assert all(ticker["bid"] < ticker["ask"] for ticker in tickers.values())
    rate = call("fetch_funding_rate", PAIR)
    assert rate["markPrice"] == float(loopback.exchange.market.mark_price("BTCUSDT"))
    assert rate["fundingTimestamp"] == START_MS + 40 * DAY_MS + 16 * HOUR_MS
    assert set(call("fetch_funding_rates")) == PAIRS
    assert call("fetch_funding_intervals")[PAIR]["interval"] == "8h"


def test_funding_rate_history(call: Call, loopback: LoopbackServer) -> None:
    rows = call("fetch_funding_rate_history", PAIR, since=START_MS, limit=1000)
    assert [row["timestamp"] for row in rows] == [START_MS + 8 * HOUR_MS * due for due in range(122)]
    expected = loopback.exchange.market.funding("BTCUSDT", Window(None, None, 1000))
    assert [row["fundingRate"] for row in rows] == expected.rate.tolist()
    newest = call("fetch_funding_rate_history", PAIR, limit=2)
    assert [row["timestamp"] for row in newest] == [row["timestamp"] for row in rows[-2:]]


def test_leverage_tiers(call: Call) -> None:
    tiers = call("fetch_leverage_tiers")
    assert set(tiers) == PAIRS
    assert [tier["maxLeverage"] for tier in tiers[PAIR]][:3] == [125, 100, 75]
    assert tiers[PAIR][0]["minNotional"] == 0


@pytest.mark.parametrize(("method", "parameters", "expected"), [
    ("fapiPublicGetKlines", {"symbol": "NOUSDT", "interval": "1h"}, ccxt.BadSymbol),
    ("fapiPublicGetKlines", {"symbol": "BTCUSDT", "interval": "7m"}, ccxt.BadRequest),
    ("fapiPublicGetKlines", {"symbol": "BTCUSDT", "interval": "1h", "limit": 1501}, ccxt.BadRequest),
    ("fapiPublicGetDepth", {"symbol": "BTCUSDT", "limit": 7}, ccxt.BadRequest),
    # Known to ccxt for USDⓈ-M URLs only: with any other URL it is a plain ExchangeError.
    ("fapiPublicGetFundingRate", {"startTime": 2, "endTime": 1}, ccxt.BadRequest),
])  # fmt: skip
def test_refusals_become_ccxts_exceptions(
    call: Call, method: str, parameters: dict[str, Any], expected: type[Exception]
) -> None:
    with pytest.raises(expected) as caught:
        call(method, parameters)
    assert type(caught.value) is expected


@pytest.mark.parametrize("client", list(CLIENTS))
def test_another_authority_is_not_trusted(
    client: str, loopback: LoopbackServer, client_config: dict[str, Any], tmp_path: Path
) -> None:
    """So the overlay's certificate setting is what makes the connection, not a verification left out."""
    stranger = LoopbackServer(loopback.exchange)
    (tmp_path / "other.pem").write_bytes(stranger.authority_pem)
    other = overlay_of(loopback.proxy_url, tmp_path / "other.pem", "synthetic")["exchange"]["ccxt_config"]
    with (
        CLIENTS[client]({**client_config, **other, "options": client_config["options"]}) as call,
        pytest.raises((ccxt.ExchangeError, ccxt.NetworkError)) as caught,
    ):
        call("fetch_time")
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value.__cause__)


@pytest.mark.parametrize("client", list(CLIENTS))
def test_nobody_is_trusted_without_the_overlay(client: str, client_config: dict[str, Any]) -> None:
    certificates = ("cafile", "validateServerSsl")
    plain = {name: value for name, value in client_config.items() if name not in certificates}
    with CLIENTS[client](plain) as call, pytest.raises((ccxt.ExchangeError, ccxt.NetworkError)):
        call("fetch_time")

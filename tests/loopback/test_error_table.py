"""Every error code that ccxt knows for these URLs passes through Freqtrade's exchange with ccxt's class."""

import copy
from collections.abc import Iterator
from typing import Any

import ccxt
import pytest
from freqtrade.enums import MarginMode, RunMode
from freqtrade.exceptions import (
    DDosProtection,
    InsufficientFundsError,
    InvalidOrderException,
    OperationalException,
    TemporaryError,
)
from freqtrade.exchange import Exchange as FreqtradeExchange
from freqtrade.resolvers import ExchangeResolver

from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.synthetic import SyntheticMarket
from loopback.overlay import overlay
from loopback.server import LoopbackServer
from loopback.settings import TEST_KEY, TEST_SECRET, Settings
from tests.loopback.conftest import CCXT_CONFIG, NOW_MS
from tests.loopback.test_freqtrade import CONFIG

PAIR = "BTC/USDT:USDT"
# ccxt's tables for every market and for linear ones; the linear one is asked first.
TABLE: dict[str, type[ccxt.BaseError]] = {
    **ccxt.binance().exceptions["exact"],
    **ccxt.binance().exceptions["linear"]["exact"],
}
CODES = sorted((code for code in TABLE if code.lstrip("-").isdigit()), key=int, reverse=True)


@pytest.fixture(scope="module")
def server(market: SyntheticMarket) -> Iterator[LoopbackServer]:
    plenty = Settings(weight_limit=10**9, order_limit_10s=10**9, order_limit_1m=10**9)
    with LoopbackServer(Exchange(market, FixedClock(NOW_MS), settings=plenty)) as running:
        yield running


@pytest.fixture(scope="module")
def bot(server: LoopbackServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FreqtradeExchange]:
    """Make the class that the live bot trades with, without the bot."""
    file = tmp_path_factory.mktemp("table") / "loopback.json"
    server.write_overlay(file)
    reach = overlay(server.proxy_url, file.with_suffix(".ca.pem"), "synthetic")["exchange"]["ccxt_config"]
    config: dict[str, Any] = copy.deepcopy(CONFIG)
    config |= {"dry_run": False, "runmode": RunMode.LIVE, "timeframe": "5m", "db_url": "sqlite://"}
    config["exchange"] |= {
        "key": TEST_KEY,
        "secret": TEST_SECRET,
        "ccxt_config": {**CCXT_CONFIG, **reach, "enableRateLimit": False},
    }
    exchange = ExchangeResolver.load_exchange(config, load_leverage_tiers=True)
    yield exchange
    exchange.close()
    exchange._api.session.close()


def freqtrades(error: type[ccxt.BaseError]) -> type[Exception]:
    """Return what Freqtrade makes of a ccxt exception when it places an order."""
    for base, made in (
        (ccxt.InsufficientFunds, InsufficientFundsError),
        (ccxt.InvalidOrder, InvalidOrderException),
        (ccxt.DDoSProtection, DDosProtection),
        ((ccxt.OperationFailed, ccxt.ExchangeError), TemporaryError),
        (ccxt.BaseError, OperationalException),
    ):
        if issubclass(error, base):
            return made
    raise AssertionError(error)


def place(bot: FreqtradeExchange) -> dict[str, Any]:
    return bot.create_order(
        pair=PAIR, ordertype="market", side="sell", amount=0.01, rate=40_000, leverage=1, reduceOnly=True
    )


@pytest.mark.parametrize("code", CODES)
def test_code_arrives_as_ccxts_class(server: LoopbackServer, bot: FreqtradeExchange, code: str) -> None:
    server.operator.fail_next("POST", "/fapi/v1/order", 400, {"code": int(code), "msg": "Loopback."})
    expected = TABLE[code]
    with pytest.raises(freqtrades(expected)) as caught:
        place(bot)
    assert type(caught.value.__cause__) is expected
    assert type(caught.value) is freqtrades(expected)
    assert server.exchange.faults.waiting == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [(418, ccxt.DDoSProtection), (429, ccxt.DDoSProtection), (503, ccxt.ExchangeNotAvailable)],
)
def test_status_arrives_as_ccxts_class(
    server: LoopbackServer, bot: FreqtradeExchange, status: int, expected: type[ccxt.BaseError]
) -> None:
    server.operator.fail_next("POST", "/fapi/v1/order", status, "busy")
    with pytest.raises(freqtrades(expected)) as caught:
        place(bot)
    assert type(caught.value.__cause__) is expected


def test_position_to_reduce_is_missing_on_the_real_route(bot: FreqtradeExchange) -> None:
    """Without a fault: the exchange's own refusal takes the same way."""
    with pytest.raises(InvalidOrderException, match=r"-2022.*ReduceOnly Order is rejected\."):
        place(bot)


def test_margin_mode_that_is_set_already_is_no_error(bot: FreqtradeExchange) -> None:
    for _ in range(2):
        bot.set_margin_mode(PAIR, MarginMode.ISOLATED)

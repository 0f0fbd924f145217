"""Which hosts the bot talks to: each URL that it could use, and each that it did use on a recorded wire."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import ccxt
import pytest
from freqtrade.enums import CandleType, RunMode
from freqtrade.exchange import Exchange
from freqtrade.misc import deep_merge_dicts
from freqtrade.resolvers import ExchangeResolver
from ict_host.seams import access

from ict.desk.safety import address_faults, market_of
from tests.config.support import BASE, FAKE_KEYS, FROM_STRATEGY, load, overlay, pro_urls, read
from tests.config.wire import Wire, splice

DEMO, LEGACY, PRODUCTION = "demo-fapi.binance.com", "testnet.binancefuture.com", "fapi.binance.com"
PAIR = "BTC/USDT:USDT"
# File, and ccxt's own table for that market. Those of one client must be of one host, see below.
MARKETS = [(BASE, "demo"), *((overlay(name), table) for name, table in (
    ("testnet_legacy", "test"), ("mainnet", "api"), ("public_data", "api"),
))]  # fmt: skip

# Freqtrade 2026.9 itself uses an argument that pandas 3.1 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


def urls(settings: dict[str, Any]) -> dict[str, Any]:
    return settings["exchange"]["ccxt_config"]["urls"]["api"]


def streams(table: dict[str, Any]) -> dict[str, Any]:
    """Return the two streams of a table that are those of USDT perpetuals."""
    return {"linear": table["ws"]["linear"], "ws-api": {"linear": table["ws"]["ws-api"]["linear"]}}


@pytest.mark.parametrize(("path", "table"), MARKETS)
def test_urls_equal_ccxts_own_table(path: Path, table: str) -> None:
    known = {key: url for key, url in ccxt.binance().urls[table].items() if key.startswith("fapi")}
    found = urls(read(path))
    assert {key: found[key] for key in known} == known
    assert found["ws"] == streams(pro_urls()[table])
    # ccxt knows this one for production only; elsewhere it must still not lead there.
    assert set(found) - set(known) <= {"fapiData", "ws"}


def test_the_three_options_that_keep_the_key_from_production() -> None:
    linear = {"types": ["linear"]}
    options = {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": linear}
    assert read(BASE)["exchange"]["ccxt_config"]["options"] == options


Builder = Callable[[dict[str, Any]], Exchange]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    for name, value in FAKE_KEYS.items():
        monkeypatch.setenv(name, value)
    return splice(monkeypatch)


@pytest.fixture
def build(wire: Wire) -> Iterator[Builder]:
    """Freqtrade's own exchange object, started as FreqtradeBot starts it."""
    built: list[Exchange] = []

    def start(settings: dict[str, Any]) -> Exchange:
        config = settings | FROM_STRATEGY
        config["exchange"]["ccxt_config"]["enableRateLimit"] = False  # nobody is there to be spared
        exchange = ExchangeResolver.load_exchange(
            config, exchange_config=deepcopy(config["exchange"]), load_leverage_tiers=True
        )
        built.append(exchange)
        return exchange

    yield start
    for exchange in built:
        exchange.close()


def trade_a_little(exchange: Exchange, order_types: dict[str, Any]) -> None:
    """Ask for what the bot does between a candle and a protected position, and FreqUI's tickers."""
    exchange.get_balances()
    exchange.fetch_positions()
    exchange.refresh_latest_ohlcv([(PAIR, "15m", CandleType.FUTURES)])
    exchange.get_rate(PAIR, refresh=True, side="entry", is_short=False)
    exchange.create_order(pair=PAIR, ordertype="market", side="buy", amount=0.01, rate=50000.0, leverage=1.0)
    exchange.create_stoploss(PAIR, 0.01, 49000.0, order_types, "sell", 1.0)
    exchange.fetch_order("1", PAIR)
    exchange.fetch_stoploss_order("4", PAIR)
    exchange.get_tickers()
    exchange._get_funding_fees_from_exchange(PAIR, 1789990000)


@pytest.mark.parametrize(
    ("overlays", "host"), [((), DEMO), (("testnet_legacy",), LEGACY), (("mainnet",), PRODUCTION)]
)
def test_a_live_bot_calls_no_other_host(
    overlays: tuple[str, ...], host: str, wire: Wire, build: Builder, user_data: Path
) -> None:
    settings = load(*overlays, user_data=user_data)
    assert settings["runmode"] is RunMode.LIVE
    exchange = build(settings)
    trade_a_little(exchange, settings["order_types"])
    # What is looked at before a start is what the clients have.
    clients = access.addresses_of(exchange)
    assert [api["fapiPrivate"] for api in clients] == [f"https://{host}/fapi/v1"] * 2
    assert [address_faults(api) for api in clients] == [[], []]
    assert wire.hosts() == {host}
    posted = {request.path for request in wire.requests if request.method == "POST"}
    assert posted == {"/fapi/v1/marginType", "/fapi/v1/leverage", "/fapi/v1/order", "/fapi/v1/algoOrder"}
    assert all(request.has_key for request in wire.requests if request.is_signed)
    # One of each version and of each transport: markets and candles are asynchronous, the account is not.
    assert {"/fapi/v1/exchangeInfo", "/fapi/v3/account", "/fapi/v1/klines"} <= wire.paths()
    assert {request.is_async for request in wire.requests} == {True, False}


@pytest.mark.parametrize(
    ("overlays", "host"),
    [(("dry_run",), DEMO), (("public_data",), PRODUCTION), (("mainnet", "dry_run"), PRODUCTION)],
)
def test_a_dry_run_signs_nothing_even_with_keys_in_the_environment(
    overlays: tuple[str, ...], host: str, wire: Wire, build: Builder, user_data: Path
) -> None:
    settings = load(*overlays, user_data=user_data)
    assert settings["runmode"] is RunMode.DRY_RUN
    exchange = build(settings)
    exchange.refresh_latest_ohlcv([(PAIR, "15m", CandleType.FUTURES)])
    assert wire.hosts() == {host}
    assert not any(request.has_key or request.is_signed for request in wire.requests)
    assert not any(request.method == "POST" for request in wire.requests)


@pytest.mark.parametrize(("option", "default", "host", "path"), [
    ("fetchCurrencies", True, "api.binance.com", "/sapi/v1/capital/config/getall"),
    ("fetchMarkets", {"types": ["spot", "linear", "inverse"]}, "dapi.binance.com", "/dapi/v1/exchangeInfo"),
])  # fmt: skip
def test_without_the_options_production_would_be_called(
    option: str, default: Any, host: str, path: str, wire: Wire, build: Builder, user_data: Path
) -> None:
    settings = load(user_data=user_data)
    settings["exchange"]["ccxt_config"]["options"][option] = default
    build(settings)
    assert (host, path) in {(request.host, request.path) for request in wire.requests}


def test_without_an_address_or_any_option_requests_leave_for_production(
    wire: Wire, build: Builder, user_data: Path
) -> None:
    """The negative control: the same wire sees the leak, so its silence above means something."""
    settings = load(user_data=user_data)
    del settings["exchange"]["ccxt_config"]["urls"]["api"]["fapiPrivateV3"]
    build(settings).get_balances()
    assert wire.hosts() == {DEMO, PRODUCTION}
    settings = load(user_data=user_data)
    del settings["exchange"]["ccxt_config"]["options"]
    build(settings)
    leaked = [request for request in wire.requests if request.host == "api.binance.com" and request.is_signed]
    found = {request.path for request in leaked}
    assert found >= {"/sapi/v1/capital/config/getall", "/sapi/v1/margin/allPairs"}
    assert all(request.has_key for request in leaked)


# Every address that ccxt would use is of one market, streams too

URLS = "exchange.ccxt_config.urls.api"
HOST_OF = {"": "demo-fapi", "testnet_legacy": "testnet", "mainnet": "fapi", "public_data": "fapi"}


def api(name: str = "", **changed: object) -> dict[str, object]:
    """Give the addresses of ccxt's client with websockets, as config.json and an overlay make them."""
    config = read(BASE)
    if name:
        config = deep_merge_dicts(read(overlay(name)), config)
    return deep_merge_dicts(changed, pro_urls(config["exchange"]["ccxt_config"])["api"])


@pytest.mark.parametrize("name", HOST_OF)
def test_what_ships_is_of_one_market(name: str) -> None:
    assert address_faults(api(name)) == []
    assert market_of(api(name), {"dry_run": True}).startswith(f"simulated orders at {HOST_OF[name]}.")
    found = pro_urls()["api"]  # ccxt's own are production's
    assert (address_faults(found), market_of(found, {"dry_run": False})) == ([], "orders at fapi.binance.com")


@pytest.mark.parametrize("name", sorted(key for key in pro_urls()["api"] if key.startswith("fapi")))
def test_one_address_of_another_market_is_named(name: str) -> None:
    wrong = "https://testnet.binancefuture.com/fapi/v1"
    faults = address_faults(api("mainnet", **{name: wrong}))
    if name == "fapiPrivate":
        assert all("must be an address of Futures Testnet" in fault for fault in faults)
        assert len(faults) > 5
    else:
        assert faults == [f"{URLS}.{name} must be an address of production, as fapiPrivate is, was {wrong}"]


@pytest.mark.parametrize("path", [("ws", "linear"), ("ws", "ws-api", "linear")], ids=".".join)
def test_a_stream_of_production_is_named_on_a_testnet(path: tuple[str, ...]) -> None:
    stream = "wss://fstream.binance.com/ws"
    block: Any = stream
    for name in reversed(path):
        block = {name: block}
    sentence = f"must be an address of Demo Trading, as fapiPrivate is, was {stream}"
    assert address_faults(api("", **block)) == [f"{URLS}.{'.'.join(path)} {sentence}"]


@pytest.mark.parametrize(("name", "wrong", "sentence"), [
    *(("fapiPrivate", wrong, "must be an address of Binance's futures") for wrong in (
        "https://fapi.binance.com.example.org/fapi/v1", "https://fapi.binance.com@example.org/fapi/v1",
        "https://mirror.example.org/fapi/v1", "", None,
    )),
    ("fapiPublic", "http://fapi.binance.com/fapi/v1", "must be encrypted"),
])  # fmt: skip
def test_a_host_that_is_not_binances_or_in_the_clear_is_named(
    name: str, wrong: object, sentence: str
) -> None:
    assert address_faults(api("mainnet", **{name: wrong})) == [f"{URLS}.{name} {sentence}, was {wrong}"]

"""Every address that ccxt would use is of one market, streams too: its own client with each overlay."""

from typing import Any

import pytest
from freqtrade.misc import deep_merge_dicts

from ict.desk.safety import address_faults, market_of
from tests.config.support import BASE, overlay, pro_urls, read

URLS = "exchange.ccxt_config.urls.api"
MARKETS = {"": "demo-fapi", "testnet_legacy": "testnet", "mainnet": "fapi", "public_data": "fapi"}


def api(name: str = "", **changed: object) -> dict[str, object]:
    """Give the addresses of ccxt's client with websockets, as config.json and an overlay make them."""
    config = read(BASE)
    if name:
        config = deep_merge_dicts(read(overlay(name)), config)
    return deep_merge_dicts(changed, pro_urls(config["exchange"]["ccxt_config"])["api"])


@pytest.mark.parametrize("name", MARKETS)
def test_what_ships_is_of_one_market(name: str) -> None:
    assert address_faults(api(name)) == []
    assert market_of(api(name), simulated=True).startswith(f"simulated orders at {MARKETS[name]}.")
    found = pro_urls()["api"]  # ccxt's own are production's
    assert (address_faults(found), market_of(found, simulated=False)) == ([], "orders at fapi.binance.com")


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

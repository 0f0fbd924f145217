"""Wrong parameters get Binance's codes and texts; unknown hosts and routes are refused and recorded."""

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
import requests

from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.hosts import is_known_authority
from loopback.market.synthetic import SyntheticMarket
from loopback.record import Reason, Refusal
from loopback.server import ADDRESS, LoopbackServer
from tests.loopback.conftest import DEMO, NOW_MS, START_MS
from tests.support.patience import PATIENCE

INVALID_SYMBOL = (-1121, "Invalid symbol.")
INVALID_INTERVAL = (-1120, "Invalid interval.")
MISSING = "Mandatory parameter '{}' was not sent, was empty/null, or malformed."
INVALID_LIMIT = (-1130, "Data sent for parameter 'limit' is not valid.")
ILLEGAL = "Illegal characters found in parameter '{}'; legal range is '^[0-9]{{1,20}}$'."
HOURLY = {"symbol": "BTCUSDT", "interval": "1h"}


@pytest.mark.parametrize(("path", "parameters", "code", "message"), [
    ("klines", {"symbol": "NOUSDT", "interval": "1h"}, *INVALID_SYMBOL),
    ("klines", {"interval": "1h"}, -1102, MISSING.format("symbol")),
    ("klines", {"symbol": "", "interval": "1h"}, -1102, MISSING.format("symbol")),
    ("klines", {"symbol": "BTCUSDT"}, -1102, MISSING.format("interval")),
    ("klines", {"symbol": "BTCUSDT", "interval": "7m"}, *INVALID_INTERVAL),
    ("klines", {"symbol": "BTCUSDT", "interval": "1s"}, *INVALID_INTERVAL),  # spot has it, futures do not
    ("klines", {**HOURLY, "limit": "1501"}, *INVALID_LIMIT),
    ("klines", {**HOURLY, "limit": "0"}, *INVALID_LIMIT),
    ("klines", {**HOURLY, "limit": "ten"}, -1100, ILLEGAL.format("limit")),
    ("klines", {**HOURLY, "startTime": "-5"}, -1100, ILLEGAL.format("startTime")),
    ("klines", {**HOURLY, "startTime": "2", "endTime": "1"}, -1023, "Start time is greater than end time."),
    ("markPriceKlines", {"symbol": "NOUSDT", "interval": "1h"}, *INVALID_SYMBOL),
    ("markPriceKlines", {"symbol": "BTCUSDT", "interval": "2m"}, *INVALID_INTERVAL),
    ("premiumIndex", {"symbol": "NOUSDT"}, *INVALID_SYMBOL),
    ("fundingRate", {"symbol": "NOUSDT"}, *INVALID_SYMBOL),
    ("fundingRate", {"symbol": "BTCUSDT", "limit": "1001"}, *INVALID_LIMIT),
    ("depth", {}, -1102, MISSING.format("symbol")),
    ("depth", {"symbol": "NOUSDT"}, *INVALID_SYMBOL),
    ("depth", {"symbol": "BTCUSDT", "limit": "7"}, -4021, "7 is not valid depth limit"),
    ("depth", {"symbol": "BTCUSDT", "limit": "1001"}, *INVALID_LIMIT),
    ("ticker/24hr", {"symbol": "NOUSDT"}, *INVALID_SYMBOL),
    ("ticker/bookTicker", {"symbol": "NOUSDT"}, *INVALID_SYMBOL),
    ("ticker/price", {"symbol": "NOUSDT"}, *INVALID_SYMBOL),
])  # fmt: skip
def test_wrong_parameters(
    web: requests.Session, path: str, parameters: dict[str, str], code: int, message: str
) -> None:
    response = web.get(f"{DEMO}/v1/{path}", params=parameters, timeout=PATIENCE)
    assert (response.status_code, response.json()) == (400, {"code": code, "msg": message})


@pytest.mark.parametrize(("headers", "parameters", "status", "code"), [
    ({}, {"timestamp": "1", "signature": "s"}, 401, -2014),
    ({"X-MBX-APIKEY": "key"}, {"signature": "s"}, 400, -1102),
    ({"X-MBX-APIKEY": "key"}, {"timestamp": "1"}, 400, -1102),
    ({"X-MBX-APIKEY": "key"}, {"timestamp": "1", "signature": "s"}, 400, -1021),
    ({"X-MBX-APIKEY": "no key"}, {"timestamp": "1", "signature": "s"}, 401, -2014),
])  # fmt: skip
def test_leverage_brackets_are_private(
    web: requests.Session, headers: dict[str, str], parameters: dict[str, str], status: int, code: int
) -> None:
    response = web.get(f"{DEMO}/v1/leverageBracket", params=parameters, headers=headers, timeout=PATIENCE)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_contract_whose_trading_is_to_come(market: SyntheticMarket, tmp_path: Path) -> None:
    with LoopbackServer(Exchange(market, FixedClock(START_MS - 1))) as server, requests.Session() as client:
        server.write_overlay(tmp_path / "loopback.json")
        client.trust_env, client.proxies = False, {"https": server.proxy_url}
        client.verify = str(tmp_path / "loopback.ca.pem")
        listed = client.get(f"{DEMO}/v1/exchangeInfo", timeout=PATIENCE).json()["symbols"]
        assert {contract["status"] for contract in listed} == {"PENDING_TRADING"}
        assert client.get(f"{DEMO}/v1/klines", params=HOURLY, timeout=PATIENCE).json() == []
        assert client.get(f"{DEMO}/v1/ticker/24hr", timeout=PATIENCE).json() == []
        refused = client.get(f"{DEMO}/v1/depth?symbol=BTCUSDT", timeout=PATIENCE)
        assert refused.json() == {"code": -1122, "msg": "Invalid symbol status."}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "unheardOf"), ("POST", "unheardOf"), ("DELETE", "unheardOf"), ("POST", "klines")],
)
def test_unknown_route_is_refused_and_recorded(
    loopback: LoopbackServer, web: requests.Session, method: str, path: str
) -> None:
    """Also a known path with the wrong method; a symbol may be in small letters."""
    loopback.exchange.record.clear()
    response = web.request(method, f"{DEMO}/v1/{path}", timeout=PATIENCE)
    assert response.status_code == 404
    assert response.json() == {"code": -5000, "msg": f"Path /fapi/v1/{path}, Method {method} is invalid"}
    assert loopback.exchange.record.refusals == [Refusal(Reason.ROUTE, f"{method} /fapi/v1/{path}")]
    assert web.get(f"{DEMO}/v1/ticker/price?symbol=btcusdt", timeout=PATIENCE).json()["symbol"] == "BTCUSDT"


@pytest.mark.parametrize(
    "url", ["https://api.binance.com/api/v3/time", "https://fapi.binance.com:8443/fapi/v1/time"]
)
def test_unknown_host_is_refused_and_recorded(
    loopback: LoopbackServer, web: requests.Session, url: str
) -> None:
    loopback.exchange.record.clear()
    with pytest.raises(requests.exceptions.ProxyError, match="403"):
        web.get(url, timeout=PATIENCE)
    assert [refusal.reason for refusal in loopback.exchange.record.refusals] == [Reason.HOST]


def test_plain_http_and_noise_at_the_proxy_are_refused_and_recorded(loopback: LoopbackServer) -> None:
    """And the certificate is trusted only through the authority."""
    loopback.exchange.record.clear()
    with requests.Session() as client:
        client.trust_env = False
        client.proxies = {"http": loopback.proxy_url, "https": loopback.proxy_url}
        assert client.get("http://fapi.binance.com/fapi/v1/time", timeout=PATIENCE).status_code == 403
        with pytest.raises(requests.exceptions.SSLError):
            client.get(f"{DEMO}/v1/time", timeout=PATIENCE)
    expected = Refusal(Reason.MALFORMED, "GET http://fapi.binance.com/fapi/v1/time")
    assert loopback.exchange.record.refusals == [expected]
    port = int(loopback.proxy_url.rsplit(":", 1)[1])
    with socket.create_connection((ADDRESS, port), timeout=PATIENCE) as client:
        client.sendall(b"\x16\x03\x01 not a request\r\n\r\n")
        assert client.recv(64).startswith(b"HTTP/1.1 400")
    assert [refusal.reason for refusal in loopback.exchange.record.refusals] == [Reason.MALFORMED] * 2


def test_another_host_inside_a_tunnel_is_refused(loopback: LoopbackServer, web: requests.Session) -> None:
    loopback.exchange.record.clear()
    response = web.get(f"{DEMO}/v1/time", headers={"Host": "api.binance.com"}, timeout=PATIENCE)
    assert response.status_code == 403
    assert loopback.exchange.record.refusals == [Refusal(Reason.HOST, "api.binance.com")]


@pytest.mark.parametrize(("authority", "known"), [
    ("fapi.binance.com:443", True), ("TESTNET.binancefuture.com:443", True),
    ("fapi.binance.com", False), ("evil-fapi.binance.com:443", False),
    ("fapi.binance.com.evil.org:443", False), ("127.0.0.1:443", False),
])  # fmt: skip
def test_known_hosts_are_compared_whole(authority: str, known: bool) -> None:
    assert is_known_authority(authority) is known


def test_certificate_names_all_known_hosts_and_no_other(loopback: LoopbackServer, overlay: Path) -> None:
    context = ssl.create_default_context(cafile=str(overlay.with_suffix(".ca.pem")))
    port = int(loopback.proxy_url.rsplit(":", 1)[1])
    with socket.create_connection((ADDRESS, port), timeout=PATIENCE) as client:
        client.sendall(b"CONNECT fapi.binance.com:443 HTTP/1.1\r\nHost: fapi.binance.com:443\r\n\r\n")
        assert client.recv(1024).startswith(b"HTTP/1.1 200")
        with pytest.raises(ssl.SSLCertVerificationError):
            context.wrap_socket(client, server_hostname="api.binance.com")


def test_record_and_control_port_tell_the_same(loopback: LoopbackServer, web: requests.Session) -> None:
    loopback.exchange.record.clear()
    web.get(f"{DEMO}/v1/depth?symbol=BTCUSDT&limit=5&signature=secret", timeout=PATIENCE)
    web.get(f"{DEMO}/v1/unheardOf", timeout=PATIENCE)

    def ask(path: str) -> Any:
        with requests.Session() as client:
            client.trust_env = False
            return client.get(loopback.control_url + path, timeout=PATIENCE).json()

    first = ask("/requests")[0]
    assert first["host"] == "demo-fapi.binance.com"
    assert (first["method"], first["path"], first["status"]) == ("GET", "/fapi/v1/depth", 200)
    assert first["parameters"] == {"symbol": "BTCUSDT", "limit": "5"}  # the signature is left out
    assert ask("/refusals") == [{"reason": "unknown route", "target": "GET /fapi/v1/unheardOf"}]
    assert ask("/")["now_ms"] == NOW_MS
    assert ask("/")["market"].startswith("SYNTHETIC")
    with requests.Session() as client:
        client.trust_env = False
        client.delete(loopback.control_url + "/record", timeout=PATIENCE)
    assert loopback.exchange.record.entries == []
    assert ask("/requests") == []

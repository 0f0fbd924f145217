"""Keys and passwords come from the environment alone, and a half-filled environment opens nothing."""

import asyncio
import hashlib
import hmac
import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
from freqtrade.commands.arguments import Arguments
from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.configuration import setup_utils_configuration
from freqtrade.enums import RunMode
from freqtrade.exceptions import ConfigurationError
from freqtrade.resolvers import ExchangeResolver
from freqtrade.rpc.api_server import ApiServer

from tests.config.support import API_SECRETS, BASE, FAKE_KEYS, FROM_STRATEGY, load, read, validated
from tests.config.wire import splice

ENABLED = "FREQTRADE__API_SERVER__ENABLED"
PASSWORD = "FREQTRADE__API_SERVER__PASSWORD"
JWT_SECRET = "FREQTRADE__API_SERVER__JWT_SECRET_KEY"
FREQTRADES_DEFAULT_SECRETS = {"super-secret", "somethingrandom", "somethingRandomSomethingRandom123"}

Ask = Callable[[str, str, dict[str, str]], int]  # method, path and headers -> HTTP status


def put(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def keys_in_use(settings: dict[str, Any]) -> set[tuple[str | None, str | None]]:
    """Return the key and secret that ccxt's two halves would sign with."""
    exchange = ExchangeResolver.load_exchange(
        settings | FROM_STRATEGY, exchange_config=deepcopy(settings["exchange"]), validate=False
    )
    try:
        return {(api.apiKey, api.secret) for api in (exchange._api, exchange._api_async)}
    finally:
        exchange.close()


def arguments(*words: str, user_data: Path) -> dict[str, Any]:
    return Arguments([*words, "-c", str(BASE), "--userdir", str(user_data)]).get_parsed_arg()


def test_keys_reach_a_live_bot_and_no_other_run(monkeypatch: pytest.MonkeyPatch, user_data: Path) -> None:
    put(monkeypatch, FAKE_KEYS)
    splice(monkeypatch)
    assert keys_in_use(load(user_data=user_data)) == {("fake-key", "fake-secret")}
    backtest = arguments("backtesting", "--strategy", "ICTObFvgStrategy", user_data=user_data)
    for settings in (
        setup_optimize_configuration(backtest, RunMode.BACKTEST),
        setup_utils_configuration(arguments("download-data", user_data=user_data), RunMode.UTIL_EXCHANGE),
    ):
        assert keys_in_use(settings) == {(None, None)}


def test_api_server_is_off_and_local_without_the_environment(user_data: Path) -> None:
    api = load(user_data=user_data)["api_server"]
    assert (api["enabled"], api["listen_ip_address"], api["listen_port"]) == (False, "127.0.0.1", 8080)
    assert api["jwt_secret_key"] not in FREQTRADES_DEFAULT_SECRETS
    assert "ws_token" not in api


def test_api_server_takes_its_secrets_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, user_data: Path
) -> None:
    """An empty or short secret of its tokens stops the start."""
    put(monkeypatch, API_SECRETS)
    settings = validated(load(user_data=user_data))
    expected = {
        "enabled": True, "password": API_SECRETS[PASSWORD], "jwt_secret_key": API_SECRETS[JWT_SECRET],
        "listen_ip_address": "127.0.0.1",
    }  # fmt: skip
    assert {name: settings["api_server"][name] for name in expected} == expected
    for secret in ("", "short"):
        put(monkeypatch, {JWT_SECRET: secret})
        with pytest.raises(ConfigurationError, match=r"too short|non-empty"):
            validated(load(user_data=user_data))


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, user_data: Path) -> Iterator[Callable[[], Ask]]:
    """Freqtrade's own API application, without a socket, with the environment of that moment."""
    monkeypatch.setattr(ApiServer, "start_api", lambda server: None)

    def start() -> Ask:
        server = ApiServer(load(user_data=user_data), standalone=True)
        transport = httpx.ASGITransport(server.app, raise_app_exceptions=False)

        async def ask(method: str, path: str, headers: dict[str, str]) -> int:
            async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
                return (await client.request(method, f"/api/v1/{path}", headers=headers)).status_code

        return lambda method, path, headers: asyncio.run(ask(method, path, headers))

    yield start
    ApiServer.shutdown()


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"freqtrader:{password}".encode()).decode()}


def forged_token(secret: str) -> dict[str, str]:
    """Sign a token by hand: the JWT library refuses to sign with a bad secret."""
    claims = {"identity": {"u": "freqtrader"}, "exp": int(time.time()) + 600, "type": "access"}
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256"}, claims)]
    signed = b".".join(parts)
    signature = urlsafe_b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).rstrip(b"=")
    return {"Authorization": f"Bearer {(signed + b'.' + signature).decode()}"}


def test_placeholders_open_nothing(monkeypatch: pytest.MonkeyPatch, api: Callable[[], Ask]) -> None:
    monkeypatch.setenv(ENABLED, "true")
    ask = api()
    committed = read(BASE)["api_server"]
    assert ask("GET", "ping", {}) == 200
    guesses = [basic(word) for word in ("", "freqtrader", committed["password"])]
    for headers in ({}, *guesses, forged_token(committed["jwt_secret_key"]), forged_token("")):
        assert ask("GET", "version", headers) in {401, 500}
        assert ask("POST", "token/login", headers) in {401, 500}


def test_own_secrets_open_the_api(monkeypatch: pytest.MonkeyPatch, api: Callable[[], Ask]) -> None:
    """The control: the same requests do get in when the secrets are right."""
    put(monkeypatch, API_SECRETS)
    ask = api()
    assert ask("GET", "version", basic(API_SECRETS[PASSWORD])) == 200
    assert ask("GET", "version", forged_token(API_SECRETS[JWT_SECRET])) == 200
    assert ask("POST", "token/login", basic(API_SECRETS[PASSWORD])) == 200
    assert ask("GET", "version", basic("wrong")) == 401

"""Which values of a configuration are secret, and that no spelling of them survives."""

import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from freqtrade.configuration.config_secrets import _SENSITIVE_KEYS
from hypothesis import given, settings
from hypothesis import strategies as st

from ict.desk.secrets import HIDDEN, redacted, secrets_in
from ict.words.problems import ErrorFacts, error_message
from tests.config.support import BASE, read

TOKEN = "aB_c-dEfGh1234567890"
URL = f"https://discord.com/api/webhooks/123456789012345678/{TOKEN}"


def nested(path: str, value: Any) -> dict[str, Any]:
    for name in reversed(path.split(".")):
        value = {name: value}
    return value


@pytest.mark.parametrize("path", [
    *_SENSITIVE_KEYS, "api_server.jwt_secret_key", "api_server.ws_token", "exchange.ccxt_config.apiKey",
    "exchange.ccxt_sync_config.secret", "exchange.ccxt_async_config.password",
])  # fmt: skip
def test_what_freqtrade_hides_and_more_is_found(path: str) -> None:
    assert "s3cret-value" in secrets_in(nested(path, "s3cret-value"))


@pytest.mark.parametrize(("config", "secret"), [
    ({"exchange": {"key": 1234567890}}, "1234567890"),
    ({"api_server": {"ws_token": ["first-token", "second-token"]}}, "second-token"),
    ({"external_message_consumer": {"producers": [{"ws_token": "of-producer"}]}}, "of-producer"),
    ({"exchange": {"ccxt_config": {"httpsProxy": "http://me:pass%21word@127.0.0.1:1"}}}, "pass!word"),
    ({"db_url": "postgresql://bot:db-password@127.0.0.1/x"}, "db-password"),
    ({"telegram": {"token": "123456789:AAH-xyz_1234"}}, "AAH-xyz_1234"),
    ({"discord": {"webhook_url": URL}}, TOKEN),
    ({"discord": {"webhook_url": URL}}, f"/api/webhooks/123456789012345678/{TOKEN}"),
    ({"webhook": {"url": "https://example.org/send?key=abc12345&x=1"}}, "abc12345"),
    ({"webhook": {"url": "https://example.org/with/key/abcdefgH/"}}, "abcdefgH"),
    ({"webhook": {"url": "https://me:pass%21word@example.org/with/key/abcdefg1/"}}, "abcdefg1"),
    ({"webhook": {"url": "https://me:pass%21word@example.org/"}}, "pass!word"),
    ({"webhook": {"url": "https://[me@example.org/abcdefghijklmnop"}}, "abcdefghijklmnop"),
])  # fmt: skip
def test_the_telling_part_is_found(config: dict[str, Any], secret: str) -> None:
    assert secret in secrets_in(config)


def test_ordinary_values_are_no_secrets() -> None:
    config = read(BASE)
    config["api_server"] |= {"password": "", "jwt_secret_key": ""}
    hook = {
        "webhook": {"url": "https://example.org/Hooks15/freqtrade"},
        "exchange": {"key": "", "secret": None},
    }
    assert (secrets_in(config), redacted("text", ())) == ((), "text")
    assert redacted("freqtrade Hooks15", secrets_in(hook)) == "freqtrade Hooks15"
    assert secrets_in({"exchange": {"key": "abc"}, "telegram": {"token": True}}) == ()


@pytest.mark.parametrize("text", [
    f"400 Client Error: Bad Request for url: {URL}",
    f"Max retries exceeded with url: /api/webhooks/123456789012345678/{TOKEN} (Caused by ...)",
    f'"POST /api/webhooks/123456789012345678/{TOKEN} HTTP/1.1" 204', f"callback={quote(URL, safe='')}",
    f"callback={quote_plus(URL).lower()} {quote_plus(URL)}", json.dumps({"webhook_url": URL}),
    repr(ValueError(URL)), repr({"error": repr(URL)}), f"{TOKEN}{TOKEN}\n{TOKEN}",
])  # fmt: skip
def test_no_spelling_survives(text: str) -> None:
    clean = redacted(text, secrets_in({"discord": {"webhook_url": URL}}))
    assert TOKEN.lower() not in clean.lower() or "%2f" in text  # percent-encoding, lowered with its token
    assert TOKEN not in clean
    assert HIDDEN in clean


@settings(max_examples=200)
@given(
    secret=st.text(alphabet="abcdefghijk0123456789'\"\\/+ =é%&", min_size=6, max_size=40).map(str.strip),
    before=st.text(alphabet="xyz /?", max_size=20),
)
def test_any_secret_is_gone_however_it_is_shown(secret: str, before: str) -> None:
    secrets = secrets_in({"exchange": {"secret": secret}})
    spelled = [secret, repr(secret), json.dumps(secret), quote(secret, safe=""), quote_plus(secret)]
    for text in spelled if secrets else []:
        clean = redacted(before + text + "xyz", secrets)
        assert secret not in clean
        assert HIDDEN in clean
        assert redacted(clean, secrets) == clean


def test_a_message_that_was_made_with_a_secret_can_still_be_cleaned() -> None:
    secrets = secrets_in({"discord": {"webhook_url": URL}})
    message = error_message(ErrorFacts(pair=None, step="size", error=f"for url: {URL}"), "en")
    assert "\\_c-dEfGh" in message
    for text in (message, repr({"msg": message})):  # as it is sent, and as Freqtrade logs it
        assert "c-dEfGh1234567890" not in redacted(text, secrets)

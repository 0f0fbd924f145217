"""Producer and consumer overlays as Freqtrade merges them with the environment."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import ConfigurationError
from ict_host.consumer import faults_of

from ict.desk.safety import refusals
from ict.desk.secrets import secrets_in
from tests.config.support import API_SECRETS, load, validated
from tests.symbols.wire import TOKEN, producers

Merged = Callable[..., dict[str, Any]]
PRODUCERS = "FREQTRADE__EXTERNAL_MESSAGE_CONSUMER__PRODUCERS"


@pytest.fixture
def merged(user_data: Path, monkeypatch: pytest.MonkeyPatch) -> Merged:
    """Merge config.json, overlays and the environment as `freqtrade trade` does, and validate them."""

    def merge(*overlays: str, **environment: str) -> dict[str, Any]:
        for name, text in environment.items():
            monkeypatch.setenv(name, text)
        return validated(load(*overlays, user_data=user_data))

    return merge


@pytest.mark.parametrize("overlays", [("producer",), ("public_data", "producer"), ("many_pairs", "producer")])
def test_a_producer_never_trades(merged: Merged, overlays: tuple[str, ...]) -> None:
    settings = merged(*overlays, **API_SECRETS)
    assert settings["runmode"] is RunMode.DRY_RUN
    assert settings["max_open_trades"] == 0
    assert settings["api_server"]["enabled"] is True
    assert settings["api_server"]["listen_ip_address"] == "127.0.0.1"
    assert refusals(settings) == []


def test_a_producer_shares_neither_database_nor_log_with_a_consumer(merged: Merged) -> None:
    """A bot looks after every open trade that its database has, also with no slot for a new one."""
    analyses = merged("producer", **API_SECRETS)
    for overlays in (("consumer",), ("dry_run", "consumer"), ("mainnet", "consumer")):
        trades = merged(*overlays, **{PRODUCERS: json.dumps(producers("default"))})
        for name in ("db_url", "logfile", "bot_name"):
            assert analyses[name] != trades[name]
        assert analyses["api_server"]["listen_port"] != trades["api_server"]["listen_port"]


def test_a_consumer_has_its_producers_from_the_environment(merged: Merged) -> None:
    settings = merged("many_pairs", "consumer", **{PRODUCERS: json.dumps(producers("default"))})
    assert settings["external_message_consumer"]["producers"] == producers("default")
    assert settings["pairlists"][0]["method"] == "ProducerPairList"
    assert settings["max_open_trades"] == 5
    assert faults_of(settings) == []
    assert TOKEN in secrets_in(settings)


def test_neither_starts_without_what_the_environment_has(merged: Merged) -> None:
    faults = refusals(merged("producer"))
    assert [fault.split(" ")[0] for fault in faults] == ["api_server.password", "api_server.jwt_secret_key"]
    with pytest.raises(ConfigurationError, match="at least 1 Producer"):
        merged("consumer")

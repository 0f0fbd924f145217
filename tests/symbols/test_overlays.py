"""Producer and consumer overlays as Freqtrade merges them with the environment."""

import json
from pathlib import Path
from typing import Any

import pytest
from freqtrade.configuration import Configuration, validate_config_consistency
from freqtrade.enums import RunMode
from freqtrade.exceptions import ConfigurationError
from ict_host.consumer import faults_of

from ict.desk.safety import refusals
from ict.desk.secrets import secrets_in
from tests.config.support import API_SECRETS, BASE, FROM_STRATEGY, overlay
from tests.symbols.wire import TOKEN, producers

PRODUCERS = "FREQTRADE__EXTERNAL_MESSAGE_CONSUMER__PRODUCERS"


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Merge config.json, overlays and the environment as `freqtrade trade` does."""
    monkeypatch.chdir(tmp_path)

    def merge(*overlays: str, **environment: str) -> dict[str, Any]:
        for name, text in environment.items():
            monkeypatch.setenv(name, text)
        files = [str(BASE), *(str(overlay(name)) for name in overlays)]
        arguments = {"config": files, "user_data_dir": str(tmp_path), "command": "trade"}
        settings = Configuration(arguments, None).get_config()
        validate_config_consistency(settings | FROM_STRATEGY)
        return settings

    return merge


@pytest.mark.parametrize("overlays", [("producer",), ("public_data", "producer"), ("many_pairs", "producer")])
def test_a_producer_never_trades(load: Any, overlays: tuple[str, ...]) -> None:
    settings = load(*overlays, **API_SECRETS)
    assert settings["runmode"] is RunMode.DRY_RUN
    assert settings["max_open_trades"] == 0
    assert settings["api_server"]["enabled"] is True
    assert settings["api_server"]["listen_ip_address"] == "127.0.0.1"
    assert refusals(settings) == []


def test_a_producer_shares_neither_database_nor_log_with_a_consumer(load: Any) -> None:
    """A bot looks after every open trade that its database has, also with no slot for a new one."""
    analyses = load("producer", **API_SECRETS)
    for overlays in (("consumer",), ("dry_run", "consumer"), ("mainnet", "consumer")):
        trades = load(*overlays, **{PRODUCERS: json.dumps(producers("default"))})
        for name in ("db_url", "logfile", "bot_name"):
            assert analyses[name] != trades[name]
        assert analyses["api_server"]["listen_port"] != trades["api_server"]["listen_port"]


def test_a_consumer_has_its_producers_from_the_environment(load: Any) -> None:
    settings = load("many_pairs", "consumer", **{PRODUCERS: json.dumps(producers("default"))})
    assert settings["external_message_consumer"]["producers"] == producers("default")
    assert settings["pairlists"][0]["method"] == "ProducerPairList"
    assert settings["max_open_trades"] == 5
    assert faults_of(settings) == []
    assert TOKEN in secrets_in(settings)


def test_neither_starts_without_what_the_environment_has(load: Any) -> None:
    faults = refusals(load("producer"))
    assert [fault.split(" ")[0] for fault in faults] == ["api_server.password", "api_server.jwt_secret_key"]
    with pytest.raises(ConfigurationError, match="at least 1 Producer"):
        load("consumer")

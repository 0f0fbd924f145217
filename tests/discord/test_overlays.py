"""discord.json and discord.ko.json with the real Discord class: every message arrives as it should."""

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from freqtrade.configuration import validate_config_consistency
from freqtrade.enums import RPCMessageType
from freqtrade.exceptions import ConfigurationError
from ict_lab.bots.discord import LoopbackDiscord

from ict.words.settings import MessageSettings
from ict.words.templates import FIELDS, template_faults
from tests.config.support import FROM_STRATEGY, overlay, read
from tests.discord.bot import exit_message, manager, messages

Configure = Callable[..., dict[str, Any]]
OVERLAYS = {"discord": "en", "discord.ko": "ko"}
TOLD = (
    "status", "warning", "exception", "startup", "entry_fill", "exit_fill", "entry_cancel", "exit_cancel",
    "protection_trigger", "protection_trigger_global", "liquidation_warning", "strategy_msg",
)  # fmt: skip
GREEN, RED, BLUE = 0x00FF00, 0xFF0000, 0x0000FF


@pytest.mark.parametrize("name", OVERLAYS)
def test_overlay_is_complete_and_right(name: str, configured: Configure) -> None:
    settings = configured(name)

    assert set(TOLD) <= set(settings["discord"])
    assert template_faults(settings) == []
    validate_config_consistency(settings | FROM_STRATEGY)
    assert MessageSettings.parse(settings["ict_messages"]) == MessageSettings(OVERLAYS[name], patterns=False)


@pytest.mark.parametrize("name", OVERLAYS)
@pytest.mark.parametrize("kind", TOLD)
def test_a_real_message_of_each_type_is_accepted(
    name: str, kind: str, configured: Configure, discord: LoopbackDiscord
) -> None:
    settings = configured(name)
    manager(settings).send_msg(messages()[kind])

    assert discord.refusals == []
    (message,) = discord.messages
    names = [field["name"] for field in message["embeds"][0]["fields"]]
    assert names == [name for field in read(overlay(name))["discord"][kind] for name in field]
    values = [field["value"] for field in message["embeds"][0]["fields"]]
    assert not {"None", "nan"} & set(" ".join(values).split())


@pytest.mark.parametrize("name", OVERLAYS)
@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("index", [0, 1, 2], ids=["ordinary", "absent", "longest"])
def test_the_longest_and_emptiest_values_are_accepted(
    name: str, kind: str, index: int, configured: Configure, discord: LoopbackDiscord
) -> None:
    message = {field: samples[index] for field, samples in FIELDS[kind].items()}
    manager(configured(name)).send_msg(message | {"type": RPCMessageType(kind)})

    assert (len(discord.messages), discord.refusals) == (1, [])


@pytest.mark.parametrize("name", OVERLAYS)
@pytest.mark.parametrize(("close_rate", "colour"), [(51000.0, GREEN), (49000.0, RED), (50000.0, RED)])
def test_gains_are_green_and_losses_red(
    name: str, close_rate: float, colour: int, configured: Configure, discord: LoopbackDiscord
) -> None:
    manager(configured(name)).send_msg(exit_message(close_rate))

    assert discord.messages[0]["embeds"][0]["color"] == colour


def test_an_entry_is_blue_and_says_what_was_opened(configured: Configure, discord: LoopbackDiscord) -> None:
    manager(configured("discord.ko")).send_msg(messages()["entry_fill"])

    (embed,) = discord.messages[0]["embeds"]
    assert embed["color"] == BLUE
    assert {field["name"]: field["value"] for field in embed["fields"]} == {
        "심볼": "BTC/USDT:USDT",
        "방향": "Long 2.0x",
        "진입가": "50000",
        "수량": "0.02 BTC",
        "증거금": "500.00 USDT",
    }


def test_a_text_of_the_strategy_is_sent_whole(configured: Configure, discord: LoopbackDiscord) -> None:
    text = "가" * 1024
    manager(configured("discord")).process_msg_queue(deque([text]))

    assert discord.messages[0]["embeds"][0]["fields"][0]["value"] == text


def test_both_files_say_the_same() -> None:
    english, korean = (read(overlay(name))["discord"] for name in OVERLAYS)

    assert list(english) == list(korean)
    for kind in TOLD:
        assert [list(field.values()) for field in english[kind]] == [list(f.values()) for f in korean[kind]]


def test_telegram_wants_its_secrets_and_nothing_else(
    configured: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(template_faults(configured("telegram"))) == 2
    monkeypatch.setenv("FREQTRADE__TELEGRAM__TOKEN", "123456:loopback-token")
    monkeypatch.setenv("FREQTRADE__TELEGRAM__CHAT_ID", "123456789")
    settings = configured("telegram", "discord.ko")

    assert template_faults(settings) == []
    validate_config_consistency(settings | FROM_STRATEGY)


def test_telegram_without_its_secrets_does_not_start(configured: Configure) -> None:
    with pytest.raises(ConfigurationError, match="token"):
        validate_config_consistency(configured("telegram") | FROM_STRATEGY)


@pytest.mark.parametrize("url", ["", None])
def test_a_missing_address_is_named(
    url: str | None, configured: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    if url is None:
        monkeypatch.delenv("FREQTRADE__DISCORD__WEBHOOK_URL")
    else:
        monkeypatch.setenv("FREQTRADE__DISCORD__WEBHOOK_URL", url)

    (fault,) = template_faults(configured("discord"))
    assert "FREQTRADE__DISCORD__WEBHOOK_URL" in fault

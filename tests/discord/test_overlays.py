"""discord.json and discord.ko.json with the real Discord class: every message arrives as it should."""

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from freqtrade.enums import RPCMessageType
from freqtrade.exceptions import ConfigurationError
from ict_lab.bots.discord import LoopbackDiscord

from ict.errors import ParameterError
from ict.words.settings import MessageSettings
from ict.words.templates import FIELDS, template_faults
from tests.config.support import overlay, read, validated
from tests.discord.bot import manager, messages

Configure = Callable[..., dict[str, Any]]
OVERLAYS = {"discord": "en", "discord.ko": "ko"}
TOLD = (
    "warning", "exception", "exit_cancel", "protection_trigger", "protection_trigger_global",
    "liquidation_warning", "strategy_msg",
)  # fmt: skip
# What the strategy reports itself: one message an event.
OURS = ("status", "startup", "entry", "entry_fill", "entry_cancel", "exit", "exit_fill")


@pytest.mark.parametrize("name", OVERLAYS)
def test_overlay_is_complete_and_right(name: str, configured: Configure) -> None:
    settings = configured(name)
    # Freqtrade fills in what is left out of these two.
    assert {kind for kind in FIELDS if settings["discord"].get(kind)} == set(TOLD)
    assert settings["discord"]["entry_fill"] == settings["discord"]["exit_fill"] == []
    assert template_faults(settings) == []
    validated(settings)
    assert MessageSettings.parse(settings["ict_messages"]) == MessageSettings(OVERLAYS[name], patterns=False)
    # Both files say the same.
    english, own = read(overlay("discord"))["discord"], read(overlay(name))["discord"]
    assert list(english) == list(own)
    for kind in TOLD:
        assert [list(field.values()) for field in english[kind]] == [list(f.values()) for f in own[kind]]


@pytest.mark.parametrize("name", OVERLAYS)
@pytest.mark.parametrize("kind", TOLD)
def test_messages_of_each_type_are_accepted(
    name: str, kind: str, configured: Configure, discord: LoopbackDiscord
) -> None:
    """A real one, and the ordinary, absent and longest values of each field."""
    channel = manager(configured(name))
    channel.send_msg(messages()[kind])
    fields = discord.messages[0]["embeds"][0]["fields"]
    assert [f["name"] for f in fields] == [n for f in read(overlay(name))["discord"][kind] for n in f]
    assert not {"None", "nan"} & set(" ".join(field["value"] for field in fields).split())
    for index in range(3):
        sample = {field: samples[index] for field, samples in FIELDS[kind].items()}
        channel.send_msg(sample | {"type": RPCMessageType(kind)})
    assert (len(discord.messages), discord.refusals) == (4, [])


@pytest.mark.parametrize("kind", OURS)
def test_what_the_strategy_reports_freqtrade_does_not(
    kind: str, configured: Configure, discord: LoopbackDiscord
) -> None:
    for name in OVERLAYS:
        manager(configured(name)).send_msg(messages()[kind])
    assert discord.messages == []
    assert configured("telegram")["telegram"]["notification_settings"][kind] == "off"


def test_a_text_of_the_strategy_is_sent_whole(configured: Configure, discord: LoopbackDiscord) -> None:
    text = "가" * 1024
    manager(configured("discord")).process_msg_queue(deque([text]))
    assert discord.messages[0]["embeds"][0]["fields"][0]["value"] == text


def test_telegram_wants_its_secrets_and_nothing_else(
    configured: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(template_faults(configured("telegram"))) == 2
    with pytest.raises(ConfigurationError, match="token"):
        validated(configured("telegram"))
    monkeypatch.setenv("FREQTRADE__TELEGRAM__TOKEN", "123456:loopback-token")
    monkeypatch.setenv("FREQTRADE__TELEGRAM__CHAT_ID", "123456789")
    settings = configured("telegram", "discord.ko")
    assert template_faults(settings) == []
    validated(settings)


# The `ict_messages` block


def test_settings_by_default_and_as_given() -> None:
    assert MessageSettings.parse(None) == MessageSettings.parse({}) == MessageSettings("en", patterns=False)
    assert MessageSettings.parse({"language": "ko", "patterns": True}) == MessageSettings("ko", patterns=True)


@pytest.mark.parametrize(("block", "message"), [
    ({"language": "fr"}, r"ict_messages.language must be one of en, ko, was 'fr'"),
    ({"language": None}, r"ict_messages.language must be one of en, ko, was None"),
    ({"language": ["en"]}, r"ict_messages.language must be one of en, ko, was \('en',\)"),
    ({"patterns": 1}, r"ict_messages.patterns must be true or false, was 1"),
    ({"lang": "en"}, r"ict_messages.lang is not a setting; known are: language, "),
    ({"alerts": "signal"}, r"ict_messages.alerts must be a list of words, was 'signal'"),
    ({"alerts": ["signal", "bos"]}, r"ict_messages.alerts must be among signal, .*, was bos"),
    ({"alert_timeframes": [15]}, r"ict_messages.alert_timeframes must be a list of words"),
    ({"alert_pairs": ["*"]}, r"ict_messages.alert_pairs must be pairs or patterns, was '\*'"),
    ({"link": "freqUI"}, r"ict_messages.link must be a web address"),
    ({"link": "http://host/a_b"}, r"ict_messages.link must be a web address"),
    ("ko", r"ict_messages must be a block with language, .*, was 'ko'"),
])  # fmt: skip
def test_wrong_settings_are_named(block: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        MessageSettings.parse(block)

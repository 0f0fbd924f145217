"""What becomes of a message whose template is wrong: Freqtrade loses it, and the start names it before."""

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from ict_lab.bots.discord import LoopbackDiscord

from ict.words.templates import template_faults
from tests.discord.bot import manager, messages

Configure = Callable[..., dict[str, Any]]


def test_a_wrong_field_loses_the_message_and_is_found_before(
    configured: Configure, discord: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    settings = configured("discord")
    settings["discord"]["entry_fill"] = [{"SL": "{stop_loss}"}]
    manager(settings).send_msg(messages()["entry_fill"])
    assert discord.messages == []
    assert "Exception occurred within RPC module discord" in caplog.text
    (fault,) = template_faults(settings)
    assert fault.startswith("discord.entry_fill: unknown field {stop_loss}; known are: amount, base_currency")


def test_a_wrong_field_in_strategy_msg_ends_the_bot_and_is_found_before(configured: Configure) -> None:
    settings = configured("discord")
    settings["discord"]["strategy_msg"] = [{"SL": "{stop_loss}"}]
    with pytest.raises(KeyError, match="stop_loss"):
        manager(settings).process_msg_queue(deque(["text"]))
    (fault,) = template_faults(settings)
    assert fault.startswith("discord.strategy_msg: unknown field {stop_loss}; known are: bot_name, msg")


def test_a_too_long_text_is_refused_by_discord_and_found_before(
    configured: Configure, discord: LoopbackDiscord
) -> None:
    settings = configured("discord")
    settings["discord"]["exception"] = [{"Error": "{status}"}]
    manager(settings).send_msg(messages()["exception"])
    assert discord.messages == []
    assert [status for status, _ in discord.refusals] == [400, 400]
    (fault,) = template_faults(settings)
    assert "discord.exception: the value of 'Error' can exceed Discord's 1024 characters" in fault

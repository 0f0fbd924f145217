"""The strategy's texts over Freqtrade's own Discord: what is refused is sent later, in order, and once."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from ict_host.channels import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, MOST_WAITING, Channels, Tone
from ict_host.seams.messages import webhook_failures
from ict_lab.bots.discord import Delayed, Dropped, LoopbackDiscord, Mood, RateLimited, Refused

from tests.discord.bot import manager, messages

Configure = Callable[..., dict[str, Any]]


class Clock:
    """A time that a test moves on."""

    now = 1_000.0

    def shift(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("ict_host.channels.monotonic", lambda: clock.now)
    return clock


@pytest.fixture
def channels(configured: Configure, discord: LoopbackDiscord) -> Channels:
    """Freqtrade's Discord alone."""
    settings = configured("discord")
    return Channels(manager(settings).registered_modules, settings, "en")


def texts(discord: LoopbackDiscord, since: int = 0) -> list[str]:
    """Return what Discord has taken."""
    return [message["embeds"][0]["fields"][0]["value"] for message in discord.messages[since:]]


@pytest.mark.parametrize("mood", [RateLimited(0.05), Refused(503), Refused(500), Dropped()], ids=repr)
def test_a_refused_text_is_sent_later_in_order(
    mood: Mood, channels: Channels, discord: LoopbackDiscord, clock: Clock
) -> None:
    arrived: list[str] = []
    discord.moods.extend([mood, mood])
    for text in ("first", "second"):
        channels.post(text, lambda text=text: arrived.append(text))  # type: ignore[misc]
    channels.send()
    assert (texts(discord), arrived) == ([], [])
    # Left alone: the trading loop does not wait for a Discord that is down, text by text.
    channels.send()
    assert (texts(discord), list(discord.moods)) == ([], [])
    clock.shift(FIRST_PAUSE_SECONDS)
    channels.send()
    assert texts(discord) == arrived == ["first", "second"]
    clock.shift(LONGEST_PAUSE_SECONDS)
    channels.send()
    assert texts(discord) == ["first", "second"]


@pytest.mark.parametrize("mood", [RateLimited(0.05), Refused(503), Dropped()], ids=repr)
def test_a_text_that_freqtrade_brought_home_at_its_second_try_has_arrived(
    mood: Mood, channels: Channels, discord: LoopbackDiscord
) -> None:
    arrived: list[str] = []
    discord.moods.append(mood)
    channels.post("text", lambda: arrived.append("text"))
    channels.send()
    assert texts(discord) == arrived == ["text"]


def test_the_pause_grows_up_to_a_limit(channels: Channels, discord: LoopbackDiscord, clock: Clock) -> None:
    discord.moods.extend([Refused(503)] * 40)
    channels.post("text")
    for pause in (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0):
        channels.send()
        asked = len(discord.moods)
        clock.shift(pause - 1)
        channels.send()
        assert len(discord.moods) == asked, f"asked again before {pause} seconds were over"
        clock.shift(1)
    assert len(discord.moods) == 40 - 8 * 2


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_text_that_will_never_be_taken_does_not_hold_up_the_next(
    status: int, channels: Channels, discord: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    """It has not arrived either: an event of a trade is made anew at the next start."""
    arrived: list[str] = []
    discord.moods.extend([Refused(status)] * 2)
    channels.post("first", lambda: arrived.append("first"))
    channels.post("second", lambda: arrived.append("second"))
    channels.send()
    assert texts(discord) == arrived == ["second"]
    assert f"discord refuses a text with status {status}; it is not sent again" in caplog.text


def test_a_channel_that_breaks_does_not_end_the_bot(
    configured: Configure, discord: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    settings = configured("discord")
    settings["discord"]["strategy_msg"] = [{"SL": "{stop_loss}"}]
    channels = Channels(manager(settings).registered_modules, settings, "en")
    channels.post("text")
    channels.send()
    assert "discord could not send a text" in caplog.text


def test_without_a_channel_a_text_has_arrived_at_once() -> None:
    arrived: list[str] = []
    Channels([], {}, "en").post("text", lambda: arrived.append("text"))
    assert arrived == ["text"]


def test_a_channel_without_custom_messages_is_left_out(
    configured: Configure, discord: LoopbackDiscord
) -> None:
    settings = configured("discord")
    settings["discord"]["allow_custom_messages"] = False
    channels = Channels(manager(settings).registered_modules, settings, "en")
    channels.post("text")
    channels.send()
    assert discord.messages == []


def test_the_oldest_are_dropped_where_too_many_wait(
    channels: Channels, discord: LoopbackDiscord, clock: Clock
) -> None:
    discord.moods.extend([Refused(503)] * 2)
    for number in range(MOST_WAITING + 3):
        channels.post(str(number))
    channels.send()
    clock.shift(FIRST_PAUSE_SECONDS)
    channels.send()
    assert texts(discord) == [str(number) for number in range(3, MOST_WAITING + 3)]


def test_it_is_in_the_log_what_is_told(channels: Channels, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    channels.post("Position opened")
    assert "Message: Position opened" in caplog.text


def test_freqtrades_own_failures_are_counted_by_attempt(
    configured: Configure, discord: LoopbackDiscord
) -> None:
    settings = configured("discord")
    (module,) = manager(settings).registered_modules
    message = messages()["strategy_msg"]
    discord.moods.extend([Refused(503), Dropped()])
    assert webhook_failures(module, message) == [503, None]
    discord.moods.append(Refused(503))
    assert webhook_failures(module, message) == []


def test_a_channel_that_does_not_answer_in_time_has_not_taken_it(
    configured: Configure, discord: LoopbackDiscord
) -> None:
    settings = configured("discord")
    settings["discord"]["timeout"] = 0.05
    (module,) = manager(settings).registered_modules
    discord.moods.extend([Delayed(1.0), Delayed(1.0)])
    assert webhook_failures(module, messages()["strategy_msg"]) == [None, None]


def test_a_webhook_is_a_channel_too(configured: Configure, discord: LoopbackDiscord, clock: Clock) -> None:
    """Freqtrade tries it once alone, where nothing else is asked for."""
    block = {
        "enabled": True, "url": discord.url, "format": "json", "allow_custom_messages": True,
        "strategy_msg": {"content": "{msg}"},
    }  # fmt: skip
    settings = configured() | {"webhook": block}
    channels = Channels(manager(settings).registered_modules, settings, "en")
    discord.moods.append(Refused(503))
    channels.post("text")
    channels.send()
    assert discord.messages == []
    clock.shift(FIRST_PAUSE_SECONDS)
    channels.send()
    assert discord.messages == [{"content": "text"}]


def test_two_channels_wait_for_each_other_only_to_have_arrived(
    configured: Configure, discord: LoopbackDiscord, clock: Clock
) -> None:
    """What one of them took is not sent there again when the other is back."""
    settings = configured("discord")
    block = {"enabled": True, "url": discord.url, "format": "json", "allow_custom_messages": True}
    settings["webhook"] = block | {"strategy_msg": {"content": "{msg}"}}
    channels, arrived = Channels(manager(settings).registered_modules, settings, "en"), []
    discord.moods.extend([Refused(503)] * 2)  # both of Discord's tries
    channels.post("text", lambda: arrived.append("text"))
    channels.send()
    assert (discord.messages, arrived) == ([{"content": "text"}], [])
    clock.shift(FIRST_PAUSE_SECONDS)
    channels.send()
    assert ([*map(len, discord.messages)], arrived) == ([1, 1], ["text"])
    assert texts(discord, 1) == ["text"]


@pytest.mark.parametrize(("tone", "colour"), [("plain", 0x8C62B2), ("gain", 0x2A78D6), ("loss", 0xCC5C00)])
def test_a_title_is_words_and_its_colour_is_the_charts(
    tone: Tone, colour: int, channels: Channels, discord: LoopbackDiscord
) -> None:
    channels.post("Position closed\nPair: BTC/USDT:USDT", tone=tone)
    channels.send()
    (embed,) = discord.messages[0]["embeds"]
    assert (embed["title"], embed["color"]) == ("Position closed", colour)
    assert texts(discord) == ["Pair: BTC/USDT:USDT"]


@pytest.mark.parametrize(
    ("language", "kind", "title"),
    [
        ("en", "warning", "Warning"),
        ("ko", "liquidation_warning", "강제 청산 임박: BTC/USDT:USDT"),
        ("en", "protection_trigger_global", "All pairs locked"),
    ],
)
def test_freqtrades_own_messages_have_titles_in_words(
    language: str, kind: str, title: str, configured: Configure, discord: LoopbackDiscord
) -> None:
    settings = configured("discord")
    freqtrade = manager(settings)
    Channels(freqtrade.registered_modules, settings, language)
    freqtrade.send_msg(messages()[kind])
    assert [message["embeds"][0]["title"] for message in discord.messages] == [title]

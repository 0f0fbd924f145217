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
    return channels_of(configured("discord"))


def channels_of(settings: dict[str, Any], language: str = "en") -> Channels:
    return Channels(manager(settings).registered_modules, settings, language)


def posted(channels: Channels, *texts: str) -> list[str]:
    """Post texts and send once; the list fills with what has arrived."""
    arrived: list[str] = []
    for text in texts:
        channels.post(text, lambda text=text: arrived.append(text))  # type: ignore[misc]
    channels.send()
    return arrived


def texts(discord: LoopbackDiscord, since: int = 0) -> list[str]:
    return [message["embeds"][0]["fields"][0]["value"] for message in discord.messages[since:]]


@pytest.mark.parametrize("mood", [RateLimited(0.05), Refused(503), Refused(500), Dropped()], ids=repr)
def test_a_refused_text_is_sent_later_in_order(
    mood: Mood, channels: Channels, discord: LoopbackDiscord, clock: Clock
) -> None:
    discord.moods.extend([mood, mood])
    arrived = posted(channels, "first", "second")
    assert (texts(discord), arrived) == ([], [])
    # Left alone: the trading loop does not wait for a Discord that is down, text by text.
    channels.send()
    assert (texts(discord), list(discord.moods)) == ([], [])
    for pause in (FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS):
        clock.shift(pause)
        channels.send()
        assert texts(discord) == arrived == ["first", "second"]
    # Freqtrade's own second try brings a text home, too.
    discord.moods.append(mood)
    assert posted(channels, "third") == ["third"] == texts(discord, 2)


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
    discord.moods.extend([Refused(status)] * 2)
    assert posted(channels, "first", "second") == ["second"] == texts(discord)
    assert f"discord refuses a text with status {status}; it is not sent again" in caplog.text


def test_a_channel_that_breaks_does_not_end_the_bot_and_one_without_custom_messages_is_left_out(
    configured: Configure, discord: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    settings = configured("discord")
    settings["discord"]["strategy_msg"] = [{"SL": "{stop_loss}"}]
    posted(channels_of(settings), "text")
    assert "discord could not send a text" in caplog.text
    settings = configured("discord")
    settings["discord"]["allow_custom_messages"] = False
    # Where no channel is left, a text has arrived at once.
    assert posted(channels_of(settings), "text") == ["text"] == posted(Channels([], {}, "en"), "text")
    assert discord.messages == []


def test_the_oldest_are_dropped_where_too_many_wait(
    channels: Channels, discord: LoopbackDiscord, clock: Clock
) -> None:
    discord.moods.extend([Refused(503)] * 2)
    numbers = [str(number) for number in range(MOST_WAITING + 3)]
    posted(channels, *numbers)
    clock.shift(FIRST_PAUSE_SECONDS)
    channels.send()
    assert texts(discord) == numbers[3:]


@pytest.mark.parametrize(("moods", "failures"), [
    ([Refused(503), Dropped()], [503, None]),
    ([Refused(503)], []),
    ([Delayed(1.0), Delayed(1.0)], [None, None]),
], ids=repr)  # fmt: skip
def test_freqtrades_own_failures_are_counted_by_attempt(
    moods: list[Mood], failures: list[int | None], configured: Configure, discord: LoopbackDiscord
) -> None:
    """A channel that does not answer in time has not taken it."""
    settings = configured("discord")
    if Delayed(1.0) in moods:
        settings["discord"]["timeout"] = 0.05
    (module,) = manager(settings).registered_modules
    discord.moods.extend(moods)
    assert webhook_failures(module, messages()["strategy_msg"]) == failures


@pytest.mark.parametrize("overlays", [(), ("discord",)])
def test_a_webhook_is_a_channel_too(
    overlays: tuple[str, ...], configured: Configure, discord: LoopbackDiscord, clock: Clock
) -> None:
    """Freqtrade tries it once alone. What one of two channels took is not sent there again."""
    block = {
        "enabled": True, "url": discord.url, "format": "json", "allow_custom_messages": True,
        "strategy_msg": {"content": "{msg}"},
    }  # fmt: skip
    channels, of_webhook = channels_of(configured(*overlays) | {"webhook": block}), {"content": "text"}
    discord.moods.extend([Refused(503)] * (1 + len(overlays)))  # both of Discord's tries
    arrived = posted(channels, "text")
    assert (discord.messages, arrived) == ([of_webhook] * len(overlays), [])
    clock.shift(FIRST_PAUSE_SECONDS)
    channels.send()
    assert ([*map(len, discord.messages)], arrived) == ([1] * (1 + len(overlays)), ["text"])
    assert texts(discord, 1) == ["text"] if overlays else discord.messages == [of_webhook]


@pytest.mark.parametrize(("tone", "colour"), [("plain", 0x8C62B2), ("gain", 0x2A78D6), ("loss", 0xCC5C00)])
def test_a_title_is_words_and_its_colour_is_the_charts(
    tone: Tone, colour: int, channels: Channels, discord: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    channels.post("Position closed\nPair: BTC/USDT:USDT", tone=tone)
    assert "Message: Position closed" in caplog.text
    channels.send()
    (embed,) = discord.messages[0]["embeds"]
    assert (embed["title"], embed["color"]) == ("Position closed", colour)
    assert texts(discord) == ["Pair: BTC/USDT:USDT"]


@pytest.mark.parametrize(("language", "kind", "title"), [
    ("en", "warning", "Warning"),
    ("ko", "liquidation_warning", "강제 청산 임박: BTC/USDT:USDT"),
    ("en", "protection_trigger_global", "All pairs locked"),
])  # fmt: skip
def test_freqtrades_own_messages_have_titles_in_words(
    language: str, kind: str, title: str, configured: Configure, discord: LoopbackDiscord
) -> None:
    settings = configured("discord")
    freqtrade = manager(settings)
    Channels(freqtrade.registered_modules, settings, language)
    freqtrade.send_msg(messages()[kind])
    assert [message["embeds"][0]["title"] for message in discord.messages] == [title]

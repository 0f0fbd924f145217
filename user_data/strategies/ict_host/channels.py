"""The channels that carry the strategy's texts: what could not be sent is sent later, and never twice.

Freqtrade drops a text that Discord or a webhook refused, after a second try 0.1 s later. Here it waits, and
the trading loop does not wait with it: after a refusal a channel is left alone for a while.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal

from freqtrade.enums import RPCMessageType

from ict.drawing.colours import ACCENT, GAIN, LOSS, Colour
from ict.words.languages import WORDS, Language
from ict_host.seams.messages import dress_discord, webhook_failures

logger = logging.getLogger(__name__)

# A channel is skipped this long after a refusal, twice as long after each further one.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 300.0
# More than a channel that is down for long needs: the oldest are dropped, and those of trades made again
# at the next start.
MOST_WAITING = 200
TOO_MANY_REQUESTS = 429

Outcome = Literal["taken", "not_now", "refused"]
Tone = Literal["plain", "gain", "loss"]
COLOURS: Mapping[Tone, Colour] = {"plain": ACCENT, "gain": GAIN, "loss": LOSS}
TITLE_CHARACTERS = 256


@dataclass(eq=False, slots=True)
class Post:
    """A text in progress, whether it is good news, and what to do once every channel has it."""

    text: str
    tone: Tone
    arrived: Callable[[], None]
    to_go: int

    def taken(self) -> None:
        """Record that one more channel has it."""
        self.to_go -= 1
        if not self.to_go:
            self.arrived()


class Channels:
    """All channels that take the strategy's texts.

    Parameters
    ----------
    modules : Iterable
        Freqtrade's channels.
    config : Mapping
        Freqtrade's configuration: whether a channel allows custom messages.
    language : Language
        Of the titles on Discord.
    """

    def __init__(self, modules: Iterable[Any], config: Mapping[str, Any], language: Language) -> None:
        modules = tuple(modules)
        for module in modules:
            if module.name == "discord":
                dress_discord(module, lambda message: _look(message, language))
        self._channels = [
            Channel(module)
            for module in modules
            if config.get(module.name, {}).get("allow_custom_messages", False)
        ]

    @property
    def waiting(self) -> int:
        """How many texts wait for the channel that has the most of them."""
        return max((len(channel.waiting) for channel in self._channels), default=0)

    def post(self, text: str, arrived: Callable[[], None] = lambda: None, tone: Tone = "plain") -> None:
        """Queue a text; `arrived` is called once all channels have taken it, or there is none."""
        logger.info("Message: %s", text)
        post = Post(text, tone, arrived, len(self._channels))
        if not self._channels:
            arrived()
        for channel in self._channels:
            channel.waiting.append(post)

    def send(self) -> None:
        """Send the queue, as far as the channels take it now."""
        for channel in self._channels:
            channel.send()


class Channel:
    """One channel: its queue, and until when it is skipped.

    Parameters
    ----------
    module
        Freqtrade's, such as its Discord.
    """

    def __init__(self, module: Any) -> None:
        self.waiting: deque[Post] = deque(maxlen=MOST_WAITING)
        self._module = module
        self._pause = FIRST_PAUSE_SECONDS
        self._left_alone_until = 0.0

    def send(self) -> None:
        """Send the queue, in order, until the channel refuses a text."""
        while self.waiting and monotonic() >= self._left_alone_until:
            outcome = self._try(self.waiting[0])
            if outcome == "not_now":
                self._left_alone_until = monotonic() + self._pause
                self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
                return
            self._pause = FIRST_PAUSE_SECONDS
            post = self.waiting.popleft()
            if outcome == "taken":
                post.taken()

    def _try(self, post: Post) -> Outcome:
        message = {"type": RPCMessageType.STRATEGY_MSG, "msg": post.text, "tone": post.tone}
        if self._module.name == "discord":
            headline, _, rest = post.text.partition("\n")
            message |= {"headline": headline, "msg": rest or headline}
        try:
            failures = webhook_failures(self._module, message)
        except Exception:
            # Freqtrade would end the bot here, for a text.
            logger.exception("%s could not send a text", self._module.name)
            return "refused"
        if not failures:
            return "taken"
        status = failures[-1]
        if status is None or status >= 500 or status == TOO_MANY_REQUESTS:
            return "not_now"
        logger.error("%s refuses a text with status %s; it is not sent again", self._module.name, status)
        return "refused"


def _look(message: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Say how a message looks on Discord: a title in words, and the colour of its news."""
    if message["type"] is RPCMessageType.STRATEGY_MSG:
        red, green, blue = COLOURS[message["tone"]]
        return {"title": message["headline"][:TITLE_CHARACTERS], "color": (red << 16) + (green << 8) + blue}
    title = WORDS[language].get(f"title_{message['type'].value}")
    if title is None:
        return {}
    pair = message.get("pair", "*")
    return {"title": title if pair == "*" else f"{title}: {pair}"}

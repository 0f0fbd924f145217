"""The `ict_messages` block of a configuration."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from ict.errors import ParameterError, nearest_word
from ict.facts import ENTRY_ZONES
from ict.words.languages import LANGUAGES, Language

SETTINGS_KEY = "ict_messages"
# What alerts can be about: an entry that the settings want, a sweep, a break, the first close in a zone.
ALERT_KINDS = ("signal", "sweep", "break", *ENTRY_ZONES, "htf_ob", "htf_fvg")
# Telegram and Discord read these marks as formatting.
_LINK = r"(https?://[^\s_*`\[]+)?"
NOW_CHOICES = ("off", "hourly", "daily")


def _declared(default: bool | str | tuple[str, ...], about: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"about": about, "choices": choices})


@dataclass(frozen=True, slots=True)
class MessageSettings:
    """The `ict_messages` block: the language, and which messages are sent besides those of trades."""

    language: str = _declared("en", "language of the strategy's texts", LANGUAGES)
    patterns: bool = _declared(False, "also report order blocks, gaps, breaks and sweeps")
    placed: bool = _declared(True, "report an entry order that is placed in a zone")
    taken_back: bool = _declared(True, "report an entry order that is cancelled, and why")
    daily_summary: bool = _declared(True, "sum up each UTC day when it is over")
    now: str = _declared("off", "also send what the bot would do now, a line a pair", NOW_CHOICES)
    alerts: tuple[str, ...] = _declared((), "kinds of alerts that are sent at the close of a candle")
    alert_timeframes: tuple[str, ...] = _declared((), "timeframes of alerts, such as 15m and 4h; none is all")
    alert_pairs: tuple[str, ...] = _declared((), "pairs of alerts, also patterns such as BTC/.*; none is all")
    link: str = _declared("", "address of a page with the chart, for alerts")

    @classmethod
    def parse(cls, block: object) -> Self:
        """Make settings from a block of the configuration; None gives the defaults.

        Raises
        ------
        ParameterError
            When the block, a name or a value is not as it must be.
        """
        given: Any = {} if block is None else block
        known = ", ".join(cls.__slots__)
        if not isinstance(given, Mapping):
            raise ParameterError(f"{SETTINGS_KEY} must be a block with {known}, was {given!r}")
        for name in given:
            if name not in cls.__slots__:
                names = f"{known}{nearest_word(name, cls.__slots__)}"
                raise ParameterError(f"{SETTINGS_KEY}.{name} is not a setting; known are: {names}")
        return cls(**{name: _listed(value) for name, value in given.items()})._checked()

    def _checked(self) -> Self:
        for setting in fields(self):
            name, value = f"{SETTINGS_KEY}.{setting.name}", getattr(self, setting.name)
            if setting.name == "language" and value not in LANGUAGES:
                raise ParameterError(f"{name} must be one of {', '.join(LANGUAGES)}, was {value!r}")
            if isinstance(setting.default, bool) and not isinstance(value, bool):
                raise ParameterError(f"{name} must be true or false, was {value!r}")
            if isinstance(setting.default, tuple):
                _check_list(setting.name, value)
        if not isinstance(self.link, str) or not re.fullmatch(_LINK, self.link):
            raise ParameterError(f"{SETTINGS_KEY}.link must be a web address without _*[, was {self.link!r}")
        return self


def language_of(config: Mapping[str, Any]) -> Language:
    """Language of a configuration; English where it can't be read."""
    block = config.get(SETTINGS_KEY)
    language = block.get("language") if isinstance(block, Mapping) else None
    return language if isinstance(language, str) and language in LANGUAGES else "en"


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check_list(setting: str, value: Any) -> None:
    name = f"{SETTINGS_KEY}.{setting}"
    if not isinstance(value, tuple) or not all(isinstance(one, str) for one in value):
        raise ParameterError(f"{name} must be a list of words, was {value!r}")
    if setting == "alerts" and (unknown := [one for one in value if one not in ALERT_KINDS]):
        raise ParameterError(f"{name} must be among {', '.join(ALERT_KINDS)}, was {', '.join(unknown)}")
    for one in value if setting == "alert_pairs" else ():
        try:
            re.compile(one)
        except re.error as error:
            raise ParameterError(f"{name} must be pairs or patterns, was {one!r}: {error}") from error

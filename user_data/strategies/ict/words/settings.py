"""The `ict_messages` block of a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ict.errors import ParameterError
from ict.words.languages import LANGUAGES

SETTINGS_KEY = "ict_messages"
NOW_CHOICES = ("off", "hourly", "daily")


def _declared(default: bool | str, about: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"about": about, "choices": choices})


@dataclass(frozen=True, slots=True)
class MessageSettings:
    """The `ict_messages` block: the language, and which messages are sent besides those of trades."""

    language: str = _declared("en", "language of the strategy's texts", LANGUAGES)
    patterns: bool = _declared(False, "also report order blocks, gaps, breaks and sweeps")
    placed: bool = _declared(True, "report an entry order that is placed in a zone")
    taken_back: bool = _declared(True, "report an entry order that is taken back, and why")
    daily_summary: bool = _declared(True, "sum up each UTC day when it is over")
    now: str = _declared("off", "also send what the bot would do now, a line a pair", NOW_CHOICES)

    @classmethod
    def parse(cls, block: object) -> MessageSettings:
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
                raise ParameterError(f"{SETTINGS_KEY}.{name} is not a setting; known are: {known}")
        return cls(**given)._checked()

    def _checked(self) -> MessageSettings:
        for setting in fields(self):
            value, choices = getattr(self, setting.name), setting.metadata["choices"]
            if choices and value not in choices:
                allowed = ", ".join(choices)
                raise ParameterError(f"{SETTINGS_KEY}.{setting.name} must be one of {allowed}, was {value!r}")
            if isinstance(setting.default, bool) and not isinstance(value, bool):
                raise ParameterError(f"{SETTINGS_KEY}.{setting.name} must be true or false, was {value!r}")
        return self

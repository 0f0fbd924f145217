"""The `ict_messages` block of a configuration."""

from typing import Any

import pytest

from ict.errors import ParameterError
from ict.words.settings import MessageSettings


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

"""Templates may name what Freqtrade sends: a new version that sends something else fails here."""

import types
import typing
from datetime import datetime
from typing import Any

import pytest
from freqtrade.enums import RPCMessageType
from freqtrade.rpc import rpc_types

from ict.words.templates import FIELDS
from tests.discord.bot import messages

DECLARED = {
    str(kind): message
    for message in typing.get_args(rpc_types.RPCSendMsg)
    for kind in typing.get_args(typing.get_type_hints(message)["type"])
}


def test_every_message_type_is_known() -> None:
    assert set(FIELDS) == {kind.value for kind in RPCMessageType}


@pytest.mark.parametrize("kind", sorted(DECLARED))
def test_fields_are_the_declared_ones(kind: str) -> None:
    hints = typing.get_type_hints(DECLARED[kind])
    assert set(FIELDS[kind]) == set(hints)
    for name, hint in hints.items():
        may_be_none = isinstance(hint, types.UnionType) and type(None) in typing.get_args(hint)
        assert not may_be_none or FIELDS[kind][name][1] is None, name


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_fields_are_the_ones_of_a_real_message(kind: str) -> None:
    message = messages()[kind]
    assert set(message) == set(FIELDS[kind])
    for name, value in message.items():
        assert _of_one_kind(value, FIELDS[kind][name]), (name, value)


def _of_one_kind(value: Any, samples: tuple[Any, Any, Any]) -> bool:
    if value is None:
        return None in samples
    kinds: dict[type, Any] = {bool: bool, int: int, float: (int, float), datetime: datetime, str: str}
    return isinstance(value, kinds.get(type(samples[0]), object))

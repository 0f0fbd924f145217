"""The strategy is made of parts that don't know each other: each has what its protocol names."""

import inspect

import pytest
from freqtrade.strategy import IStrategy
from ict_host import parts

from tests.strategy.host import load

PROTOCOLS = (parts.Settings, parts.Started, parts.Live, parts.Entries)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_strategy_has_what_its_parts_need(protocol: type) -> None:
    strategy = load({})
    for name in protocol.__annotations__:
        assert hasattr(strategy, name) or name == "_calendar"
    for name, needed in inspect.getmembers(protocol, inspect.isfunction):
        if not name.startswith("__"):
            given = inspect.signature(getattr(type(strategy), name))
            assert [*given.parameters] == [*inspect.signature(needed).parameters], name


def test_no_part_is_a_strategy_by_itself() -> None:
    strategy = type(load({}))
    ours = [base for base in strategy.__bases__ if base is not IStrategy]
    assert [base for base in ours if issubclass(base, IStrategy)] == []
    assert [base for base in ours if base.__bases__ != (object,)] == []

"""The strategy is made of parts that don't know each other: each has what its protocol names."""

import inspect
import re

import pytest
from freqtrade.strategy import IStrategy
from ict_host import parts
from ICTConsumerStrategy import ICTConsumerStrategy

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
    assert [base for base in ours if base.__bases__ != (parts.Part,)] == []


def names_in(part: type) -> set[str]:
    """Methods of a part, and what it keeps in `self`."""
    kept = re.findall(r"self\.(\w+)(?:: [^=\n]+)? = ", inspect.getsource(part))
    return {*kept, *(name for name, one in vars(part).items() if inspect.isfunction(one))}


def test_two_parts_share_no_name_but_that_of_a_hook() -> None:
    """What has a name that a part behind it has, too, passes on: else one would have the other's."""
    mro = ICTConsumerStrategy.__mro__
    ours = [part for part in mro[: mro.index(IStrategy)] if part.__module__.startswith("ict_host.")]
    ours.remove(parts.Part)
    shared = {
        (part.__name__, name)
        for place, part in enumerate(ours)
        for behind in ours[place + 1 :]
        for name in names_in(part) & names_in(behind)
        if f"super().{name}(" not in inspect.getsource(part)
    }
    # Whether entries rest is known when the settings are.
    assert shared == {("IctResting", "_rests")}

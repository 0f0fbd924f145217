"""The strategy as Freqtrade takes it: its hooks, the parts that it is made of, and that it is listed."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.strategy import IStrategy
from ict_host import parts
from ict_host.texts import texts
from ICTConsumerStrategy import ICTConsumerStrategy
from ICTObFvgStrategy import ICTObFvgStrategy

from tests.strategy.host import load
from tests.strategy.support import Workplace
from tests.support.places import STRATEGIES


def overridden(strategy: type) -> dict[str, Callable[..., Any]]:
    own = strategy.__mro__[: strategy.__mro__.index(IStrategy)]
    return {
        f"{cls.__name__}.{name}": method
        for cls in own
        for name, method in vars(cls).items()
        if inspect.isfunction(method) and name in dir(IStrategy) and not name.startswith("__")
    }


def misfit(method: Callable[..., Any], base: Callable[..., Any]) -> set[str]:
    """Arguments that Freqtrade does not hand over, or hands over and the method does not take."""
    ours, theirs = inspect.signature(method).parameters, inspect.signature(base).parameters
    takes_all = any(one.kind is one.VAR_KEYWORD for one in ours.values())
    unknown = set(ours) - set(theirs) - {"kwargs"}
    return unknown | (set() if takes_all else set(theirs) - set(ours))


HOOKS = overridden(ICTConsumerStrategy) | overridden(ICTObFvgStrategy)


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_a_hook_fits_how_freqtrade_calls_it(name: str) -> None:
    assert not misfit(HOOKS[name], getattr(IStrategy, name.partition(".")[2]))


def test_the_hooks_of_money_are_among_them() -> None:
    names = {name.partition(".")[2] for name in HOOKS}
    money = "custom_stake_amount confirm_trade_entry custom_stoploss custom_exit leverage"
    assert {*money.split()} <= names


def test_a_misfit_is_found() -> None:
    def misspelled(self: object, pairs: str, **kwargs: Any) -> float: ...
    def deaf(self: object, pair: str) -> float: ...

    assert misfit(misspelled, IStrategy.leverage) == {"pairs"}
    assert "max_leverage" in misfit(deaf, IStrategy.leverage)


# Its parts

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


@pytest.mark.parametrize("words", [[], [None], ["ob"], [None, "ob+htf", None, "ob"]])
def test_texts_are_what_pandas_makes_of_them(words: list[str | None]) -> None:
    column = np.array(words, np.object_)
    pd.testing.assert_extension_array_equal(texts(column), pd.array(column, dtype="str"))


# Where Freqtrade lists it


def test_only_strategies_are_listed_and_each_loads(workplaces: Callable[..., Workplace]) -> None:
    """Freqtrade runs each file that it meets by its bare name, also those of our packages in all folders."""
    assert not list(STRATEGIES.rglob("__main__.py"))
    run = workplaces("list").run("list-strategies", "--recursive-strategy-search")
    assert run.returncode == 0, run.stderr[-3000:]
    rows = [[cell.strip() for cell in re.split("[│┃]", line)[1:-1]] for line in run.stdout.splitlines()]
    listed = {row[0]: row[2] for row in rows[3:] if row and row[0]}
    assert listed == {file.stem: "OK" for file in STRATEGIES.glob("*.py")}
    assert "Could not import" not in run.stderr
    assert "usage:" not in run.stderr

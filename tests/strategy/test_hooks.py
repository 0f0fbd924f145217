"""Freqtrade calls most hooks by keyword: ours name only what it hands over, and swallow the rest."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from freqtrade.strategy import IStrategy
from ICTConsumerStrategy import ICTConsumerStrategy
from ICTObFvgStrategy import ICTObFvgStrategy


def overridden(strategy: type) -> dict[str, Callable[..., Any]]:
    """Methods of Freqtrade's interface that a strategy's own classes override."""
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

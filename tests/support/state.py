"""What a process holds beside its tests' own objects: taken down before a test, and put back after it.

Freqtrade keeps much of its state in classes and loggers, and so does what starts it. A test that lets some of
that lie about changes what the next one sees, in one order of the tests and not in another.
"""

import logging
import operator
import os
import signal
import sys
import types
import warnings
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any

import pytest

Restore = Callable[[], None]

# Classes of the host that keep state of their own, or that a test may patch.
HOST = {
    "freqtrade.worker": ("Worker",),
    "freqtrade.freqtradebot": ("FreqtradeBot",),
    "freqtrade.wallets": ("Wallets",),
    "freqtrade.exchange.exchange": ("Exchange",),
    "freqtrade.exchange.binance": ("Binance",),
    "freqtrade.strategy.interface": ("IStrategy",),
    "freqtrade.persistence.trade_model": ("LocalTrade", "Trade", "Order"),
    "freqtrade.persistence.pairlock": ("PairLock",),
    "freqtrade.persistence.pairlock_middleware": ("PairLocks",),
    "freqtrade.persistence.custom_data": ("CustomDataWrapper", "_CustomData"),
    "freqtrade.persistence.key_value_store": ("KeyValueStore", "_KeyValueStoreModel"),
}
# Modules whose classes are a strategy, or stand behind one.
OURS = ("ict_host.", "ICT")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PYTESTS_OWN = "PYTEST_CURRENT_TEST"
_ABSENT = object()
_look_of = operator.attrgetter("level", "handlers", "filters", "disabled", "propagate")
_NEW: tuple[int, list[Any], list[Any], bool, bool] = (0, [], [], False, True)
# The attributes of a class when it was last looked at, and what its containers and parameters hold.
_seen: dict[type, tuple[dict[str, Any], list[Any]]] = {}
# The rest of a class, such as a table's columns, may be completed at its first use.
_KEPT = (
    types.FunctionType, staticmethod, classmethod, property, bool, int, float, str, list, dict, type(None),
)  # fmt: skip


@contextmanager
def kept() -> Iterator[None]:
    """Put back at the end what the process held at the beginning."""
    with ExitStack() as stack:
        for keep in (keep_logging, keep_environment, keep_signals, keep_classes):
            stack.callback(keep())
        yield


class KeptLoggers:
    """Keeps the loggers as they are while a fixture of the session is made, which no file's own keep sees."""

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        if fixturedef.scope != "session":
            return (yield)
        restore = keep_logging()
        try:
            return (yield)
        finally:
            restore()


def keep_logging() -> Restore:
    """Keep levels, handlers and filters of every logger, what is disabled, and who makes the records."""
    disabled, factory, shown = (
        logging.root.manager.disable, logging.getLogRecordFactory(), warnings.showwarning,
    )  # fmt: skip
    before = {
        logger: (level, handlers[:], filters[:], *others)
        for logger in _loggers()
        for level, handlers, filters, *others in [_look_of(logger)]
    }

    def restore() -> None:
        if logging.root.manager.disable != disabled:
            logging.disable(disabled)
        logging.setLogRecordFactory(factory)
        warnings.showwarning = shown
        for logger in _loggers():
            look = before.get(logger, _NEW)
            if _look_of(logger) != look:
                level, handlers, filters, is_disabled, propagate = look
                logger.setLevel(level)
                logger.handlers[:], logger.filters[:] = handlers, filters
                logger.disabled, logger.propagate = is_disabled, propagate

    return restore


def _loggers() -> list[logging.Logger]:
    known = logging.root.manager.loggerDict.values()
    return [logging.root, *(one for one in known if isinstance(one, logging.Logger))]


def keep_environment() -> Restore:
    environment, folder, path = dict(os.environ), os.getcwd(), sys.path[:]

    def restore() -> None:
        for name in os.environ.keys() - environment.keys() - {PYTESTS_OWN}:
            del os.environ[name]
        changed = {name for name, value in environment.items() if os.environ.get(name) != value}
        os.environ.update({name: environment[name] for name in changed - {PYTESTS_OWN}})
        os.chdir(folder)
        sys.path[:] = path

    return restore


def keep_signals() -> Restore:
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def restore() -> None:
        for number, handler in before.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)

    return restore


def keep_classes() -> Restore:
    """Keep functions and values of the host's classes and of ours, and the values of their parameters."""
    before = [(cls, *_look_at(cls)) for cls in _classes()]
    copies = [[one.copy() for one in held] for _, _, held in before]

    def restore() -> None:
        for (cls, attributes, held), contents in zip(before, copies, strict=True):
            if not _are_same(vars(cls).values(), attributes.values()):
                _put_back(cls, attributes)
            if held != contents:
                _fill_again(held, contents)

    return restore


def _are_same(some: Collection[Any], others: Collection[Any]) -> bool:
    return len(some) == len(others) and all(map(operator.is_, some, others))


def _put_back(cls: type, attributes: dict[str, Any]) -> None:
    for name in {name for name, value in vars(cls).items() if _is_kept(name, value)} - attributes.keys():
        delattr(cls, name)
    for name, value in attributes.items():
        if _is_kept(name, value) and vars(cls).get(name, _ABSENT) is not value:
            setattr(cls, name, value)


def _fill_again(held: list[Any], contents: list[Any]) -> None:
    for one, before in zip(held, contents, strict=True):
        if one != before:
            one.clear()
            one.extend(before) if isinstance(one, list) else one.update(before)


def _classes() -> list[type]:
    """Find the classes of the modules that have been imported so far."""
    return _classes_of(len(sys.modules), next(reversed(sys.modules)))


@lru_cache(maxsize=1)
def _classes_of(_count: int, _newest: str) -> list[type]:
    """Look through the modules, once for as many as there are: this comes before every test."""
    theirs = [
        getattr(sys.modules[name], cls) for name, held in HOST.items() if name in sys.modules for cls in held
    ]
    modules = [sys.modules[name] for name in list(sys.modules) if name.startswith(OURS)]
    values = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    return list(dict.fromkeys([*theirs, *(cls for cls in values if cls.__module__.startswith(OURS))]))


def _look_at(cls: type) -> tuple[dict[str, Any], list[Any]]:
    """Find what a class has and what that holds, anew only where it has changed."""
    if cls not in _seen or not _are_same(vars(cls).values(), _seen[cls][0].values()):
        kept_ones = [value for name, value in vars(cls).items() if _is_kept(name, value)]
        held = [one if isinstance(one, list | dict) else vars(one) for one in kept_ones if _holds(one)]
        _seen[cls] = dict(vars(cls)), held
    return _seen[cls]


def _is_kept(name: str, value: object) -> bool:
    if name.startswith(("__", "_sa_", "_abc_")):
        return False
    is_session = type(value).__module__ == "sqlalchemy.orm.scoping"
    return isinstance(value, _KEPT) or _is_parameter(value) or is_session


def _holds(value: object) -> bool:
    return isinstance(value, list | dict) or _is_parameter(value)


def _is_parameter(value: object) -> bool:
    return type(value).__module__ == "freqtrade.strategy.parameters"

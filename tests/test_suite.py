"""The suite's own rules: nothing is left to the next test, no skip goes unseen, all imports are installed."""

import logging
import os
import re
import signal
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import packages_distributions, requires
from types import SimpleNamespace
from typing import Any

import pytest
from freqtrade.persistence import LocalTrade, PairLocks, Trade
from freqtrade.persistence.custom_data import CustomDataWrapper
from freqtrade.worker import Worker
from ict_host.parameters import IctParameters
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support import source
from tests.support.folders import ONLY_SYNTHETIC
from tests.support.needs import NO_BROWSER
from tests.support.places import REPOSITORY, USER_DATA
from tests.support.skips import Skips
from tests.support.state import kept

LOGGER = logging.getLogger("freqtrade.freqtradebot")

# What a test may leave behind: how it does so, and how the next one would see it.
LEAKS: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "a logger's level": (lambda: LOGGER.setLevel(logging.CRITICAL), lambda: LOGGER.level),
    "a logger's handler": (lambda: LOGGER.addHandler(logging.NullHandler()), lambda: len(LOGGER.handlers)),
    "a logger's filter": (lambda: LOGGER.addFilter(lambda record: False), lambda: len(LOGGER.filters)),
    "a deaf logger": (lambda: setattr(LOGGER, "disabled", True), lambda: LOGGER.disabled),
    "a logger that keeps to itself": (lambda: setattr(LOGGER, "propagate", False), lambda: LOGGER.propagate),
    "a new logger's level": (lambda: logging.getLogger("tests.of.leaks").setLevel(10),
        lambda: logging.getLogger("tests.of.leaks").level),
    "all logging off": (lambda: logging.disable(logging.CRITICAL), lambda: logging.root.manager.disable),
    "who makes the records": (
        lambda: logging.setLogRecordFactory(lambda *args, **kwargs: logging.LogRecord(*args, **kwargs)),
        logging.getLogRecordFactory),
    "a variable": (lambda: os.environ.update(ICT_LEAK="1"), lambda: os.environ.get("ICT_LEAK")),
    "a variable that is gone": (lambda: os.environ.pop("PATH"), lambda: os.environ.get("PATH")),
    "the folder": (lambda: os.chdir("/"), os.getcwd),
    "the path of modules": (lambda: sys.path.insert(0, "/nowhere"), lambda: sys.path[0]),
    "a signal": (lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN),
        lambda: signal.getsignal(signal.SIGTERM)),
    "a patched method": (lambda: setattr(Worker, "_sleep", None), lambda: Worker._sleep),
    "a new attribute of a class": (lambda: setattr(Worker, "leak", 1), lambda: hasattr(Worker, "leak")),
    "where trades are kept": (lambda: setattr(LocalTrade, "use_db", None), lambda: LocalTrade.use_db),
    "where trades are kept, of the table": (lambda: setattr(Trade, "use_db", False),
        lambda: vars(Trade)["use_db"]),
    "a backtest's trades": (lambda: LocalTrade.bt_trades.append(SimpleNamespace()),
        lambda: len(LocalTrade.bt_trades)),
    "locks": (lambda: PairLocks.locks.append(SimpleNamespace()), lambda: len(PairLocks.locks)),
    "the locks' timeframe": (lambda: setattr(PairLocks, "timeframe", "9m"), lambda: PairLocks.timeframe),
    "where records are kept": (lambda: setattr(CustomDataWrapper, "use_db", None),
        lambda: CustomDataWrapper.use_db),
    "a setting of a class": (lambda: setattr(IctParameters.risk_reward, "value", 9.0),
        lambda: IctParameters.risk_reward.value),
    "an attribute of a strategy": (lambda: setattr(IctParameters, "stoploss", -0.5),
        lambda: vars(IctParameters).get("stoploss")),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAKS)
def test_nothing_is_left_to_the_next_test(name: str) -> None:
    leak, seen = LEAKS[name]
    before = seen()
    with kept():
        leak()
        assert seen() != before
    assert seen() == before


def skipped(reason: str, **more: Any) -> Any:
    return SimpleNamespace(skipped=True, longrepr=("test.py", 1, f"Skipped: {reason}"), **more)


@pytest.mark.parametrize(("reason", "ci", "is_allowed"), [
    (ONLY_SYNTHETIC, True, True), (ONLY_SYNTHETIC, False, True), (NO_BROWSER, False, True),
    (NO_BROWSER, True, False), ("no real candles", False, False), ("no reason", True, False),
])  # fmt: skip
def test_a_skip_without_a_cause_fails_the_run(reason: str, ci: bool, is_allowed: bool) -> None:
    """What is expected to fail is no skip."""
    skips, session = Skips(ci=ci), SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    skips.pytest_runtest_logreport(skipped("", wasxfail="a reason"))
    skips.pytest_collectreport(SimpleNamespace(skipped=False))
    assert skips.forbidden == []
    skips.pytest_runtest_logreport(skipped(reason))
    skips.pytest_sessionfinish(session)
    assert (session.exitstatus == 0) == is_allowed
    assert skips.forbidden == ([] if is_allowed else [reason])


def named(name: str) -> list[Requirement]:
    """Read what a requirements file and those that it includes ask for."""
    found = []
    for line in (REPOSITORY / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found += named(line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            found.append(Requirement(line))
    return found


@cache
def installed(name: str) -> set[str]:
    """Find the packages that a requirements file installs, with all that they bring along."""
    found: set[tuple[str, str]] = set()
    open_ones = named(name)
    while open_ones:
        wanted = open_ones.pop()
        for extra in {"", *wanted.extras}:
            if (wanted.name, extra) in found:
                continue
            found.add((wanted.name, extra))
            needed = [Requirement(text) for text in requires(wanted.name) or []]
            open_ones += [one for one in needed if not one.marker or one.marker.evaluate({"extra": extra})]
    return {canonicalize_name(name) for name, _ in found}


# Which distributions bring a module; every installed file is looked at.
PROVIDERS = cache(packages_distributions)


def foreign_imports(folder: str) -> set[str]:
    """Find the top-level modules that the files of a folder import and that are nobody's here."""
    packages = {"ict", "ict_host", "ict_lab", "loopback", "tests"}
    own = packages | {path.stem for path in USER_DATA.glob("*/ICT*.py")}
    tops = set()
    for path in source.python_files(REPOSITORY / folder):
        # The benchmark's peers are installed by `make bench` alone.
        if path.parent.name != "bench":
            text = path.read_text(encoding="utf-8")
            tops |= set(re.findall(r"(?m)^ *(?:import|from(?= [\w.]+ import)) (\w+)", text))
    return tops - own - set(sys.stdlib_module_names)


@pytest.mark.parametrize(("folder", "requirements"), [
    ("user_data/strategies/ict", "requirements.txt"), ("user_data/strategies/ict_host", "requirements.txt"),
    ("user_data", "requirements-lab.txt"), ("tests", "requirements-dev.txt"),
])  # fmt: skip
def test_a_bare_clone_installs_what_is_imported(folder: str, requirements: str) -> None:
    providers, brought = PROVIDERS(), installed(requirements)
    imported = foreign_imports(folder)
    assert "numpy" in imported or folder.endswith("host")
    assert not {
        top for top in imported if not {canonicalize_name(one) for one in providers.get(top, [])} & brought
    }


def test_a_package_that_is_not_installed_is_found_and_whatever_is_installed_is_pinned() -> None:
    brought, pinned = installed("requirements-dev.txt"), named("constraints.txt")
    assert "dash" not in installed("requirements.txt")
    assert {"dash", "pytest-randomly", "numpy", "ccxt"} <= brought
    assert brought - {"setuptools"} <= {canonicalize_name(one.name) for one in pinned}

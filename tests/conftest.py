"""What holds for every test: nothing left behind, nothing skipped without a cause, the slow ones first."""

import gc
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from ict_lab.bots.discord import LoopbackDiscord

from loopback.market.files import write_datadir
from tests.support.folders import REAL, traded_market
from tests.support.needs import in_ci
from tests.support.skips import Skips
from tests.support.state import KeptLoggers, kept

# What takes a minute a file: begun first, so that none of it is left for the end.
SLOW = (
    "parity", "live", "symbols", "chaos", "soak", "strategy", "laws", "tune", "lab", "paper", "walkforward",
    "hyperopt",
)  # fmt: skip

DISCORD_TOKEN = "aB3-loopback_Token-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK"

# Pure functions have no state: a look after each file is enough.
PURE = ("unit", "oracle", "laws")

# The same examples each time, however busy the machine is.
hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
# For `make quick`, which names it.
hypothesis.settings.register_profile("quick", hypothesis.settings.get_profile("same"), max_examples=10)
hypothesis.settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Count what is skipped, where the reports of all workers arrive; keep loggers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Skips(ci=in_ci()), "skips")
    # A hook of this file does not see the session's fixtures.
    config.pluginmanager.register(KeptLoggers(), "kept-loggers")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow folders; within them pytest-randomly's order stays."""
    items.sort(
        key=lambda item: SLOW.index(folder) if (folder := item.path.parent.name) in SLOW else len(SLOW)
    )


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later look for garbage: it stays to the end."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which order this was, for it to be had again."""
    seed = config.getoption("randomly_seed", None)
    if isinstance(seed, int):
        terminalreporter.line(f"the same order again: --randomly-seed={seed}")


@pytest.fixture(autouse=True, scope="module")
def _state_of_the_process_between_files() -> Iterator[None]:
    """Let no file's fixtures change what the next file sees."""
    with kept():
        yield


@pytest.fixture(autouse=True)
def _state_of_the_process(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let no test change what the next one sees: loggers, environment, signals, classes of the host."""
    with nullcontext() if request.path.parent.name in PURE else kept():
        yield


@pytest.fixture(scope="session")
def datadirs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give Freqtrade's data folder of a source, synthetic or real; the first is made when it is wanted."""
    made = cache(lambda: write_datadir(traded_market(), tmp_path_factory.mktemp("candles") / "synthetic"))
    return lambda source: REAL if source == "real" else made()


@pytest.fixture(scope="session")
def running_discord() -> Iterator[LoopbackDiscord]:
    with LoopbackDiscord("1234567890123456789", DISCORD_TOKEN) as server:
        yield server


@pytest.fixture
def discord(running_discord: LoopbackDiscord) -> LoopbackDiscord:
    running_discord.start_over()
    return running_discord

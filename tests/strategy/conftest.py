"""Fixtures: the exchange that answers for Binance, scratch folders, and the backtests, each run once."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine

from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from tests.strategy.benches import Bench, Desk
from tests.strategy.host import NOW, database, memory_database
from tests.strategy.option_runs import with_daily_candles
from tests.strategy.support import Workplace
from tests.support.folders import SOURCES
from tests.support.places import STRATEGIES

pytest.register_assert_rewrite("tests.strategy.obeyed")

# The exchange only lists contracts here; the candles come from files.
START_MS = 1_704_067_200_000


@pytest.fixture(autouse=True)
def _own_process() -> Iterator[None]:
    """Let no test see another's strategy: Freqtrade loads one in a process, these tests hundreds."""
    yield
    for name in {path.stem for path in STRATEGIES.glob("*.py")} & set(sys.modules):
        del sys.modules[name]


@pytest.fixture(scope="session")
def datadir(datadirs: Callable[[str], Path]) -> Path:
    return datadirs("synthetic")


@pytest.fixture(scope="session", params=SOURCES)
def candles(request: pytest.FixtureRequest, datadirs: Callable[[str], Path]) -> Path:
    """Give a folder of candles: whatever asks for it runs on synthetic ones, and again on real ones."""
    return datadirs(request.param)


@pytest.fixture(scope="session")
def exchange_overlay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run an exchange and give its overlay; at the end, it was asked for nothing that it does not know."""
    market = SyntheticMarket(START_MS, START_MS + 2 * DAY_MS, seed=7)
    path = tmp_path_factory.mktemp("exchange") / "loopback.json"
    with LoopbackServer(Exchange(market, FixedClock(START_MS + DAY_MS))) as server:
        server.write_overlay(path)
        yield path
        assert server.exchange.record.refusals == []


@pytest.fixture(scope="session")
def workplaces(
    tmp_path_factory: pytest.TempPathFactory, exchange_overlay: Path, datadir: Path
) -> Iterator[Callable[..., Workplace]]:
    """Make scratch folders; at the end, nothing in them has tried to reach the network."""
    made: list[Workplace] = []

    def make(name: str, strategies: Path = STRATEGIES, data: Path = datadir) -> Workplace:
        made.append(Workplace.make(tmp_path_factory.mktemp(name), exchange_overlay, data, strategies))
        return made[-1]

    yield make
    assert [host for place in made for host in place.refused_hosts] == []


@pytest.fixture(scope="session")
def daily_candles(candles: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Add candles of a day: without them, a daily trend begins with the test's start."""
    return with_daily_candles(candles, tmp_path_factory.mktemp("daily"))


@pytest.fixture
def book() -> Iterator[None]:
    """Give Freqtrade's tables in memory."""
    with memory_database():
        yield


@pytest.fixture
def clock(book: None) -> Iterator[time_machine.Traveller]:
    """Give them, and a time that stays where it is put."""
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def book_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give them in a file, and nobody waits: neither to ask again nor for a database that is locked."""
    monkeypatch.setattr("freqtrade.exchange.common.calculate_backoff", lambda *_: 0.0)
    path = tmp_path / "trades.sqlite"
    with database(f"sqlite:///{path}?timeout=0.01"):
        yield path


@pytest.fixture
def desk(book_file: Path) -> Iterator[Desk]:
    made = Desk(book_file)
    yield made
    made.overdue.end_all_but(())


@pytest.fixture
def bench(book_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    made = Bench(monkeypatch)
    yield made
    made.overdue.end_all_but(())

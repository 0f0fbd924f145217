"""The real Freqtrade as a process of its own, with a small configuration of its own and the overlay."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ict_lab.bots import forks
from ict_lab.bots.isolation import NETWORK_GUARD, without_pytest

from loopback.market.candles import Candles
from loopback.market.intervals import DAY_MS
from loopback.market.source import Kind
from loopback.server import LoopbackServer
from tests.loopback.conftest import START_MS

BEGIN_MS, FINISH_MS = START_MS + 5 * DAY_MS, START_MS + 19 * DAY_MS  # 6 to 20 January 2024
TIMERANGE = "20240106-20240120"
TIMEOUT_SECONDS = 300

# As somebody else's: production's addresses, and nothing of ours.
CONFIG: dict[str, object] = {
    "trading_mode": "futures",
    "margin_mode": "isolated",
    "stake_currency": "USDT",
    "stake_amount": 100,
    "dry_run": True,
    "max_open_trades": 1,
    "entry_pricing": {"price_side": "other", "use_order_book": True, "order_book_top": 1},
    "exit_pricing": {"price_side": "other", "use_order_book": True, "order_book_top": 1},
    "pairlists": [{"method": "StaticPairList"}],
    "exchange": {
        "name": "binance", "key": "", "secret": "", "pair_whitelist": ["BTC/USDT:USDT", "ETH/USDT:USDT"],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with a configuration, a user directory and the network guard."""
    folder = tmp_path_factory.mktemp("freqtrade")
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    (folder / "user_data" / "data").mkdir(parents=True)
    (folder / "guard").mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(NETWORK_GUARD, encoding="utf-8")
    return folder


def freqtrade(
    workplace: Path, overlay: Path, command: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run one Freqtrade command and return what it did."""
    configs = ("-c", str(workplace / "config.json"), "-c", str(overlay))
    line = [sys.executable, "-m", "freqtrade", command, *configs, *arguments]
    guard = {"PYTHONPATH": str(workplace / "guard"), "PYTHONDONTWRITEBYTECODE": "1"}
    whole, environment = [*line, "--userdir", str(workplace / "user_data")], without_pytest() | guard
    return forks.run(whole, cwd=workplace, env=environment, timeout=TIMEOUT_SECONDS)


@pytest.fixture(autouse=True)
def _only_the_exchange_is_asked(loopback: LoopbackServer, workplace: Path) -> Iterator[None]:
    """See that no unknown host or route is asked, and nothing beyond this machine."""
    yield
    assert loopback.exchange.record.refusals == []
    refused = workplace / "guard" / "sitecustomize.py.refused"
    assert not refused.exists() or not refused.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def downloaded(workplace: Path, overlay: Path) -> Path:
    """Download two weeks with Freqtrade and return the folder they are in."""
    wanted = ("--timeframes", "15m", "1h", "--timerange", TIMERANGE, "--trading-mode", "futures")
    run = freqtrade(workplace, overlay, "download-data", *wanted)
    assert run.returncode == 0, run.stderr[-3000:]
    assert "WARNING" not in run.stderr, run.stderr[-3000:]
    return workplace / "user_data" / "data" / "binance" / "futures"


def on_disk(folder: Path, name: str) -> pd.DataFrame:
    """Return what Freqtrade stored in the time range, with the time in milliseconds UTC."""
    frame = pd.read_feather(folder / f"{name}.feather")
    frame["open_ms"] = [int(date.timestamp() * 1000) for date in frame["date"]]
    return frame[frame["open_ms"].between(BEGIN_MS, FINISH_MS - 1)].reset_index(drop=True)


def served(loopback: LoopbackServer, symbol: str, kind: Kind, interval: str) -> Candles:
    """Return the exchange's candles of the time range."""
    return loopback.exchange.source.candles(symbol, kind, interval).between(BEGIN_MS, FINISH_MS)


@pytest.mark.parametrize("base", ["BTC", "ETH"])
@pytest.mark.parametrize(("interval", "kind"), [("15m", Kind.LAST), ("1h", Kind.LAST), ("1h", Kind.MARK)])
def test_candles_on_disk_are_those_served(
    loopback: LoopbackServer, downloaded: Path, base: str, interval: str, kind: Kind
) -> None:
    expected = served(loopback, f"{base}USDT", kind, interval)
    frame = on_disk(downloaded, f"{base}_USDT_USDT-{interval}-{kind}")
    assert len(expected) == 14 * DAY_MS // (expected.open_ms[1] - expected.open_ms[0])
    assert np.array_equal(frame["open_ms"], expected.open_ms)
    for name in ("open", "high", "low", "close", "volume"):
        assert np.array_equal(frame[name], getattr(expected, name))


@pytest.mark.parametrize("base", ["BTC", "ETH"])
def test_funding_on_disk_is_the_one_served(loopback: LoopbackServer, downloaded: Path, base: str) -> None:
    frame = on_disk(downloaded, f"{base}_USDT_USDT-1h-funding_rate")
    funding = loopback.exchange.source.funding(f"{base}USDT")
    chosen = (funding.time_ms >= BEGIN_MS) & (funding.time_ms < FINISH_MS)
    assert np.array_equal(frame["open_ms"], funding.time_ms[chosen])
    assert np.array_equal(frame["funding_rate"], funding.rate[chosen])


def test_download_asks_for_each_route_it_needs(loopback: LoopbackServer, downloaded: Path) -> None:
    del downloaded
    asked = {entry.path.rsplit("/", 1)[1] for entry in loopback.exchange.record.entries}
    assert asked >= {"exchangeInfo", "klines", "markPriceKlines", "fundingRate"}
    assert {entry.status for entry in loopback.exchange.record.entries} == {200}
    assert {entry.host for entry in loopback.exchange.record.entries} == {"fapi.binance.com"}


def test_list_pairs(workplace: Path, overlay: Path) -> None:
    run = freqtrade(
        workplace, overlay, "list-pairs", "--trading-mode", "futures", "--quote", "USDT", "--print-json"
    )
    assert run.returncode == 0, run.stderr[-3000:]
    listed = json.loads(run.stdout.strip().splitlines()[-1])
    assert listed == ["BTC/USDT:USDT", "ETH/USDT:USDT", "LTC/USDT:USDT"]


def test_network_guard_bites(workplace: Path, tmp_path: Path) -> None:
    """Else the other tests' silence about the network would prove nothing."""
    guard = (workplace / "guard" / "sitecustomize.py").read_text(encoding="utf-8")
    (tmp_path / "sitecustomize.py").write_text(guard, encoding="utf-8")
    connect = "import socket; socket.create_connection(('192.0.2.1', 443), timeout=5)"
    environment = without_pytest() | {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [sys.executable, "-c", connect], env=environment, capture_output=True, text=True, check=False
    )
    assert "no network from here: 192.0.2.1" in run.stderr
    assert (tmp_path / "sitecustomize.py.refused").read_text(encoding="utf-8") == "192.0.2.1\n"

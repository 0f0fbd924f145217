"""Fixtures: a folder of made candles, a copy of the strategies to write into, and the page's workbench."""

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ict_lab.tune.setup import Setup, make_setup
from ict_lab.tune.workbench import Choice, Workbench

from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket
from tests.support.places import REPOSITORY, STRATEGIES

START_MS = 1_704_067_200_000
DAYS = 70
PAIR = "BTC/USDT:USDT"
CHOICE = Choice(PAIR, "15m", "", 5_000)
CONFIGS = (REPOSITORY / "config.json", REPOSITORY / "user_data" / "config" / "public_data.json")
COLUMNS = ("open", "high", "low", "close", "volume")


@pytest.fixture(autouse=True)
def _own_strategies() -> Iterator[None]:
    """Leave no copy's strategies behind for other tests to import."""
    before = list(sys.path)
    yield
    sys.path[:] = before
    for name in {path.stem for path in STRATEGIES.glob("*.py")} & set(sys.modules):
        del sys.modules[name]


@pytest.fixture(scope="session")
def candle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write made candles as Freqtrade stores them, with the mark prices and funding that a backtest needs."""
    folder = tmp_path_factory.mktemp("candles")
    (folder / "futures").mkdir()
    market = SyntheticMarket(START_MS, START_MS + DAYS * DAY_MS, seed=7, symbols=("BTCUSDT",))
    base = market.load("BTCUSDT", "last", "5m")
    assert base is not None
    date = pd.to_datetime(base.open_ms, unit="ms", utc=True).as_unit("ms")
    frame = pd.DataFrame({"date": date, **{name: getattr(base, name) for name in COLUMNS}})
    for timeframe, step in (("15m", "15min"), ("4h", "4h"), ("1d", "1D")):
        store(longer(frame, step), folder, f"{timeframe}-futures")
    store(longer(frame, "1h"), folder, "1h-mark")
    funding = longer(frame, "8h").assign(open=0.0001, high=0.0, low=0.0, close=0.0)
    store(funding, folder, "1h-funding_rate")
    return folder


def longer(frame: pd.DataFrame, step: str) -> pd.DataFrame:
    rules = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    return frame.set_index("date").resample(step).agg(rules).reset_index()


def store(frame: pd.DataFrame, folder: Path, kind: str) -> None:
    frame.to_feather(folder / "futures" / f"BTC_USDT_USDT-{kind}.feather")


def copied(folder: Path) -> Path:
    """Copy the strategies, so that their JSON files may be written."""
    return Path(shutil.copytree(STRATEGIES, folder, ignore=shutil.ignore_patterns("*.pyc.*", "*.json")))


@pytest.fixture
def strategies(tmp_path: Path) -> Path:
    return copied(tmp_path / "strategies")


@pytest.fixture
def setup(strategies: Path, candle_folder: Path, tmp_path: Path) -> Setup:
    """Start as the command line does, from the shipped configuration."""
    return make_setup(CONFIGS, strategies, candle_folder, tmp_path / "trials.jsonl")


def with_block(setup: Setup, folder: Path, block: dict[str, Any]) -> Setup:
    """Lay an `ict` block over the configuration."""
    overlay = folder / "overlay.json"
    overlay.write_text(json.dumps({"ict": block}), encoding="utf-8")
    return replace(setup, configs=(*setup.configs, overlay))


@pytest.fixture
def workbench(setup: Setup) -> Iterator[Workbench]:
    made = Workbench(setup)
    yield made
    made.close()

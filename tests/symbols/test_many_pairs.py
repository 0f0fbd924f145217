"""The overlay for many pairs: what Freqtrade makes of it, and which pairs the real command chooses."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from freqtrade.configuration.load_config import load_from_files
from ict_lab.bots import forks
from ict_lab.bots.isolation import NETWORK_GUARD, without_pytest

from ict import Params
from loopback.bot_time import preamble
from loopback.clock import RunningClock
from loopback.exchange import Exchange
from loopback.market.candles import Candles
from loopback.market.intervals import DAY_MS
from loopback.market.source import Kind
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.config.support import BASE, overlay, read
from tests.support.patience import PATIENCE

MANY = overlay("many_pairs")
START_MS, DAYS, YOUNG_DAYS = 1_768_176_000_000, 75, 20  # from 2026-01-12
# What a trader would leave out, and which sentence of Freqtrade says so.
LEFT_OUT = {
    "USDC/USDT:USDT": "rate of change over 10 x 1d candles",
    "BLUR/USDT:USDT": "because 1 unit is",
    "SUI/USDT:USDT": "because age",
}
BLACKLISTED, TOO_SMALL = "ADA/USDT:USDT", "ONT/USDT:USDT"


def merged(*files: Path) -> dict[str, Any]:
    return load_from_files([str(path) for path in files])


class WithYoungCoin(SyntheticMarket):
    """A synthetic market in which one contract has been listed for twenty days."""

    def load(self, symbol: str, kind: Kind, interval: str) -> Candles | None:
        candles = super().load(symbol, kind, interval)
        if candles is None or symbol != "SUIUSDT":
            return candles
        listed_ms = int(candles.open_ms[0]) + (DAYS - YOUNG_DAYS) * DAY_MS
        first = int((candles.open_ms < listed_ms).sum())
        return candles.rows(first, len(candles))


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.CompletedProcess[str]]:
    """Run the real command on an exchange that lists every contract that we have."""
    folder = tmp_path_factory.mktemp("pairlist")
    # Made prices hang on when they begin: the command lives on a day of its own.
    clock = RunningClock(START_MS + DAYS * DAY_MS + DAY_MS // 2)
    market = WithYoungCoin(START_MS, START_MS + (DAYS + 2) * DAY_MS, seed=1, symbols=SPECS)
    for name in ("user_data/data", "logs", "guard"):
        (folder / name).mkdir(parents=True)
    (folder / "guard" / "sitecustomize.py").write_text(NETWORK_GUARD + preamble(clock), encoding="utf-8")
    # One's own file comes last, with the limiter of ccxt off: nobody is there to be spared.
    own = {"exchange": {"pair_blacklist": ["ADA/.*"], "ccxt_config": {"enableRateLimit": False}}}
    (folder / "own.json").write_text(json.dumps(own), encoding="utf-8")
    with LoopbackServer(Exchange(market, clock, stamp_clock=clock)) as server:
        server.write_overlay(folder / "loopback.json")
        files = (BASE, MANY, folder / "loopback.json", folder / "own.json")
        configs = [word for file in files for word in ("-c", str(file))]
        line = [sys.executable, "-m", "freqtrade", "test-pairlist", *configs, "--print-json"]
        variables = without_pytest() | {"PYTHONPATH": str(folder / "guard"), "COLUMNS": "10000"}
        whole = [*line, "--userdir", str(folder / "user_data")]
        yield forks.run(whole, cwd=folder, env=variables, timeout=PATIENCE)


def test_the_real_command_ranks_the_pairs_by_volume(chosen: subprocess.CompletedProcess[str]) -> None:
    assert chosen.returncode == 0, chosen.stderr[-3_000:]
    pairs = json.loads(chosen.stdout.strip().splitlines()[-1])
    assert pairs[:2] == ["BTC/USDT:USDT", "ETH/USDT:USDT"]
    listed = {spec.pair for spec in SPECS.values()}
    assert set(pairs) == listed - {*LEFT_OUT, BLACKLISTED, TOO_SMALL}
    assert len(pairs) == len(set(pairs)) == 18


@pytest.mark.parametrize("pair", LEFT_OUT)
def test_a_pair_is_left_out_for_its_reason(chosen: subprocess.CompletedProcess[str], pair: str) -> None:
    assert [line for line in chosen.stderr.splitlines() if pair in line and LEFT_OUT[pair] in line]


def test_a_blacklist_holds_and_is_the_last_files_own(chosen: subprocess.CompletedProcess[str]) -> None:
    """Freqtrade replaces lists; the overlay has none, so whichever file has one keeps it."""
    assert f"Pair {BLACKLISTED} in your blacklist" in chosen.stderr
    assert "pair_blacklist" not in read(MANY).get("exchange", {})
    own = merged(BASE, MANY)["exchange"]["pair_blacklist"]
    assert own == read(BASE)["exchange"]["pair_blacklist"] == []


def test_all_stops_together_cost_less_than_the_day_may() -> None:
    settings = merged(BASE, MANY)
    params = Params.parse(settings["ict"])
    at_once = settings["max_open_trades"]
    assert at_once * params.risk_per_trade_percent < params.max_daily_loss_percent
    # Every slot can be filled from the balance that Freqtrade may use.
    assert at_once * params.max_position_percent <= 100 * settings["tradable_balance_ratio"]
    assert params.max_daily_trades >= at_once
    assert params.max_daily_loss_percent == Params().max_daily_loss_percent


@pytest.mark.parametrize("name", ["many_pairs", "producer", "consumer"])
def test_every_number_says_why(name: str) -> None:
    """A line that sets a number has a comment, there or above it."""
    text = overlay(name).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(text):
        if any(character.isdigit() for character in line.partition("//")[0].partition(":")[2]):
            assert "//" in line or "//" in text[number - 1], f"{name}.json, line {number + 1}: {line}"

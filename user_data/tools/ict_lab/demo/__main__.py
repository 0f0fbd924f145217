"""Download candles and backtest them as a user would, on the best candles that can be had here.

With a data folder, its newest candles. Else Binance's, if it answers. Else a synthetic market on the
loopback exchange, clearly called so.
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from rich.console import Console

from ict_lab.places import PYTHON_PATH, REPOSITORY, USER_DATA
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.folder import FolderMarket
from loopback.market.intervals import DAY_MS
from loopback.market.source import Kind, Market
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer

CONFIGS = ("config.json", "user_data/config/public_data.json")
STRATEGY, PAIR, TIMEFRAME = "ICTObFvgStrategy", "BTC/USDT:USDT", "15m"
BINANCE = "https://fapi.binance.com/fapi/v1/ping"
PATIENCE_SECONDS = 3
SEED = 1
SYNTHETIC_END = datetime(2024, 5, 1, tzinfo=UTC)
BACKTEST_DAYS = 90
# What the strategy looks back on before its first signal: 1,088 candles, of 4 hours too.
WARM_UP_DAYS = 190

console = Console(highlight=False)


@dataclass(frozen=True)
class Plan:
    """What to run on which candles.

    Attributes
    ----------
    candles : str
        What they are, in words.
    datadir : Path
        Freqtrade's data folder of them.
    end : datetime
        End of the backtest, a midnight UTC.
    download : bool
        Whether they have to be downloaded first.
    market : Market or None
        What the loopback exchange serves; None where Binance itself answers.
    """

    candles: str
    datadir: Path
    end: datetime
    download: bool
    market: Market | None

    @property
    def start(self) -> datetime:
        """Start of the backtest."""
        return self.end - timedelta(days=BACKTEST_DAYS)


def main() -> None:
    """Run the demo; exit with Freqtrade's own code where a step fails."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--datadir", type=Path, help="a Freqtrade data folder of Binance futures candles")
    given = parser.parse_args().datadir
    plan = _with_folder(given) if given else _with_download()
    with _exchange(plan.market) as overlay:
        if plan.download:
            _say(f"Downloading {BACKTEST_DAYS + WARM_UP_DAYS} days of {PAIR} candles into {plan.datadir}")
            first = plan.start - timedelta(days=WARM_UP_DAYS)
            timeframes = ["--timeframes", TIMEFRAME, "4h", "1d"]
            _freqtrade("download-data", plan, overlay, first, [*timeframes, "--pairs", PAIR])
        _say(f"Backtesting {STRATEGY} on {plan.candles}")
        _freqtrade("backtesting", plan, overlay, plan.start, ["--strategy", STRATEGY, "--cache", "none"])
    _say(
        f"That was {STRATEGY} on {PAIR}, {TIMEFRAME}, {plan.start:%Y-%m-%d} to {plan.end:%Y-%m-%d}, "
        f"on {plan.candles}, with fees and funding. See README.md for what such numbers are worth."
    )
    _say(f"Next, the same on one page with its charts: make report DATADIR={_as_given(plan.datadir)}")


def _as_given(datadir: Path) -> str:
    folder = datadir.resolve()
    return shlex.quote(str(folder.relative_to(REPOSITORY) if folder.is_relative_to(REPOSITORY) else folder))


def _with_folder(datadir: Path) -> Plan:
    try:
        market = FolderMarket(datadir, ["BTCUSDT"])
    except ValueError as error:
        sys.exit(f"make demo: {error}")
    end = _midnight(datetime.fromtimestamp(_end_ms(market) / 1000, UTC))
    return Plan(f"the candles in {datadir}", datadir, end, download=False, market=market)


def _with_download() -> Plan:
    if _binance_answers():
        today = _midnight(datetime.now(UTC))
        return Plan("Binance's real candles", USER_DATA / "data/binance", today, True, None)
    _say("Binance cannot be reached from here: a loopback exchange serves a synthetic market instead")
    end_ms = int(SYNTHETIC_END.timestamp() * 1000)
    start_ms = end_ms - (BACKTEST_DAYS + WARM_UP_DAYS) * DAY_MS
    # A day more than is asked for, so that the last candle of the backtest is a finished one.
    market = SyntheticMarket(start_ms, end_ms + DAY_MS, seed=SEED, symbols=["BTCUSDT"])
    folder = USER_DATA / "data/synthetic"
    candles = f"SYNTHETIC candles (seed {SEED}), which say nothing about a real market"
    return Plan(candles, folder, SYNTHETIC_END, True, market)


def _end_ms(market: Market) -> int:
    return market.base("BTCUSDT", Kind.LAST).end_ms


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _binance_answers() -> bool:
    try:
        return requests.get(BINANCE, timeout=PATIENCE_SECONDS).ok
    except requests.RequestException:
        return False


@contextmanager
def _exchange(market: Market | None) -> Iterator[list[str]]:
    """Serve a market while it is needed, and give the configuration files that lead to it."""
    if market is None:
        yield [*CONFIGS]
        return
    with (
        tempfile.TemporaryDirectory(prefix="ict-demo-") as folder,
        LoopbackServer(Exchange(market, FixedClock(_end_ms(market)))) as server,
    ):
        overlay = Path(folder) / "loopback.json"
        server.write_overlay(overlay)
        yield [*CONFIGS, str(overlay)]


def _freqtrade(command: str, plan: Plan, configs: list[str], start: datetime, options: list[str]) -> None:
    call = [sys.executable, "-m", "freqtrade", command]
    for config in configs:
        call += ["--config", config]
    call += ["--datadir", str(plan.datadir.resolve()), "--timerange", f"{start:%Y%m%d}-{plan.end:%Y%m%d}"]
    shown = " ".join(["freqtrade", command, *(f"-c {config}" for config in configs), *call[-4:], *options])
    console.print(f"[dim]$ {shown}[/dim]", soft_wrap=True)
    finished = subprocess.run([*call, *options], cwd=REPOSITORY, env=_environment(), check=False)
    if finished.returncode:
        sys.exit(f"make demo: freqtrade {command} ended with exit code {finished.returncode}; see above")


def _environment() -> dict[str, str]:
    """Return this environment, without keys that a demo has no use for, and with the strategy's package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FREQTRADE__")}
    return {**kept, "PYTHONPATH": PYTHON_PATH}


def _say(text: str) -> None:
    console.print(f"\n[bold]{text}[/bold]", soft_wrap=True)


if __name__ == "__main__":
    main()

"""The best available market: candles of a folder, Binance's, or a synthetic one.

The loopback exchange is started if Binance does not answer; its synthetic candles are always labelled so.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from rich.markup import escape

from ict_lab.candles import check_stored, folder_market, nearest_coin
from ict_lab.defaults import TIMEFRAME
from ict_lab.errors import LabError
from ict_lab.places import REPOSITORY, STRATEGIES, TOOLS, USER_DATA
from ict_lab.processes import research_environment
from ict_lab.terminal import console, say
from loopback.clock import Clock, FixedClock
from loopback.exchange import Exchange
from loopback.market.folder import SYNTHETIC_FOLDER
from loopback.market.intervals import DAY_MS
from loopback.market.source import Kind, Market
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from loopback.symbols import SPECS

DATADIR, RESULTS = USER_DATA / "data/binance", USER_DATA / "backtest_results"
BINANCE = "https://fapi.binance.com/fapi/v1/ping"
PATIENCE_SECONDS = 3
UNREACHABLE = "Binance cannot be reached from here: a loopback exchange serves a synthetic market instead"
RULES_ONLY = "Binance cannot be reached from here: a loopback exchange gives the contracts' rules"
SEED = 1
SYNTHETIC_END = datetime(2024, 5, 1, tzinfo=UTC)
# What a strategy looks back on before its first signal: 1,088 candles, of 4 hours too.
WARM_UP_DAYS = 190
# A live bot's synthetic market: so much before today, and so much to come.
HISTORY_DAYS, FUTURE_DAYS = 400, 60


@dataclass(frozen=True)
class AvailableMarket:
    """A market to backtest on.

    Attributes
    ----------
    candles : str
        What they are, in words.
    datadir : pathlib.Path
        Freqtrade's data folder of them.
    end : datetime
        The midnight UTC at which they end.
    download : bool
        Whether they have to be downloaded first.
    served : Market or None
        What the loopback exchange serves; None where Binance itself answers.
    start : datetime or None
        When they begin; None where that is not known before they are downloaded.
    """

    candles: str
    datadir: Path
    end: datetime
    download: bool
    served: Market | None
    start: datetime | None = None


def in_folder(datadir: Path, pairs: Sequence[str], timeframe: str = TIMEFRAME) -> AvailableMarket:
    """Take the candles of a folder, and the contract's rules from the loopback exchange.

    Raises
    ------
    LabError
        When the folder has none of a pair, or the loopback exchange does not know the contract.
    """
    symbols = [symbol_of(pair) for pair in pairs]
    check_stored(datadir, pairs, timeframe)
    market = folder_market(datadir, symbols)
    start = min(int(market.base(symbol, Kind.LAST).open_ms[0]) for symbol in symbols)
    first, end = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (start, end_ms(market)))
    return AvailableMarket(f"the candles in {datadir}", datadir, midnight(end), False, market, first)


def downloaded(days: int, pairs: Sequence[str]) -> AvailableMarket:
    """Take Binance's candles where it answers, else synthetic ones, and say so.

    Parameters
    ----------
    days : int
        How many a synthetic market holds.
    pairs : Sequence[str]
        What it must list.

    Raises
    ------
    LabError
        When the synthetic market has no such pair.
    """
    if binance_answers():
        return AvailableMarket("Binance's real candles", DATADIR, midnight(datetime.now(UTC)), True, None)
    say(UNREACHABLE)
    end = int(SYNTHETIC_END.timestamp() * 1000)
    # A day more than requested, so that the last candle of a backtest is a finished one.
    market = SyntheticMarket(end - days * DAY_MS, end + DAY_MS, SEED, [symbol_of(pair) for pair in pairs])
    candles = f"SYNTHETIC candles (seed {SEED}), which say nothing about a real market"
    return AvailableMarket(candles, USER_DATA / "data" / SYNTHETIC_FOLDER, SYNTHETIC_END, True, market)


def rules_for(datadir: Path, pairs: Sequence[str]) -> Market | None:
    """Return what gives the contracts' rules where Binance does not, and say so; None where it answers.

    Raises
    ------
    LabError
        See `in_folder`.
    """
    if binance_answers():
        return None
    say(RULES_ONLY)
    return in_folder(datadir, pairs).served


def live_synthetic() -> Market:
    """Make a synthetic market that continues from now."""
    today = time.time_ns() // 1_000_000 // DAY_MS * DAY_MS
    return SyntheticMarket(today - HISTORY_DAYS * DAY_MS, today + FUTURE_DAYS * DAY_MS, SEED)


def symbol_of(pair: str) -> str:
    """Return Binance's name of a contract that Freqtrade calls such as BTC/USDT:USDT.

    Raises
    ------
    LabError
        When the pair is no USDT perpetual, or none that the loopback exchange has.
    """
    if not re.fullmatch(r"\w+/USDT:USDT", pair):
        raise LabError(f"a pair must be a USDT perpetual such as BTC/USDT:USDT, was {pair}")
    known = {spec.pair: spec.symbol for spec in SPECS.values()}
    if pair not in known:
        raise LabError(
            f"pairs must be among {', '.join(known)}, which the loopback exchange has, was {pair}"
            f"{nearest_coin(pair, known)}"
        )
    return known[pair]


def end_ms(market: Market) -> int:
    """End of the market's candles, milliseconds UTC."""
    return market.base(market.symbols[0], Kind.LAST).end_ms


def midnight(moment: datetime) -> datetime:
    """Return the beginning of a moment's UTC day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def binance_answers() -> bool:
    """Whether Binance's public futures API can be reached, within seconds."""
    try:
        return requests.get(BINANCE, timeout=PATIENCE_SECONDS).ok
    except requests.RequestException:
        return False


@contextmanager
def reached(market: Market | None, clock: Clock | None = None) -> Iterator[list[str]]:
    """Serve a market while it is needed, and give the configuration files that lead to it.

    Parameters
    ----------
    market : Market or None
        What the loopback exchange serves; None leads to Binance.
    clock : Clock, optional
        The exchange's time; without, it is the end of the candles.
    """
    if market is None:
        yield []
        return
    exchange = Exchange(market, clock or FixedClock(end_ms(market)))
    with tempfile.TemporaryDirectory(prefix="ict-loopback-") as folder, LoopbackServer(exchange) as server:
        overlay = Path(folder) / "loopback.json"
        server.write_overlay(overlay)
        yield [str(overlay)]


def run_freqtrade(
    command: str,
    market: AvailableMarket,
    configs: Sequence[str],
    days: tuple[datetime, datetime],
    options: Sequence[str],
) -> None:
    """Run a command of Freqtrade on a market's candles, shown as a user would type it.

    Raises
    ------
    LabError
        When it ends with another code than 0.
    """
    words = [command, *(word for config in configs for word in ("-c", config))]
    words += ["--datadir", str(market.datadir.resolve())]
    words += ["--timerange", f"{days[0]:%Y%m%d}-{days[1]:%Y%m%d}", *options]
    console.print(f"[dim]$ freqtrade {escape(' '.join(words))}[/dim]")
    # Without keys, for which research has no use.
    environment = research_environment(STRATEGIES, TOOLS)
    call = [sys.executable, "-m", "freqtrade", *words]
    finished = subprocess.run(call, cwd=REPOSITORY, env=environment, check=False)
    if finished.returncode:
        raise LabError(f"freqtrade {command} ended with exit code {finished.returncode}; see above")


def run_backtest(
    market: AvailableMarket,
    configs: Sequence[str],
    days: tuple[datetime, datetime],
    options: Sequence[str],
) -> None:
    """Backtest on a market's candles; see `run_freqtrade`.

    Raises
    ------
    LabError
        When Freqtrade ends without a result: for a wrong option its exit code is 0, too.
    """
    before = {*RESULTS.glob("*.zip")}
    run_freqtrade("backtesting", market, configs, days, options)
    if not {*RESULTS.glob("*.zip")} - before:
        raise LabError("nothing was backtested; Freqtrade says above why")


def download(
    market: AvailableMarket, configs: Sequence[str], start: datetime, pairs: Sequence[str], timeframe: str
) -> None:
    """Download a market's candles, with those that a strategy looks back on.

    Raises
    ------
    LabError
        When Freqtrade can't.
    """
    first = start - timedelta(days=WARM_UP_DAYS)
    say(f"Downloading candles of {', '.join(pairs)} from {first:%Y-%m-%d} into {market.datadir}")
    timeframes = ["--timeframes", *dict.fromkeys((timeframe, "4h", "1d"))]
    run_freqtrade("download-data", market, configs, (first, market.end), [*timeframes, "--pairs", *pairs])


def as_given(path: Path) -> str:
    """Write a path as a user would type it in the repository."""
    folder = path.resolve()
    return shlex.quote(str(folder.relative_to(REPOSITORY) if folder.is_relative_to(REPOSITORY) else folder))

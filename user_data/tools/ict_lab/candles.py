"""Candles on disk, in whichever format Freqtrade wrote them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd
from freqtrade.constants import AVAILABLE_DATAHANDLERS
from freqtrade.data.history import get_datahandler, load_pair_history
from freqtrade.enums import CandleType, TradingMode
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import timeframe_to_minutes

from ict import Params
from ict.errors import nearest_word
from ict_lab.errors import LabError
from loopback.market.folder import FolderMarket, prices_in
from loopback.market.source import Prices

# Freqtrade writes feather by default.
FORMATS = sorted(AVAILABLE_DATAHANDLERS, key=lambda name: name != "feather")
# Where Freqtrade says that it can't read a feather or parquet file.
_READERS_LOG = "freqtrade.data.history.datahandlers.arrowdatahandler"


def prices_of(datadir: Path) -> str:
    """Name whose prices a data folder holds: the market's, or synthetic ones of a loopback exchange."""
    return "synthetic" if prices_in(datadir) == Prices.SYNTHETIC else "market"


@dataclass(frozen=True)
class PairCandles:
    """A pair's candles, with those that its analysis takes besides.

    Attributes
    ----------
    frame : pandas.DataFrame
        Of the pair: date, open, high, low, close, volume, oldest first.
    higher : Mapping[str, pandas.DataFrame]
        Of higher timeframes, only those that have files.
    second : pandas.DataFrame or None
        Of the second market (SMT-1); None without a file.
    """

    frame: pd.DataFrame
    higher: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    second: pd.DataFrame | None = None

    def before(self, time: pd.Timestamp, memory: int) -> PairCandles:
        """Leave out what opens at a time or later, and of the pair's own what is too old to count."""
        frame = self.frame[self.frame["date"] < time].tail(memory)
        higher = {name: candles[candles["date"] < time] for name, candles in self.higher.items()}
        second = None if self.second is None else self.second[self.second["date"] < time]
        return PairCandles(frame, higher, second)


def read_pair(folder: Path, pair: str, timeframe: str, params: Params) -> PairCandles:
    """Read a pair's candles with those that the settings look at besides; see `read_candles`."""
    higher = {name: read_candles(folder, pair, name) for name in params.higher_timeframes}
    other = params.reference_of(pair)
    second = read_candles(folder, other, timeframe) if other else None
    return PairCandles(
        read_candles(folder, pair, timeframe, fill=False),
        {name: candles for name, candles in higher.items() if len(candles)},
        None if second is None or second.empty else second,
    )


def pairs_with(folder: Path, timeframe: str) -> list[str]:
    """List the contracts that have candles of a timeframe, in the order of their names.

    Parameters
    ----------
    folder : pathlib.Path
        The exchange's folder, as Freqtrade's `--datadir`.
    timeframe : str
        As Freqtrade names it.
    """
    return sorted(pair for pair, found in timeframes_of_pairs(folder).items() if timeframe in found)


def timeframes_of_pairs(folder: Path) -> dict[str, list[str]]:
    """List the timeframes of each contract that has candles, shortest first."""
    found: dict[str, list[str]] = {}
    for pair, timeframe, kind in sorted(
        _stored(folder), key=lambda row: (row[0], timeframe_to_minutes(row[1]))
    ):
        if kind is CandleType.FUTURES:
            found.setdefault(pair, []).append(timeframe)
    return found


def _stored(folder: Path, formats: Sequence[str] = FORMATS) -> set[tuple[str, str, CandleType]]:
    """List pair, timeframe and kind of the files of some formats."""
    handlers = [get_datahandler(folder, name) for name in formats]
    return {row for one in handlers for row in one.ohlcv_get_available_data(folder, TradingMode.FUTURES)}


def check_stored(folder: Path, pairs: Sequence[str], timeframe: str = "") -> None:
    """Refuse pairs, and a timeframe where one is named, of which a folder has no candles.

    Raises
    ------
    LabError
        With what it has instead.
    """
    there = timeframes_of_pairs(folder)
    if not there:
        raise LabError(no_contracts(folder))
    for pair in pairs:
        if pair not in there:
            raise LabError(
                f"pairs must be among {', '.join(there)}, whose candles are in {folder}, was {pair}"
                f"{nearest_coin(pair, there)}"
            )
        if timeframe and timeframe not in there[pair]:
            raise LabError(
                f"timeframe must be among {', '.join(there[pair])}, of which {folder} has candles of {pair}, "
                f"was {timeframe}"
            )


def no_contracts(folder: Path) -> str:
    """Say that a folder has no candles of contracts, and name one in it that has."""
    inside = sorted(path for path in folder.glob("*/") if timeframes_of_pairs(path))
    example = f", such as {inside[0]}" if inside else ""
    return f"datadir must be a folder with candles of contracts{example}, was {folder}"


def nearest_coin(pair: str, known: Iterable[str]) -> str:
    """Ask at the end of an error whether a coin of a similar name was meant; all pairs end alike."""
    return nearest_word(pair.partition("/")[0], (one.partition("/")[0] for one in known))


def format_options(folder: Path, pairs: Sequence[str], timeframe: str) -> list[str]:
    """Name the candles' format for Freqtrade, where it is not its usual one; nothing where it is.

    Freqtrade reads one format a run: the first that has candles of all pairs.
    """
    wanted = {(pair, timeframe, CandleType.FUTURES) for pair in pairs}
    name = next((name for name in FORMATS if wanted <= _stored(folder, [name])), FORMATS[0])
    return [] if name == FORMATS[0] else ["--data-format-ohlcv", name]


def folder_market(folder: Path, symbols: Sequence[str]) -> FolderMarket:
    """Make the loopback exchange's market of a folder's candles, of any format.

    Raises
    ------
    ValueError
        See `FolderMarket`.
    """
    return FolderMarket(
        folder, symbols,
        files={
            (f"{pair.partition('/')[0]}USDT", str(kind), timeframe): partial(
                read_candles, folder, pair, timeframe, kind, fill=False
            )
            for pair, timeframe, kind in _stored(folder) if pair.endswith("/USDT:USDT")
        },
    )  # fmt: skip


def read_candles(
    folder: Path, pair: str, timeframe: str, kind: CandleType | None = None, *, fill: bool = True
) -> pd.DataFrame:
    """Read candles of the first format that has any; without rows where none has.

    Parameters
    ----------
    folder : pathlib.Path
        The exchange's folder, as Freqtrade's `--datadir`.
    pair, timeframe : str
        As Freqtrade names them; a pair with a colon is a contract.
    kind : CandleType, optional
        Mark prices or funding rates; without, the pair's own candles.
    fill : bool
        Whether missing candles are filled in.

    Raises
    ------
    LabError
        When a file can't be read.
    """
    usual = CandleType.FUTURES if ":" in pair else CandleType.SPOT
    with readable(f"candles of {pair} {timeframe} in {folder}"):
        for name in FORMATS:
            found: pd.DataFrame = load_pair_history(
                pair, timeframe, folder, fill_up_missing=fill, data_format=name, candle_type=kind or usual
            )
            if len(found):
                break
    return found


def common_range(datadir: Path, pairs: Sequence[str], timeframe: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Find the whole UTC days of which every pair has candles, the end not included.

    Raises
    ------
    LabError
        When a pair has none, or the pairs have no day in common.
    """
    check_stored(datadir, pairs, timeframe)
    handlers = [get_datahandler(datadir, name) for name in FORMATS]
    starts, ends = [], []
    for pair in pairs:
        with readable(f"candles of {pair} {timeframe} in {datadir}"):
            stored = [handler.ohlcv_data_min_max(pair, timeframe, CandleType.FUTURES) for handler in handlers]
        first, last, count = max(stored, key=lambda found: found[2])
        if not count:
            raise LabError(empty_file(datadir, pair, timeframe))
        starts.append(pd.Timestamp(first).ceil("D"))
        ends.append((pd.Timestamp(last) + pd.Timedelta(timeframe.replace("m", "min"))).floor("D"))
    start, end = max(starts), min(ends)
    if end - start < pd.Timedelta(days=1):
        raise LabError(f"{', '.join(pairs)} have no whole day of {timeframe} candles in common in {datadir}")
    return start, end


def empty_file(folder: Path, pair: str, timeframe: str) -> str:
    """Say that a file has no row."""
    return f"the {timeframe} candles of {pair} in {folder} are an empty file"


def files_of(datadir: Path, pairs: Sequence[str]) -> list[Path]:
    """Files of the pairs' futures candles, of every timeframe, with mark prices and funding rates."""
    names = {pair.replace("/", "_").replace(":", "_") for pair in pairs}
    files = (datadir / "futures").glob("*-*-*.*")
    return sorted(path for path in files if path.name.partition("-")[0] in names)


class _Unread(logging.Filter):
    """Keeps why Freqtrade could not read a file, instead of a traceback on the terminal."""

    def __init__(self) -> None:
        super().__init__()
        self.why = ""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let all but errors through."""
        if record.levelno >= logging.ERROR:
            self.why = record.getMessage().partition("Exception: ")[2].partition(" Returning ")[0]
        return record.levelno < logging.ERROR


@contextmanager
def readable(candles: str) -> Iterator[None]:
    """Raise what Freqtrade logs or raises about a file that it can't read: it takes it for an empty one.

    Parameters
    ----------
    candles : str
        What is read, for the error.

    Raises
    ------
    LabError
        When a file can't be read.
    """
    unread, log = _Unread(), logging.getLogger(_READERS_LOG)
    log.addFilter(unread)
    try:
        yield
    except (FreqtradeException, OSError, ValueError) as error:
        raise LabError(f"{candles} can't be read: {error}") from error
    finally:
        log.removeFilter(unread)
    if unread.why:
        raise LabError(f"{candles} can't be read: {unread.why}")

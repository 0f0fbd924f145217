"""Candles from a Freqtrade data folder."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from loopback.market.candles import Candles
from loopback.market.intervals import LENGTH_MS, IntArray
from loopback.market.source import NO_FUNDING, Funding, Kind, Market, Prices
from loopback.symbols import SPECS

_FILE_NAME = re.compile(
    r"(?P<base>[A-Z0-9]+)_USDT_USDT-(?P<interval>\w+)-(?P<kind>futures|mark|funding_rate)\.feather"
)
_FUNDING = "funding_rate"
# What reads each file, by contract, kind and interval.
Files = Mapping[tuple[str, str, str], Callable[[], pd.DataFrame]]
# Downloads of a synthetic market are in a folder of this name.
SYNTHETIC_FOLDER = "synthetic"


def prices_in(datadir: Path) -> Prices:
    """Name where the candles of a data folder come from."""
    return Prices.SYNTHETIC if datadir.resolve().name == SYNTHETIC_FOLDER else Prices.RECORDED


class FolderMarket(Market):
    """The candles, mark prices and funding rates that Freqtrade has downloaded.

    Parameters
    ----------
    datadir
        The folder that holds ``futures/``, as for Freqtrade's ``--datadir``.
    symbols
        Contracts to serve; all that this exchange knows if None.
    files
        What reads them, of any format; the folder's feather files if None.
    start_ms, end_ms
        Part of the data to serve, in milliseconds UTC, the end exclusive.

    Raises
    ------
    ValueError
        If the folder has no candles of the wanted contracts.
    """

    def __init__(
        self,
        datadir: Path,
        symbols: Iterable[str] | None = None,
        files: Files | None = None,
        start_ms: int = 0,
        end_ms: int = 2**62,
    ) -> None:
        super().__init__()
        self._datadir, self.prices = datadir, prices_in(datadir)
        self._start_ms, self._end_ms = start_ms, end_ms
        self._files = _feather_files(datadir / "futures") if files is None else files
        present = {symbol for symbol, kind, _ in self._files if kind == Kind.LAST}
        wanted = set(SPECS) & present if symbols is None else set(symbols)
        if not wanted or wanted - present:
            missing = ", ".join(sorted(wanted - present)) or "any known contract"
            raise ValueError(f"datadir must hold futures/*-futures.feather of {missing}, was {datadir}")
        self._symbols = tuple(symbol for symbol in SPECS if symbol in wanted)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Contracts with candles."""
        return self._symbols

    def describe(self) -> str:
        """Say what is served."""
        return f"candles of {', '.join(self._symbols)} from the data folder {self._datadir}"

    def funding(self, symbol: str) -> Funding:
        """Return all funding rates of a contract; none if the folder has no such file."""
        found = [read for (name, kind, _), read in self._files.items() if (name, kind) == (symbol, _FUNDING)]
        if not found:
            return NO_FUNDING
        frame = self._served(found[0]())
        # Older releases of Freqtrade wrote the rate into the open column.
        column = _FUNDING if _FUNDING in frame else "open"
        return Funding(_times(frame), frame[column].to_numpy(dtype=float))

    def lowest(self, symbol: str, kind: Kind) -> str | None:
        """Return the shortest interval in the folder, or None."""
        intervals = [
            interval for name, file_kind, interval in self._files if (name, file_kind) == (symbol, kind)
        ]
        return min(intervals, key=LENGTH_MS.__getitem__, default=None)

    def load(self, symbol: str, kind: Kind, interval: str) -> Candles | None:
        """Read one file, or return None if it is not there."""
        read = self._files.get((symbol, kind, interval))
        if read is None:
            return None
        frame = self._served(read())
        columns = (frame[name].to_numpy(dtype=float) for name in ("open", "high", "low", "close", "volume"))
        return Candles(interval, _times(frame), *columns)

    def _served(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.sort_values("date", ignore_index=True)
        times = _times(frame)
        return frame[(times >= self._start_ms) & (times < self._end_ms)]


def _feather_files(folder: Path) -> Files:
    found = {}
    for path in sorted(folder.glob("*.feather")):
        match = _FILE_NAME.fullmatch(path.name)
        if match and match["interval"] in LENGTH_MS:
            found[f"{match['base']}USDT", match["kind"], match["interval"]] = partial(pd.read_feather, path)
    return found


def _times(frame: pd.DataFrame) -> IntArray:
    """Return the open times in milliseconds UTC, whatever the file's resolution is."""
    dates = frame["date"].dt.tz_convert("UTC").dt.tz_localize(None)
    times: IntArray = dates.to_numpy().astype("datetime64[ms]").astype(np.int64)
    return times

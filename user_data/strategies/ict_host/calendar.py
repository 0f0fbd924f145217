"""When the settings let entries be made: windows and weekdays, and the blackouts of a file (TIME-1, TIME-2).

usage: python -m ict_host.calendar FILE [--days 14]

Reads a file of blackouts as the bot does, and shows what runs and what is ahead; times are UTC.
"""

import argparse
import hashlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pandas import DatetimeIndex, date_range

from ict.candles import Bools
from ict.params import Params
from ict.setups.blackouts import BlackoutError, Blackouts
from ict.setups.windows import EntryTimes

REFUSED = 2
# A window and a weekday come again within a week.
LOOK_AHEAD = timedelta(days=8)


class Calendar:
    """Times of entries by the settings.

    Parameters
    ----------
    params : Params
        `entry_windows`, `entry_weekdays`, `blackout_file`.
    folder : Path
        Where the file is; Freqtrade's user_data.

    Raises
    ------
    BlackoutError
        When the file is missing, or a row of it cannot be read.

    Attributes
    ----------
    is_open_always : bool
        Whether nothing is ever forbidden.
    """

    def __init__(self, params: Params, folder: Path) -> None:
        self._times = EntryTimes.of(params)
        self.is_open_always = self._times == EntryTimes() and not params.blackout_file
        self._blackouts = read(folder / params.blackout_file) if params.blackout_file else Blackouts()

    def allows_market(self, opens: DatetimeIndex, candle: timedelta) -> Bools:
        """Whether a market entry may follow each candle: at its close, and over the coming candle.

        Parameters
        ----------
        opens : DatetimeIndex
            Opening times of the candles, shape (n,), ascending, timezone-aware.
        candle : timedelta
            Their length.
        """
        length = candle // timedelta(microseconds=1) * 1000
        closes = opens.as_unit("ns").asi8 + length
        return self._times.allow_moments(closes) & ~self._blackouts.touch(closes, length)

    def closed_by(self, newest_open: datetime, candle: timedelta, *, rests: bool) -> str:
        """Say what forbids an entry after a candle: window, blackout, or nothing by an empty word.

        Parameters
        ----------
        newest_open : datetime
            Opening time of the candle, timezone-aware.
        candle : timedelta
            Its length.
        rests : bool
            Whether entries rest.
        """
        opens = DatetimeIndex([newest_open])
        allows = self.allows_rest if rests else self.allows_market
        if allows(opens, candle)[0]:
            return ""
        closes = opens.as_unit("ns").asi8 + (length := candle // timedelta(microseconds=1) * 1000)
        return "blackout" if self._blackouts.touch(closes, length)[0] else "window"

    def opens_at(self, newest_open: datetime, candle: timedelta, *, rests: bool) -> datetime | None:
        """Find the first close within some days after which an entry may be made; None for none."""
        coming = date_range(newest_open, newest_open + LOOK_AHEAD, freq=candle)[1:]
        allowed = (self.allows_rest if rests else self.allows_market)(coming, candle).nonzero()[0]
        return (coming[allowed[0]] + candle).to_pydatetime() if len(allowed) else None

    def allows_rest(self, opens: DatetimeIndex, candle: timedelta) -> Bools:
        """Whether an order may rest over the candle after each: wholly in a window and in no blackout."""
        length = candle // timedelta(microseconds=1) * 1000
        coming = opens.as_unit("ns").asi8 + length
        return self._times.allow_candles(coming, length) & ~self._blackouts.touch(coming, length)


def read(file: Path) -> Blackouts:
    """Read a file of blackouts.

    Raises
    ------
    BlackoutError
        When it is missing, is no text, or a row cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BlackoutError(f"blackout_file {file} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BlackoutError(f"blackout_file {file} must be UTF-8, its byte {error.start} is not") from error
    return Blackouts.parse(text, file.name)


def digest(folder: Path, name: str) -> str:
    """Digest of a file of blackouts; empty where there is none."""
    file = folder / name
    return hashlib.sha256(file.read_bytes()).hexdigest() if name and file.is_file() else ""


def main(words: list[str] | None = None) -> int:
    """Show what is ahead and return the exit code: 0, or 2 where the file can't be read."""
    parser = argparse.ArgumentParser(prog="python -m ict_host.calendar", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=Path("user_data/config/blackouts.csv"))
    parser.add_argument("--days", type=float, default=14.0)
    given = parser.parse_args(words)
    try:
        ahead = read(given.file).ahead(datetime.now(UTC), timedelta(days=given.days))
    except BlackoutError as error:
        print(f"make blackouts: {error}", file=sys.stderr)
        return REFUSED
    noun = "blackout" if len(ahead) == 1 else "blackouts"
    print(f"{len(ahead)} {noun} in the next {given.days:g} days, UTC")
    for row in ahead:
        print(f"{row.start:%Y-%m-%d %H:%M} to {row.end:%Y-%m-%d %H:%M}  {row.reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What each candle of a pair signalled, kept beside Freqtrade's frame for the callbacks to look up."""

from collections.abc import Mapping
from dataclasses import dataclass

from pandas import DatetimeIndex, Timestamp

from ict.candles import Direction, Floats
from ict.confluence import Entries
from ict.desk.levels import LevelError
from ict.desk.plan import Signal


@dataclass(frozen=True, slots=True)
class Signals:
    """Entries of a pair's analysed candles.

    Freqtrade hands out its frame as a slice of a hundred columns at each call: dear, where each trade
    asks for one candle's four numbers.

    Attributes
    ----------
    opens : DatetimeIndex
        Opening times of the candles, shape (n,), ascending, timezone-aware.
    entries : Entries
        Shape (n,).
    least_distance : Floats
        See `Signal`, shape (n,).
    score : Mapping[Direction, Floats]
        Points of SIG-2 for each side, shape (n,).
    close : Floats
        Closes, shape (n,).
    """

    opens: DatetimeIndex
    entries: Entries
    least_distance: Floats
    score: Mapping[Direction, Floats]
    close: Floats

    def newest(self, direction: Direction, newest_open: Timestamp) -> Signal:
        """Signal of the candle that opened at a time, or of the one before it.

        Freqtrade acts on the newest candle; another may have closed while it did.

        Parameters
        ----------
        direction : Direction
            Side of the entry, +1 or -1.
        newest_open : Timestamp
            Latest opening time of a candle that counts, timezone-aware.

        Raises
        ------
        LevelError
            When neither candle signals an entry on that side.
        """
        end = int(self.opens.searchsorted(newest_open, side="right"))
        for row in range(end - 1, max(end - 3, -1), -1):
            if self.entries.direction[row] == direction:
                return self._of(row, direction)
        raise LevelError("the newest candles signal no entry")

    def _of(self, row: int, direction: Direction) -> Signal:
        facts = (self.entries.stop, self.least_distance, self.score[direction], self.close)
        return Signal(direction, *(float(column[row]) for column in facts))

"""What each candle of a pair signalled, kept beside Freqtrade's frame for the callbacks to look up."""

from collections.abc import Mapping
from dataclasses import dataclass

from pandas import DatetimeIndex, Timestamp

from ict.candles import Direction, Floats
from ict.confluence import Entries
from ict.desk.levels import LevelError, widened_stop


@dataclass(frozen=True, slots=True)
class Signal:
    """One candle's entry, before it has a price.

    Attributes
    ----------
    direction : Direction
        +1 long, -1 short.
    stop : float
        Where the zone wants the stop, in the quote currency.
    least_distance : float
        Least distance of the stop from the entry (EXIT-2), in the quote currency; 0 for any.
    score : float
        Points of SIG-2.
    """

    direction: Direction
    stop: float
    least_distance: float
    score: float

    def stop_for(self, entry: float) -> float:
        """Stop of an entry at a price (EXIT-1, EXIT-2).

        Raises
        ------
        LevelError
            When the least distance is not known.
        """
        return widened_stop(self.stop, entry, self.direction, self.least_distance)


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
    """

    opens: DatetimeIndex
    entries: Entries
    least_distance: Floats
    score: Mapping[Direction, Floats]

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
        stop, least_distance = float(self.entries.stop[row]), float(self.least_distance[row])
        return Signal(direction, stop, least_distance, float(self.score[direction][row]))

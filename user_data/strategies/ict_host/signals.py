"""What each candle of a pair signalled, kept beside Freqtrade's frame for the callbacks to look up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

import numpy as np
import numpy.typing as npt
from pandas import DatetimeIndex

from ict.candles import Bools, Direction, Floats
from ict.columns import Columns
from ict.desk.levels import LevelError, Levels
from ict.desk.plan import Signal
from ict.market.chart import Chart
from ict.params import Params
from ict.setups.entries import Entries, FindEntries
from ict.setups.resting import Resting, direction_of, find_resting, find_unspent, still_wanted
from ict.setups.spots import Spots
from ict.setups.stops import least_distance
from ict.setups.zones import find_zone, zone_key, zones_of
from ict.words.formatting import or_nan
from ict.words.trades import TakenBack, ZoneFacts
from ict.zone_key import ZoneKey

# Kinds whose touches count (ZONE-1).
TOUCHED = ("ob", "breaker")
IsSpent = Callable[[ZoneKey], bool]
# Candles at whose closes a resting order is judged at once: most are over or filled before.
_AHEAD_CANDLES = 64
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def never(_: ZoneKey) -> bool:
    """Count no zone as entered: each may be entered again."""
    return False


@dataclass(frozen=True, slots=True)
class Signals:
    """Entries of a pair's analysed candles.

    Freqtrade hands out its frame as a slice of a hundred columns at each call, which is slow where each
    trade needs one candle's few numbers.

    Attributes
    ----------
    opens : DatetimeIndex
        Opening times of the candles, shape (n,), ascending, timezone-aware.
    columns : Columns
        What the market shows on them.
    in_time : Bools
        Where an entry may follow a candle, or rest over the coming one (TIME-1, TIME-2), shape (n,).
    tick : Floats
        Price step of the pair at each candle, shape (n,).
    entries : Entries or None
        Entries at closes; None where the setup rests its entries.
    resting : dict[Direction, Resting] or None
        Entries that rest in zones (LIM-1); None where the setup enters at closes.
    """

    opens: DatetimeIndex
    columns: Columns
    in_time: Bools
    tick: Floats
    entries: Entries | None
    resting: dict[Direction, Resting] | None
    _known: dict[Direction, tuple[int, Signal | None]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def find(
        cls,
        opens: DatetimeIndex,
        columns: Columns,
        in_time: Bools,
        tick: Floats,
        find_entries: FindEntries,
    ) -> Self:
        """Find the entries of the settings.

        Parameters
        ----------
        opens : DatetimeIndex
            Opening times of the candles, shape (n,).
        columns : Columns
            What the market shows on them, with the setup in its settings.
        in_time : Bools
            See the class, shape (n,).
        tick : Floats
            Price step of the pair at each candle, shape (n,).
        find_entries : Callable
            What finds the entries at closes.
        """
        if columns.chart.params.entry_at == "zone":
            return cls(opens, columns, in_time, tick, None, find_resting(columns, tick, in_time))
        return cls(opens, columns, in_time, tick, find_entries(columns).where(in_time), None)

    @property
    def _chart(self) -> Chart:
        return self.columns.chart

    @property
    def direction(self) -> npt.NDArray[np.int8]:
        """Side of the entry at each close, 0 for none, shape (n,)."""
        if self.entries is not None:
            return self.entries.direction
        return direction_of(self.resting or {}, self._chart.candles.close)

    @property
    def tag(self) -> npt.NDArray[np.object_]:
        """What triggers each entry and what agrees with it, None where there is none, shape (n,)."""
        if self.entries is not None:
            return self.entries.tag[:]
        direction, tag = self.direction, np.full(len(self.opens), None, np.object_)
        for side, wanted in (self.resting or {}).items():
            tag[direction == side] = wanted.tag[direction == side]
        return tag

    def newest(self, direction: Direction, newest_open: datetime, is_spent: IsSpent = never) -> Signal:
        """Signal of the candle that opened at a time, or of the one before it.

        Freqtrade acts on the newest candle; another may have closed while it did.

        Parameters
        ----------
        direction : Direction
            Side of the entry, +1 or -1.
        newest_open : datetime
            Latest opening time of a candle that counts, timezone-aware.
        is_spent : Callable
            Whether a zone was entered, and is not to be again: a resting entry goes to the next one (ZONE-4).

        Raises
        ------
        LevelError
            When neither candle signals an entry on that side, or every zone was entered.
        """
        end = self.row_at(newest_open) + 1
        for row in range(end - 1, max(end - 3, -1), -1):
            signal = self.at(row, direction, is_spent)
            if signal is not None:
                return signal
            if is_spent is not never and self.at(row, direction) is not None:
                raise LevelError("its zone was entered before")
        raise LevelError("the newest candles signal no entry")

    def row_at(self, newest_open: datetime) -> int:
        """Row of the newest candle that opened at or before a time; -1 where there is none."""
        nanoseconds = (newest_open - EPOCH) // MICROSECOND * 1000
        return int(self._chart.candles.time.searchsorted(nanoseconds, side="right")) - 1

    def opened_at(self, row: int) -> datetime:
        """Return when a candle opened, as `opens` would say five times slower."""
        return EPOCH + int(self._chart.candles.time[row]) // 1000 * MICROSECOND

    def at(self, row: int, direction: Direction, is_spent: IsSpent = never) -> Signal | None:
        """Signal of one side at a candle's close; None where there is none."""
        if self.entries is not None:
            if self.entries.direction[row] != direction:
                return None
            return self._signal(row, direction, self.entries, None)
        nearest = self._nearest(row, direction)
        if nearest is None or nearest.zone is None or not is_spent(nearest.zone):
            return nearest
        return self._resting_signal(row, direction, self._wanted(row, direction, is_spent))

    def _nearest(self, row: int, direction: Direction) -> Signal | None:
        """Signal of one side's nearest zone; the newest is kept, for an order is asked about many times."""
        known = self._known.get(direction)
        if known is None or known[0] != row:
            wanted = (self.resting or {})[direction]
            known = self._known[direction] = row, self._resting_signal(row, direction, wanted)
        return known[1]

    def _resting_signal(self, row: int, direction: Direction, wanted: Resting) -> Signal | None:
        price = float(wanted.price[row])
        return self._signal(row, direction, wanted, price) if np.isfinite(price) else None

    def _wanted(self, row: int, direction: Direction, is_spent: IsSpent) -> Resting:
        """Resting entries of one side; at this row without those in zones that were entered."""

        def was_entered(kind: int, zone: int) -> bool:
            key = zone_key(self._chart, kind, zone)
            return key is not None and is_spent(key)

        wanted = (self.resting or {})[direction]
        if is_spent is never or not was_entered(int(wanted.kind[row]), int(wanted.zone[row])):
            return wanted
        return find_unspent(self.columns, direction, self.tick, row, was_entered)

    def _signal(
        self, row: int, direction: Direction, found: Entries | Resting, limit: float | None
    ) -> Signal:
        return Signal(
            direction,
            stop=float(found.stop[row]),
            least_distance=least_distance(self.columns, row),
            score=float(found.score[row]),
            close=float(self._chart.candles.close[row]),
            limit=limit,
            draws=self.draws_at(row, direction),
            zone=zone_key(self._chart, int(found.kind[row]), int(found.zone[row])),
            tag=found.tag[row],
        )

    def draws_at(self, row: int, direction: Direction) -> list[float] | None:
        """Target levels from a close (TGT-1, EXIT-5); None where targets are multiples of the risk."""
        if not self._chart.params.aims_at_pools:
            return None
        levels: list[float] = self._chart.draw[direction].waiting(row).tolist()
        return levels

    def why_over(
        self, row: int, direction: Direction, price: float, key: ZoneKey, is_spent: IsSpent = never
    ) -> TakenBack | None:
        """Say why a resting entry is not the one to rest at a candle's close (LIM-2); None where it is."""
        found = find_zone(self._chart, direction, key)
        if found is None:
            return "zone_ended"
        if not self.in_time[row]:
            return "out_of_time"
        kind, zone = found
        ended_at = zones_of(self._chart, key.kind).ended_at[zone]
        if 0 <= ended_at <= row:
            return "zone_ended"
        place = np.array([row]), np.array([price]), np.array([kind]), np.array([zone])
        if not still_wanted(self.columns, Spots(direction, *place, is_resting=True))[0]:
            return "facts"
        nearest = self._wanted(row, direction, is_spent).price[row]
        return "nearer" if direction * (nearest - price) > 0 else None

    def stays_until(self, row: int, order: Signal) -> int:
        """Return the first candle from one on at whose close `why_over` may say why a resting order is over.

        It looks a little ahead, at many closes at once: the answer may come early, never late.
        """
        found = find_zone(self._chart, order.direction, order.zone) if order.zone else None
        if found is None or order.limit is None:
            return row
        rows = np.arange(row, min(row + _AHEAD_CANDLES, len(self.opens)))
        price, kind, zone = (np.full(len(rows), one) for one in (order.limit, *found))
        spots = Spots(order.direction, rows, price, kind, zone, is_resting=True)
        nearest = (self.resting or {})[order.direction].price[rows]
        # Without zones that were entered (ZONE-4) the nearest could only be further away.
        is_nearer = order.direction * (nearest - price) > 0
        stays = self.in_time[rows] & still_wanted(self.columns, spots) & ~is_nearer
        return row + int(np.append(stays, False).argmin())

    def pools_until(self, row: int, direction: Direction, levels: Levels, params: Params) -> int:
        """Return the first candle at whose close a pool that levels aim at is gone (TGT-1, EXIT-5)."""
        aims = {"target": params.target_at, "part": params.partial_exit_at}
        pools = (or_nan(getattr(levels, name)) for name, at in aims.items() if at == "liquidity")
        draw = self._chart.draw[direction]
        return min((draw.waits_until(row, pool) for pool in pools), default=len(self.opens))

    def zone_at(
        self, row: int, direction: Direction, key: ZoneKey | None, timeframe: str
    ) -> ZoneFacts | None:
        """Describe the zone of an entry at a candle's close; None where there is none, or it is gone."""
        found = find_zone(self._chart, direction, key) if key else None
        if found is None or key is None:
            return None
        zones = zones_of(self._chart, key.kind)
        age = row - int(zones.known_at[found[1]])
        touches = int(zones.touches[found[1]]) if key.kind in TOUCHED else None
        return ZoneFacts(
            kind=key.kind, bottom_price=key.bottom, top_price=key.top, timeframe=timeframe,
            age_candles=age, touches=touches,
        )  # fmt: skip

    def trends_at(self, row: int, timeframe: str) -> tuple[tuple[str, int], ...]:
        """Directions of the trends at a candle's close, that of the candles' own timeframe first."""
        higher = self._chart.params.higher_timeframes
        trends = ((name, int(self.columns.higher_trend[name][row])) for name in higher)
        return ((timeframe, int(self.columns.trend[row])), *trends)

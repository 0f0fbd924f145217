"""The plan of an entry: stop, target and size on the pair's grid, or why there is no entry."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

from ict.candles import Direction
from ict.desk.grid import Grid
from ict.desk.levels import LevelError, Levels, levels_of_entry, stop_distance, widened_stop
from ict.desk.sizing import Maintenance, notional_for_risk, safe_leverage, whole_stake
from ict.params import Params
from ict.tie import TIE
from ict.zone_key import ZoneKey

# A stop nearer than this is no stop: the next trade of the market may be beyond it.
LEAST_TICKS = 3
# A position that filled beyond its own stop must not stay open: its stop is set this close to the price.
AT_ONCE = 0.0005


@dataclass(frozen=True, slots=True)
class Signal:
    """One candle's entry, before it has a price.

    Attributes
    ----------
    direction : Direction
        +1 long, -1 short.
    stop : float
        The zone's stop, in the quote currency.
    least_distance : float
        Least distance of the stop from the entry (EXIT-2), in the quote currency; 0 for any.
    score : float
        Points of SIG-2.
    close : float
        Close of the candle, in the quote currency.
    limit : float or None
        Price at which the entry rests (LIM-1); None for one at the market.
    draws : Sequence[float] or None
        Levels that the trade, or a part of it, can aim at, the nearest first (TGT-1, EXIT-5); None where both
        aim at multiples of its risk.
    zone : ZoneKey or None
        Zone that it comes from; None for one by an event.
    tag : str or None
        What triggers it and what agrees with it.
    """

    direction: Direction
    stop: float
    least_distance: float
    score: float
    close: float
    limit: float | None = None
    draws: Sequence[float] | None = None
    zone: ZoneKey | None = None
    tag: str | None = None

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read a signal as `asdict` wrote it, of this release or an older one."""
        zone = record.get("zone")
        return cls(**{**record, "zone": ZoneKey(**zone) if zone else None})

    def stop_for(self, entry: float, grid: Grid) -> float:
        """Stop of an entry at a price, on the grid (EXIT-1, EXIT-2).

        Raises
        ------
        LevelError
            When the price is already at or beyond the zone's own stop, or the least distance is not known.
        """
        of_zone = grid.level(self.stop, self.direction)
        stop_distance(entry, of_zone, self.direction)
        widened = widened_stop(of_zone, entry, self.direction, self.least_distance)
        # Away from the price: a stop that is a part of a tick too near is not at its least distance.
        return grid.level(widened, -self.direction)

    def levels_from(self, entry: float, stop: float, grid: Grid, params: Params) -> Levels:
        """Stop and targets of an entry (EXIT-1, TGT-1, EXIT-5).

        Raises
        ------
        LevelError
            When there is no such target, or it makes no sense.
        """
        part = None
        if self.draws is not None and params.partial_exit_at == "liquidity":
            part = self._pool(entry, stop, params.partial_exit_at_r)
        if self.draws is not None and params.target_at == "liquidity":
            return Levels(entry, stop, self._pool(entry, stop, params.min_target_r, beyond=part), part)
        whole = levels_of_entry(entry, stop, self.direction, params.risk_reward, grid)
        if part is None or (whole.target is not None and self.direction * (whole.target - part) <= 0):
            return whole  # no part is left to close at its target or beyond
        return replace(whole, part=part)

    def _pool(self, entry: float, stop: float, least_r: float, beyond: float | None = None) -> float:
        """Find the nearest pool that lies so many R from the entry, and beyond another one (TGT-1, EXIT-5).

        Raises
        ------
        LevelError
            When there is none.
        """
        least = least_r * stop_distance(entry, stop, self.direction)
        side, after = self.direction, entry if beyond is None else beyond
        far = (level for level in self.draws or () if abs(level - entry) >= least - TIE * entry)
        found = next((level for level in far if side * (level - after) > 0), None)
        if found is not None:
            return found
        if beyond is None:
            raise LevelError(f"no pool of liquidity lies {least_r:g} R or more from the entry {entry}")
        raise LevelError(f"no second pool lies beyond {beyond}, {least_r:g} R or more from the entry {entry}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPlan:
    """The plan of an entry at a price.

    Attributes
    ----------
    direction : Direction
        +1 long, -1 short.
    levels : Levels
        Entry, stop and target, on the grid.
    grid : Grid
        The pair's tick and lot.
    notional : float
        Size that RISK-1 allows, in the quote currency.
    leverage : float
        Leverage that is set, within what the exchange allows.
    """

    direction: Direction
    levels: Levels
    grid: Grid
    notional: float
    leverage: float

    def leverage_before(self, maintenance: Maintenance, liquidation_buffer: float) -> float:
        """Leverage at which the stop comes well before the liquidation, at most what is set (RISK-1).

        Parameters
        ----------
        maintenance : Maintenance
            The maintenance margin of a position of this size.
        liquidation_buffer : float
            Part of the way by which Freqtrade acts before the liquidation, 0 to 1.

        Raises
        ------
        LevelError
            When no leverage does it.
        """
        safe = safe_leverage(self.levels, self.direction, self.notional, maintenance, liquidation_buffer)
        if safe < 1:
            raise LevelError(f"stop {self.levels.stop} is too close to the liquidation at any leverage")
        return min(self.leverage, float(safe))

    def stake(self, leverage: float, rate: float, min_stake: float, max_stake: float) -> float:
        """Margin of the position in whole lots, within what the exchange and the wallet allow.

        For the parameters see `whole_stake`.

        Raises
        ------
        SizeError
            When that is below the exchange's minimum: it is never raised to it.
        """
        return whole_stake(
            self.notional,
            entry=self.levels.entry,
            rate=rate,
            grid=self.grid,
            leverage=leverage,
            min_stake=min_stake,
            max_stake=max_stake,
        )


def plan_entry(
    signal: Signal,
    entry: float,
    *,
    grid: Grid,
    fee: float,
    equity: float,
    max_leverage: float,
    params: Params,
) -> EntryPlan:
    """Plan an entry at a price (EXIT-1, EXIT-2, RISK-1, RISK-8).

    First the grid, then what forbids the entry, then the size.

    Parameters
    ----------
    signal : Signal
        What the candle signalled.
    entry : float
        Expected fill, in the quote currency.
    grid : Grid
        The pair's tick and lot.
    fee : float
        Taker's fee of one side, ratio of the notional.
    equity : float
        Realised equity that the bot may use, in the stake currency.
    max_leverage : float
        What the exchange allows.
    params : Params
        Settings.

    Raises
    ------
    LevelError
        When there is no entry; it says why.
    """
    side, entry = signal.direction, signal.limit or entry
    levels = signal.levels_from(entry, signal.stop_for(entry, grid), grid, params)
    _refuse_a_near_stop(levels, grid, fee, params.min_stop_costs)
    if signal.limit is None:
        _refuse_a_chase(signal, entry, grid, params.max_chase_r)
    leverage = max(min(float(params.position_leverage), max_leverage), 1.0)
    notional = notional_for_risk(levels, fee=fee, equity=equity, leverage=leverage, params=params)
    return EntryPlan(direction=side, levels=levels, grid=grid, notional=notional, leverage=leverage)


def _refuse_a_near_stop(levels: Levels, grid: Grid, fee: float, min_stop_costs: float) -> None:
    if grid.ticks(levels.risk) < LEAST_TICKS:
        raise LevelError(
            f"stop {levels.stop} is less than {LEAST_TICKS} ticks from the entry {levels.entry}, "
            f"a tick is {grid.tick}"
        )
    least = min_stop_costs * fee * (levels.entry + levels.stop)
    # An unknown value gives no permission.
    if not levels.risk >= least - TIE * levels.entry:
        raise LevelError(
            f"stop {levels.stop} is nearer to the entry {levels.entry} than {least:.6g}, "
            f"{min_stop_costs:g} times the fees of entry and exit"
        )


def _refuse_a_chase(signal: Signal, entry: float, grid: Grid, max_chase_r: float) -> None:
    """RISK-8."""
    risk = abs(signal.close - signal.stop_for(signal.close, grid))
    moved = abs(entry - signal.close)
    if not moved <= max_chase_r * risk + TIE * signal.close:
        raise LevelError(
            f"price {entry} is {moved / risk:.2f} R away from the signal's close {signal.close}, "
            f"{max_chase_r:g} R are allowed"
        )


def levels_of_fill(signal: Signal, entry: float, grid: Grid, params: Params, sent_at: float) -> Levels:
    """Stop and target of an entry that has filled (EXIT-1), wherever it did.

    Beyond the zone's own stop the trade ends at once: its stop is as close behind the fill as it can be,
    and it has no target. A resting entry keeps the levels that it was placed with, and any entry the pools
    that its order was sent for (TGT-1), unless it filled beyond them.

    Parameters
    ----------
    signal : Signal
        What the candle signalled.
    entry : float
        Price of the fill, in the quote currency.
    grid : Grid
        The pair's tick and lot.
    params : Params
        `risk_reward`, or `min_target_r`.
    sent_at : float
        Price that the order was sent for, in the quote currency.
    """
    side, entry = signal.direction, signal.limit or entry
    try:
        stop = signal.stop_for(entry, grid)
    except LevelError:
        near = max(AT_ONCE * entry, grid.tick)
        return Levels(entry, grid.level(entry - side * near, side), target=None)
    for aiming, aims in _aims_of_fill(signal, signal.limit or sent_at, grid, params):
        with suppress(LevelError):
            return aiming.levels_from(entry, stop, grid, aims)
    # The target would be no price any more, or no pool is left to aim at.
    return Levels(entry, stop, target=None)


def _aims_of_fill(
    signal: Signal, sent_at: float, grid: Grid, params: Params
) -> Iterator[tuple[Signal, Params]]:
    """Return the pools of the order, then those that are left, then none for a part."""
    if signal.draws is not None:
        with suppress(LevelError):
            yield _chosen_with_order(signal, sent_at, grid, params)
    yield signal, params
    yield signal, replace(params, partial_exit_at="rr")


def _chosen_with_order(signal: Signal, sent_at: float, grid: Grid, params: Params) -> tuple[Signal, Params]:
    """Leave the pools alone that the order was sent for, however far from the fill they are."""
    levels = signal.levels_from(sent_at, signal.stop_for(sent_at, grid), grid, params)
    pools = [pool for pool in (levels.part, levels.target) if pool is not None]
    part_at = params.partial_exit_at if levels.part is not None else "rr"
    return replace(signal, draws=pools), _at_any_distance(params, part_at)


@lru_cache(maxsize=8)
def _at_any_distance(params: Params, part_at: str) -> Params:
    # Settings are checked when they are made, which takes longer than all else that a fill needs.
    return replace(params, partial_exit_at=part_at, partial_exit_at_r=0.0, min_target_r=0.0)


def slipped(signal: Signal, entry: float, grid: Grid) -> str | None:
    """Say so where a fill is at, or beyond, the stop of its zone."""
    stop = grid.level(signal.stop, signal.direction)
    if signal.direction * (entry - stop) > 0:
        return None
    return (
        f"the entry filled at {entry}, beyond its stop of {stop}: the position is closed at once, at a loss"
    )

"""Entries that rest: where each close's order lies, when it fills, when it is cancelled (LIM-1 to LIM-3)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Direction, Floats
from ict.exits.engine import Exits
from ict.params import Params
from ict.setups.resting import Resting, direction_of, find_resting, still_wanted
from ict.setups.spots import Spots
from ict.setups.zones import zones_of
from ict_lab.replay.exits import NEVER, Entries, deadlines, first_where
from ict_lab.replay.grids import nearest, onto_grid
from ict_lab.replay.markets import Market
from ict_lab.replay.orders import aims_of, has_sense, least_aim, pools_at, traded_rows, widened
from ict_lab.replay.spent import Spent, zone_ids
from ict_lab.replay.tape import Ints, Tape


@dataclass(frozen=True)
class Waiting:
    """Orders that may be placed, one a close at the most, each of shape (n,), prices as their side sees them.

    Attributes
    ----------
    placed, filled, over : Ints
        Candle at whose open each is placed, in which it fills, and at whose open it is cancelled, in the
        half of its side; `NEVER` where that does not come.
    limit, price : Floats
        Where it rests, and where a backtest has it rest: one tick beyond (LIM-3).
    stop, target, pool, tick : Floats
        As of `Entries`; target and pool are those of the fill.
    zone : Ints
        Number of its zone, see `zone_ids`.
    tag : npt.NDArray[np.object_]
        What it rests on.
    """

    placed: Ints
    filled: Ints
    over: Ints
    limit: Floats
    price: Floats
    stop: Floats
    target: Floats
    pool: Floats
    tick: Floats
    zone: Ints
    tag: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.placed)

    def __getitem__(self, chosen: Bools | Ints) -> Waiting:
        return Waiting(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @classmethod
    def joined(cls, parts: list[Waiting]) -> Waiting:
        """Put orders of several pairs and sides one after the other."""
        return cls(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(cls)))

    def entries(self, fee: float, exits: Exits) -> Entries:
        """Trades of those that fill, to be followed."""
        mine = self[self.filled < NEVER]
        fees = np.full(len(mine), fee)
        part = np.full(len(mine), exits.partial.share if exits.partial else 0.0)
        return Entries(
            mine.filled, mine.price, mine.limit, mine.stop, mine.target, mine.tick,
            deadlines(mine.filled, exits), part, mine.pool, fees, fees, np.ones(len(mine), np.bool_),
        )  # fmt: skip


def waiting_of(
    market: Market,
    tape: Tape,
    in_time: Bools,
    least_distance: Floats,
    fee: float,
    params: Params,
    exits: Exits,
    spent: Spent | None = None,
) -> Waiting:
    """Find the order that each close would place, and its life if nothing of the account ends it.

    They are in the order of time.

    Parameters
    ----------
    market, tape : Market, Tape
        The pair, and the candles of all pairs.
    in_time : Bools
        Where an order may rest over the coming candle (TIME-1, TIME-2), shape (n,).
    least_distance, fee, params, exits
        As of `orders_of`.
    spent : Spent, optional
        Zones that are not entered again (ZONE-4); none without.
    """
    begins, parts = tape.begins[market.pair] - market.first, []
    assert market.columns is not None
    resting = wanted = find_resting(market.columns, market.ticks, in_time)
    # The side is that of all zones; an order goes to the nearest one of it that was not entered (ZONE-4).
    direction = direction_of(resting, market.candles.close)
    if spent:
        wanted = find_resting(market.columns, market.ticks, in_time, spent.allows)
    for side in BOTH_SIDES:
        of_side = _Side(market, side, wanted[side], in_time).orders(
            direction, least_distance, fee, params, exits
        )
        shift = begins + (tape.half if side < 0 else 0)
        moved = {
            name: np.where((rows := getattr(of_side, name)) < NEVER, rows + shift, NEVER)
            for name in ("placed", "filled", "over")
        }
        parts.append(replace(of_side, **moved))
    waiting = Waiting.joined(parts)
    return waiting[np.argsort(waiting.placed % tape.half)]


class _Side:
    """Orders of one side on a market, by rows of its frame; prices as that side sees them."""

    def __init__(self, market: Market, side: Direction, wanted: Resting, in_time: Bools) -> None:
        self._market, self._side, self._wanted, self._in_time = market, side, wanted, in_time
        candles = market.candles
        low, high = (candles.low, candles.high) if side > 0 else (candles.high, candles.low)
        self._low, self._high, self._open = side * low, side * high, side * candles.open

    def orders(
        self,
        direction: npt.NDArray[np.int8],
        least_distance: Floats,
        fee: float,
        params: Params,
        exits: Exits,
    ) -> Waiting:
        """Plan the orders, and follow each to its fill or its end."""
        rows = traded_rows(self._market, direction == self._side)
        limit, tick = self._side * self._wanted.price[rows], self._market.ticks[rows + 1]
        of_zone = onto_grid(self._side * self._wanted.stop[rows], tick)
        stop = widened(of_zone, limit, least_distance[rows], tick)
        aims = partial(aims_of, self._market, side=self._side, params=params, exits=exits)
        target, pool = aims(rows, entry=limit, stop=stop, tick=tick)
        placed = has_sense(limit, of_zone, stop, target, self._side, tick, fee, params)
        placed &= np.isfinite(least_distance[rows]) & (self._open[rows + 1] > limit)
        rows = rows[placed]
        limit, stop, target, pool, tick = (values[placed] for values in (limit, stop, target, pool, tick))
        price = nearest(limit - tick, tick)
        filled, over = self._lives(rows, price, _Aims(self._market, self._side, limit, stop, params))
        if params.aims_at_pools:
            mine = filled < NEVER
            at_fill = aims(filled[mine] - 1, entry=limit[mine], stop=stop[mine], tick=tick[mine])
            target[mine], pool[mine] = at_fill
        wanted = self._wanted
        zone, tag = zone_ids(wanted.kind[rows], wanted.zone[rows]), wanted.tag[rows]
        return Waiting(rows + 1, filled, over, limit, price, stop, target, pool, tick, zone, tag)

    def _lives(self, rows: Ints, price: Floats, aims: _Aims) -> tuple[Ints, Ints]:
        """Candle in which each order fills, and candle at whose open it is cancelled; `NEVER` for none."""
        count, unwanted = len(self._low), self._unwanted()[rows]

        def ends(mine: Ints, at: Ints) -> Bools:
            hit: Bools = (self._low[at] <= price[mine, None]) & (price[mine, None] <= self._high[at])
            return hit | ~aims.there(mine, at)

        until = np.minimum(unwanted, count - 1)
        ended = np.minimum(first_where(ends, rows + 1, until), until)
        filled = (self._low[ended] <= price) & (price <= self._high[ended])
        stays = ~filled & (unwanted >= count) & aims.there(np.arange(len(rows)), ended[:, None])[:, 0]
        over = np.where(filled | stays, NEVER, ended + 1)
        return np.where(filled, ended, NEVER), over

    def _unwanted(self) -> Ints:
        """First later close at which the order of each close is not wanted any more (LIM-2).

        An order is wanted for as long as it is the nearest: while its own zone is. The exceptions are
        checked one by one: another zone at the same price, a close at or beyond the price that did not
        fill it, another month's tick.
        """
        wanted, count = self._wanted, len(self._low)
        there = np.isfinite(wanted.price)
        same = np.zeros(count, np.bool_)
        own = (wanted.kind, wanted.zone, wanted.price)
        same[1:] = there[1:] & there[:-1] & np.logical_and.reduce([one[1:] == one[:-1] for one in own])
        changes = np.append(np.flatnonzero(~same), count)
        firsts = np.flatnonzero(there & ~same)
        ends = self._rested_on(firsts, changes)
        unwanted = np.full(count, -1)
        run = np.cumsum(there & ~same) - 1
        unwanted[there] = ends[run[there]]
        return unwanted

    def _rested_on(self, firsts: Ints, changes: Ints) -> Ints:
        """Find where orders end: at the next change, or later where an order rests on in spite of it."""
        wanted, ends = self._wanted, _next(changes, firsts)
        asked = np.arange(len(firsts))
        while len(asked := asked[self._may_rest_on(firsts[asked], ends[asked])]):
            now, first = ends[asked], firsts[asked]
            spots = Spots(
                self._side, now, wanted.price[first], wanted.kind[first], wanted.zone[first], is_resting=True
            )
            assert self._market.columns is not None
            rests = still_wanted(self._market.columns, spots)
            asked, now = asked[rests], now[rests]
            again = self._is_own(firsts[asked], now)
            ends[asked] = np.where(again, _next(changes, now), now + 1)
        return ends

    def _is_own(self, first: Ints, now: Ints) -> Bools:
        wanted = self._wanted
        own: Bools = (wanted.kind[first] == wanted.kind[now]) & (wanted.zone[first] == wanted.zone[now])
        own &= wanted.price[first] == wanted.price[now]
        return own

    def _may_rest_on(self, first: Ints, now: Ints) -> Bools:
        """Whether only the zone itself decides that an order is not wanted at a close."""
        inside = now < len(self._low)
        now = np.minimum(now, len(self._low) - 1)
        price, nearest_now = self._side * self._wanted.price[first], self._side * self._wanted.price[now]
        beyond = self._side * self._market.candles.close[now] > price
        same_zone = (self._wanted.kind[first] == self._wanted.kind[now]) & (
            self._wanted.zone[first] == self._wanted.zone[now]
        )
        may: Bools = inside & self._in_time[now] & (~beyond | (nearest_now == price) | same_zone)
        return may & ~(nearest_now > price) & self._lives_at(first, now)

    def _lives_at(self, first: Ints, now: Ints) -> Bools:
        chart, kind, zone = self._market.chart, self._wanted.kind[first], self._wanted.zone[first]
        ended_at = np.full(len(first), -1)
        for index, name in enumerate(chart.params.entry_zones):
            ended_at[kind == index] = zones_of(chart, name).ended_at[zone[kind == index]]
        lives: Bools = (ended_at < 0) | (ended_at > now)
        return lives


class _Aims:
    """Whether pools that orders aim at wait at closes (TGT-1, EXIT-5), for orders of one side."""

    def __init__(self, market: Market, side: Direction, limit: Floats, stop: Floats, params: Params) -> None:
        self._side, self._market, self._needs = side, market, params.aims_at_pools
        pool, target = (
            least_aim(limit, stop, least_r) if what != "rr" else np.full(len(limit), -np.inf)
            for what, least_r in (
                (params.partial_exit_at, params.partial_exit_at_r), (params.target_at, params.min_target_r),
            )
        )  # fmt: skip
        self._pool, self._aim = pool, np.maximum(pool, target)
        self._needs_two = params.partial_exit_at != "rr" and params.target_at != "rr"
        if self._needs:
            self._furthest = side * market.chart.draw[side].furthest

    def there(self, orders: Ints, at: Ints) -> Bools:
        """Tell it of orders, shape (m,), at the closes of candles, shape (m, k)."""
        if not self._needs:
            return np.ones(at.shape, np.bool_)
        furthest = self._furthest[at]
        # A level that is not there is below none: NaN is no pool.
        there: Bools = furthest >= self._aim[orders, None]
        if self._needs_two:
            rows, aim = at[there], self._pool[orders].repeat(at.shape[1]).reshape(at.shape)[there]
            there[there] = furthest[there] > pools_at(self._market.chart, rows, self._side, aim)
        return there


def _next(changes: Ints, at: Ints) -> Ints:
    """First change after each close."""
    return changes[np.searchsorted(changes, at, side="right")]

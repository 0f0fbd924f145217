"""Which of several entries at a close is taken: the one of the nearest price, then of the newest zone."""

from __future__ import annotations

import numpy as np

from ict.candles import Bools, Floats, Ints
from ict.market.chart import Chart
from ict.market.runs import begins_run
from ict.setups.spots import Spots
from ict.setups.zones import zones_of


def best_per_candle(chart: Chart, spots: Spots) -> Ints:
    """Choose one spot a candle: by price (LIM-1), then by the age of its zone.

    The newest zone is the one that became known last, then the one drawn from the latest candle, then, of
    breakers and unicorns, the one whose block became known last, then the first in `entry_zones`.

    Parameters
    ----------
    chart : Chart
        What the market shows.
    spots : Spots
        Spots of one side, each with a zone, shape (k,).

    Returns
    -------
    Ints
        Index of each chosen spot, by candle.
    """
    by_candle = spots.candle.argsort(kind="stable")
    starts = begins_run(spots.candle[by_candle])
    alone = starts & np.append(starts[1:], True)[: len(starts)]
    # Zones of one kind have no rivals: the newest that holds a close is found with it.
    if alone.all():
        return by_candle
    rivals = by_candle[~alone]
    chosen: Ints = np.concatenate([by_candle[alone], rivals[_best(chart, spots[rivals])]])
    return chosen[spots.candle[chosen].argsort(kind="stable")]


def _best(chart: Chart, spots: Spots) -> Ints:
    """Choose among spots that come candle by candle."""
    known_at, origin_at, block_known_at = (np.full(len(spots), -1) for _ in range(3))
    for index, name in enumerate(chart.params.entry_zones):
        of_kind = (spots.kind == index).nonzero()[0]
        zones, zone = zones_of(chart, name), spots.zone[of_kind]
        known_at[of_kind], origin_at[of_kind] = zones.known_at[zone], zones.origin_at[zone]
        block_known_at[of_kind] = zones.block_known_at[zone]
    chosen = np.arange(len(spots))
    for value in (spots.side * spots.price, known_at, origin_at):
        chosen = chosen[_greatest(spots.candle[chosen], value[chosen])]
    # A zone that comes from no block is neither newer nor older by it.
    block = block_known_at[chosen]
    chosen = chosen[(block < 0) | _greatest(spots.candle[chosen], block)]
    for value in (-spots.kind, spots.zone):
        chosen = chosen[_greatest(spots.candle[chosen], value[chosen])]
    return chosen


def _greatest(candle: Ints, value: Ints | Floats) -> Bools:
    """Whether each value is the greatest, or one of them, at its candle; values come candle by candle."""
    starts = begins_run(candle)
    best = np.maximum.reduceat(value, starts.nonzero()[0]) if len(value) else value
    greatest: Bools = value == best[starts.cumsum() - 1]
    return greatest

"""The draw on liquidity (POOL-3): the nearest untaken pool on each side."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ict.candles import Floats, Ints
from ict.market.liquidity import Pools
from ict.market.lookup import look_up
from ict.market.search import in_parts
from ict.params import LEVEL_KINDS, POOL_KINDS

# The level kind of each of `POOL_KINDS`: all sessions are one kind.
_LEVEL_KINDS = tuple(kind if kind in LEVEL_KINDS else "session" for kind in POOL_KINDS)


class Draw:
    """Untaken levels of one side at each close (POOL-3).

    Parameters
    ----------
    pools : Pools
        Pools of the side.
    kinds : Collection[str]
        Which of `LEVEL_KINDS` count.
    close : Floats
        Closes, shape (n,).
    """

    def __init__(self, pools: Pools, kinds: Collection[str], close: Floats) -> None:
        counted = np.array([kind in kinds for kind in _LEVEL_KINDS])
        pools = pools[counted[pools.kind]]
        from_at, until = pools.lives()
        lives = (from_at < until).nonzero()[0]
        # The nearest to the price first; at one level, in the order of `LEVEL_KINDS`.
        order = lives[np.lexsort((pools.kind[lives], pools.side * pools.level[lives]))]
        self._pools = pools[order]
        self._from_at, self._until = from_at[order], np.minimum(until[order], len(close))
        self._close = close

    @property
    def level(self) -> Floats:
        """Nearest level beyond each close; NaN for none."""
        return look_up(self._pools.level, self._nearest, np.nan)

    @property
    def furthest(self) -> Floats:
        """Furthest untaken level at each close; NaN for none."""
        furthest_first = np.arange(len(self._from_at) - 1, -1, -1)
        lives = self._from_at[furthest_first], self._until[furthest_first]
        place = _first_covering(*lives, len(self._close))
        return look_up(self._pools.level[furthest_first], place, np.nan)

    @property
    def kind(self) -> npt.NDArray[np.object_]:
        """What that level is, of `LEVEL_KINDS`; an empty word for none."""
        words = np.array([*_LEVEL_KINDS, ""], np.object_)
        return words[look_up(self._pools.kind, self._nearest, len(POOL_KINDS))]

    @cached_property
    def _nearest(self) -> Ints:
        """Nearest pool beyond each close; -1 for none."""
        nearest = _first_covering(self._from_at, self._until, len(self._close))
        # An untaken level is never inside the close, but may equal it.
        ties = (look_up(self._pools.level, nearest, np.nan) == self._close).nonzero()[0]
        nearest[ties] = self._first_beyond(ties, self._close[ties])
        return nearest

    def beyond(self, at: Ints, price: Floats) -> Floats:
        """Return the nearest level beyond a price that is untaken at the close of each candle.

        Parameters
        ----------
        at : Ints
            Candles, shape (m,).
        price : Floats
            What the level must lie beyond, shape (m,).
        """
        return look_up(self._pools.level, self._first_beyond(at, price), np.nan)

    def waiting(self, at: int) -> Floats:
        """List the untaken levels at a candle's close, the nearest first; one may equal the close."""
        waiting: Floats = self._pools.level[(self._from_at <= at) & (self._until > at)]
        return waiting

    def waits_until(self, at: int, level: float) -> int:
        """First candle at whose close a level no longer waits that waited at another's; that one for none."""
        those = (self._pools.level == level) & (self._from_at <= at)
        return int(self._until[those].max(initial=at))

    def _first_beyond(self, at: Ints, price: Floats) -> Ints:
        """Nearest pool beyond each price that is untaken at the candle; -1 for none."""
        side, level = self._pools.side, self._pools.level
        by_age = self._from_at.argsort(kind="stable")
        from_at, longest = self._from_at[by_age], int((self._until - self._from_at).max(initial=0))
        older, known = from_at.searchsorted(at - longest, "right"), from_at.searchsorted(at, "right")
        nearest = np.full(len(at), len(level))
        for part in in_parts(len(at), max(int((known - older).max(initial=0)), 1)):
            asked, place = _spans(older[part], known[part])
            pool = by_age[place]
            waits = self._until[pool] > at[part][asked]
            waits &= side * (level[pool] - price[part][asked]) > 0
            np.minimum.at(nearest[part], asked[waits], pool[waits])
        return np.where(nearest < len(level), nearest, -1)


def _spans(start: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """List the numbers from each start to before its stop, and which of them each belongs to."""
    lengths = stop - start
    which = np.arange(len(start)).repeat(lengths)
    return which, np.arange(len(which)) + (start - lengths.cumsum() + lengths)[which]


def _first_covering(from_at: Ints, until: Ints, count: int) -> Ints:
    """First of the intervals, in their order, that covers each of `count` candles; -1 for none.

    An interval is the union of two whose length is a power of two. From the longest down, each passes
    its number to its two halves: a few passes over the candles, however many intervals there are.
    """
    first, interval = np.full(count, len(from_at)), np.arange(len(from_at))
    powers = np.frexp(until - from_at)[1] - 1
    for power in range(int(powers.max(initial=0)), -1, -1):
        chosen = interval[powers == power]
        np.minimum.at(first, from_at[chosen], chosen)
        np.minimum.at(first, until[chosen] - (1 << power), chosen)
        if power:
            half = 1 << (power - 1)
            np.minimum(first[half:], first[:-half], out=first[half:])
    return np.where(first < len(from_at), first, -1)

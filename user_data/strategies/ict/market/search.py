"""Where price first goes beyond a level: the one search that zones and pools share.

Both sides are searched at once. The bearish half is the chart upside down, with negated prices: "beyond"
is always upwards, and the two sides mirror each other exactly, because negation is exact.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ict.candles import Floats, Ints

NEVER = np.iinfo(np.int64).max
# Most levels are reached soon: look a little ahead for all of them, and further for the rest.
_LOOKS = (32, 256)
# Rows times columns worked on at once, so that they stay in the processor's cache and memory does
# not grow with history.
_CELLS_AT_ONCE = 1 << 16


def first_beyond(
    prices: Floats | tuple[Floats, Floats],
    level: Floats,
    direction: npt.NDArray[np.int8],
    known_at: Ints,
    *,
    horizon: int,
    touching_counts: bool = False,
) -> Ints:
    """First candle after `known_at`, at most `horizon` later, that goes beyond each level.

    Parameters
    ----------
    prices : Floats or tuple[Floats, Floats]
        Prices for levels that are broken upwards, and for those that are broken downwards, each of shape
        (n,); one array where they are the same.
    level, direction, known_at
        Price of each level, +1 where it is broken upwards and -1 downwards, and the candle after which
        to search, each of shape (m,).
    horizon : int
        Candles to look at.
    touching_counts : bool
        Whether a price equal to the level is beyond it.

    Returns
    -------
    Ints
        Shape (m,); `NEVER` where there is none.
    """
    upwards, downwards = prices if isinstance(prices, tuple) else (prices, prices)
    count = len(upwards)
    # After the last candle comes NaN, which is beyond nothing.
    flat = both_ways(upwards, downwards, padding=horizon)
    start = known_at + 1 + np.where(direction > 0, 0, count + horizon)
    signed = direction * level
    found = np.full(len(level), NEVER)
    left, seen = np.arange(len(level)), 0
    for look in _looks(len(level), horizon):
        windows = _windows(flat, look - seen)
        for chosen in in_parts(len(left), look - seen):
            part = left[chosen]
            window, bound = windows[start[part] + seen], signed[part, None]
            beyond = window >= bound if touching_counts else window > bound
            first = beyond.argmax(axis=1)
            hit = beyond[np.arange(len(part)), first]
            found[part[hit]] = (known_at[part] + 1 + seen + first)[hit]
        left, seen = left[found[left] == NEVER], look
    return found


def both_ways(upright: Floats, upside_down: Floats, padding: int = 0) -> Floats:
    """Concatenate prices and other prices negated, each followed by NaN."""
    count = len(upright)
    rows = np.empty((2, count + padding))
    rows[0, :count] = upright
    np.negative(upside_down, out=rows[1, :count])
    rows[:, count:] = np.nan
    return rows.ravel()


def _looks(levels: int, horizon: int) -> tuple[int, ...]:
    # So few that one search over all of it is cheaper than several.
    if levels * horizon <= _CELLS_AT_ONCE:
        return (horizon,)
    return (*(look for look in _LOOKS if look < horizon), horizon)


def _windows(values: Floats, width: int) -> Floats:
    """View of every run of `width` values; NumPy's sliding_window_view does the same, but starts slower."""
    step = values.itemsize
    return np.ndarray((len(values) - width + 1, width), values.dtype, values, strides=(step, step))


def in_parts(count: int, width: int) -> Iterator[slice]:
    """Cut rows of this width into parts of at most some tens of thousands of cells."""
    step = max(1, _CELLS_AT_ONCE // width)
    return (slice(start, start + step) for start in range(0, count, step))

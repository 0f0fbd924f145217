"""Where the candles of a higher timeframe come from: given ones, checked, and base candles (HTF-1)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ict.candles import PRICES, Candles, Ints
from ict.errors import CandleError, ParameterError
from ict.market.higher import TIMEFRAMES
from ict.market.runs import run_starts


def higher_candles(timeframe: str, frame: pd.DataFrame) -> Candles:
    """Check a frame of a higher timeframe and take its candles.

    A single one is left out: it does not show its length, and base candles give the same one.

    Raises
    ------
    CandleError
        As `Candles.from_frame`, and when the candles are not as long as the timeframe: a day taken for
        four hours would be seen twenty hours early.
    ParameterError
        When the timeframe has an unknown name.
    """
    if timeframe not in TIMEFRAMES:
        raise ParameterError(f"higher timeframes must be among {', '.join(TIMEFRAMES)}, was {timeframe}")
    try:
        candles = Candles.from_frame(frame)
    except CandleError as error:
        raise CandleError(f"{timeframe} candles: {error}", error.at) from None
    check_length(candles, timeframe, TIMEFRAMES[timeframe])
    return candles if len(candles) > 1 else candles[:0]


def check_length(candles: Candles, timeframe: str, span: int) -> None:
    """Refuse candles of another length than their timeframe's; candles may be missing between them.

    Parameters
    ----------
    candles : Candles
        Any number of them; a single one has no length to check.
    timeframe : str
        Their name, one of `TIMEFRAMES`.
    span : int
        Its length, nanoseconds.

    Raises
    ------
    CandleError
        When the shortest or the usual distance of two candles is not that length.
    """
    steps = np.diff(candles.time)
    if not len(steps):
        return
    # Of three candles one may be missing: the lower one of two middle distances.
    middle = (len(steps) - 1) // 2
    shortest, usual = int(steps.min()), int(np.partition(steps, middle)[middle])
    found = shortest if shortest < span else usual
    if found != span:
        raise CandleError(f"{timeframe} candles must be {_length(span)} apart, are {_length(found)} apart")


def _length(span: int) -> str:
    return str(pd.Timedelta(span, unit="ns"))


def joined(candles: Candles, given: Candles, span: int) -> Candles:
    """Join given candles of a higher timeframe with ones made from base candles where none is given (HTF-1).

    So a trend never depends on a candle that is weeks old. A given candle without height, where base
    candles moved, is a host's filler for a hole and does not count. Given candles before a hole that
    reaches up to the first base candle are left out, because nothing can fill it.

    Parameters
    ----------
    candles : Candles
        Base candles.
    given : Candles
        Candles of the higher timeframe; may have holes.
    span : int
        Length of a higher candle, nanoseconds.
    """
    if not len(candles):
        return given
    return _filled(candles, _up_to_base(candles, _real(candles, given, span), span), span)


def whole_days(candles: Candles, given: Candles) -> Candles:
    """Join given daily candles with ones made from base candles where none is given (LEVEL-1).

    Unlike `joined`, a hole before the first base candle hides nothing: weeks and months are made of the
    available days.

    Parameters
    ----------
    candles, given : Candles
        As for `joined`.
    """
    span = TIMEFRAMES["1d"]
    return _filled(candles, _real(candles, given, span), span) if len(candles) else given


def _filled(candles: Candles, given: Candles, span: int) -> Candles:
    """Given candles, and candles made from base candles that overlap none of them."""
    lacking = _not_given(_closed_buckets(candles, span), given, span)
    if len(given) and not len(lacking):
        return given
    made = aggregated(candles, span)
    if not len(given):
        return made
    made = made[made.time.searchsorted(lacking)]
    order = np.concatenate([given.time, made.time]).argsort(kind="stable")
    return Candles(
        *(np.concatenate([getattr(given, name), getattr(made, name)])[order] for name in ("time", *PRICES))
    )


def missing(candles: Candles, given: Candles, span: int) -> Ints:
    """Open times of the higher candles that should be among those given, and are not.

    One that closed no longer than its own length before the last base candle may still come.

    Parameters
    ----------
    candles, given, span
        As for `joined`.
    """
    if not (len(candles) and len(given)):
        return np.zeros(0, np.int64)
    newest = candles.time[-1] + candles.step - 2 * span
    return _not_given(np.arange(given.time[0], newest, span), _real(candles, given, span), span)


def _closed_buckets(candles: Candles, span: int) -> Ints:
    """Open times of the higher candles that base candles cover from beginning to end."""
    opens = candles.time // span * span
    opens = opens[run_starts(opens)]
    closed = opens + span <= candles.time[-1] + candles.step
    buckets: Ints = opens[(opens >= candles.time[0]) & closed]
    return buckets


def _not_given(opens: Ints, given: Candles, span: int) -> Ints:
    """Higher candles that overlap no given one."""
    first, end = given.time.searchsorted(opens - span, side="right"), given.time.searchsorted(opens + span)
    alone: Ints = opens[first == end]
    return alone


def _real(candles: Candles, given: Candles, span: int) -> Candles:
    """Given candles without those that have no height where base candles moved."""
    flat = given.high == given.low
    if not flat.any():
        return given
    made = aggregated(candles, span)
    moved = made.time[made.high > made.low]
    return given[(~(flat & np.isin(given.time, moved))).nonzero()[0]]


def _up_to_base(candles: Candles, given: Candles, span: int) -> Candles:
    """Given candles without those before a hole that reaches up to the first base candle."""
    first = candles.time[0] // span * span
    older = int(given.time.searchsorted(first))
    return given[older:] if older and given.time[older - 1] + span < first else given


def aggregated(candles: Candles, span: int) -> Candles:
    """Candles of a higher timeframe from base candles, aligned to UTC.

    A first higher candle whose beginning is missing is left out. The last one may be unfinished: see its
    close time.

    Parameters
    ----------
    candles : Candles
        Base candles.
    span : int
        Length of a higher candle, nanoseconds.
    """
    bucket = candles.time // span
    starts = run_starts(bucket)
    if len(starts) and candles.time[0] % span:
        starts = starts[1:]
    if not len(starts):
        return candles[:0]
    last = np.append(starts[1:], len(candles)) - 1
    return Candles(
        bucket[starts] * span,
        candles.open[starts],
        np.maximum.reduceat(candles.high, starts),
        np.minimum.reduceat(candles.low, starts),
        candles.close[last],
    )

"""Random entries with the same stops: what chance alone would have made of a backtest's exits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict_lab.errors import LabError
from ict_lab.trades import Backtest

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Fewer exits at the target tell nothing about where it was.
LEAST_TARGET_EXITS = 5


@dataclass(frozen=True)
class RandomEntries:
    """What random entries would have made.

    Attributes
    ----------
    mean_r : Floats
        Mean R multiple of each draw, after fees and before funding, shape (draws,).
    actual_mean_r : float
        The backtest's own mean R multiple, likewise after fees and before funding.
    target_r : float
        Distance of the target, in R; NaN where the strategy has none and each random trade was held
        as long as the trade that it stands for.
    trades : int
        Trades a draw: those of the backtest whose pair has candles.
    """

    mean_r: Floats
    actual_mean_r: float
    target_r: float
    trades: int

    @property
    def p_value(self) -> float:
        """Part of the draws that did at least as well as the backtest, itself counted in."""
        return float((1 + np.sum(self.mean_r >= self.actual_mean_r)) / (1 + len(self.mean_r)))


def enter_at_random(
    backtest: Backtest, candles: Mapping[str, pd.DataFrame], *, draws: int = 500, seed: int = 1
) -> RandomEntries:
    """Trade random candles with a backtest's own pairs, sides, stops, target and fees, many times.

    For each trade a draw takes a candle of its pair between the backtest's start and end, each as likely
    as any other, and enters at its open: same side, same stop distance in percent, same target in R
    (the median of the backtest's exits at a target), same fee rates. The stop comes before the target
    within a candle, as in Freqtrade; both fill at their price, or at the open where that lies beyond.
    A strategy without a target is held as long as the trade it stands for, unless stopped. What the data's
    end leaves open closes at its last close. Left out: funding, trailing, break-even and partial exits,
    and that only one position a pair may be open.

    Parameters
    ----------
    backtest : Backtest
        With the risk of every trade known: those whose stop has moved are mostly winners, and a comparison
        without them would be with another strategy.
    candles : Mapping[str, pandas.DataFrame]
        For each pair date (UTC), open, high, low, close of the backtest's timeframe, oldest first. Trades
        of a pair that is not there are left out.
    draws : int
        How often the whole backtest is entered at random.
    seed : int
        The same seed gives the same draws.

    Raises
    ------
    LabError
        When no traded pair has candles, or the risk of a trade is not known.
    """
    trades = backtest.trades[backtest.trades["pair"].isin(list(candles))]
    if trades.empty:
        raise LabError("random entries need candles of a traded pair; there are none")
    unknown = int(trades["risk_abs"].isna().sum())
    if unknown:
        raise LabError(
            f"random entries need the first stop of each trade; {unknown} of {len(trades)} lack it"
        )
    target_r = target_of(trades)
    random = np.random.default_rng(seed)
    total = np.zeros(draws)
    for pair, of_pair in trades.groupby("pair", sort=True):
        frame = candles[str(pair)]
        frame = frame[frame["date"].between(backtest.start, backtest.end)]
        if frame.empty:
            raise LabError(f"candles of {pair} must reach into {backtest.start} to {backtest.end}, did not")
        market = frame[["open", "high", "low", "close"]].to_numpy(float)
        total += _results(market, of_pair, target_r, draws, random, _step(frame)).sum(axis=0)
    actual = (trades["gross_abs"] - trades["fees_abs"]) / trades["risk_abs"]
    return RandomEntries(total / len(trades), float(actual.mean()), target_r, len(trades))


def target_of(trades: pd.DataFrame) -> float:
    """Return the distance of the target in R, as the exits at one show it; NaN where there are too few."""
    ended = trades[trades["exit_reason"] == "roi"]
    distance = (ended["close_rate"] - ended["open_rate"]).abs()
    in_r = (distance / (ended["open_rate"] - ended["first_stop"]).abs()).dropna()
    return float(in_r.median()) if len(in_r) >= LEAST_TARGET_EXITS else float("nan")


def _step(frame: pd.DataFrame) -> pd.Timedelta:
    return pd.Timedelta(frame["date"].diff().median())


def _results(
    market: Floats,
    trades: pd.DataFrame,
    target_r: float,
    draws: int,
    random: np.random.Generator,
    step: pd.Timedelta,
) -> Floats:
    """R multiples after fees of random entries, shape (trades, draws)."""
    shape = (len(trades), draws)
    at = random.integers(0, len(market), size=shape).ravel()
    side, distance, fee_open, fee_close = (
        np.repeat(values, draws)
        for values in (
            np.where(trades["is_short"], -1.0, 1.0),
            ((trades["open_rate"] - trades["first_stop"]).abs() / trades["open_rate"]).to_numpy(float),
            trades["fee_open"].to_numpy(float),
            trades["fee_close"].to_numpy(float),
        )
    )
    entry = market[at, 0]
    stop = entry * (1 - side * distance)
    last = np.full(len(at), len(market) - 1)
    if np.isnan(target_r):
        lasted = (trades["close_date"] - trades["open_date"]).dt.total_seconds().to_numpy(float)
        held = (lasted / step.total_seconds()).astype(np.int64)
        last = np.minimum(last, at + np.repeat(held, draws))
    left = walk(market, at, last, side, stop, entry * (1 + side * distance * target_r))
    result = side * (left - entry) - fee_open * entry - fee_close * left
    in_r: Floats = (result / (entry * distance)).reshape(shape)
    return in_r


def walk(market: Floats, at: Ints, last: Ints, side: Floats, stop: Floats, target: Floats) -> Floats:
    """Find the prices at which trades leave, each entered at the open of a candle.

    Parameters
    ----------
    market : Floats
        Open, high, low, close, shape (candles, 4).
    at, last : Ints
        Candle of the entry, and the one at whose close a trade is over, shape (n,).
    side : Floats
        +1 long, -1 short, shape (n,).
    stop, target : Floats
        Prices, shape (n,); a NaN target is none.

    Returns
    -------
    Floats
        Exit prices, shape (n,).
    """
    left: Floats = market[last, 3].copy()
    running = np.arange(len(at))
    candle = at.copy()
    # Seen by a short, the market is upside down: its worst price is the highest.
    worst, best = np.where(side > 0, 2, 1), np.where(side > 0, 1, 2)
    while len(running):
        mine, now = side[running], candle[running]
        opened = mine * market[now, 0]
        stopped = mine * market[now, worst[running]] <= mine * stop[running]
        reached = mine * market[now, best[running]] >= mine * target[running]
        loss = mine * np.minimum(mine * stop[running], opened)
        gain = mine * np.fmax(mine * target[running], opened)
        ended = stopped | reached
        left[running[ended]] = np.where(stopped, loss, gain)[ended]
        running = running[~ended & (now < last[running])]
        candle[running] += 1
    return left

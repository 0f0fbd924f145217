"""Markets of which everything is known: a random walk, and one that follows its entries."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from ict_lab.chance.exits import Entries, follow, targets
from ict_lab.chance.markets import Course, Market, course_of
from ict_lab.chance.parts import Part
from ict_lab.chance.replay import replay
from ict_lab.chance.rules import ExitRule
from ict_lab.trades import Backtest
from ict_lab.verdict.subjects import Subject

PAIR = "BTC/USDT:USDT"
START = pd.Timestamp("2024-01-01", tz="UTC")
STEP = pd.Timedelta(hours=1)
STEPS_A_CANDLE = 8
VOLATILITY = 0.001  # of a candle, ratio of the price
RULE = ExitRule(target_r=2.0)
Floats = npt.NDArray[np.float64]


def candles_of(log_moves: Floats, price: float = 100.0) -> pd.DataFrame:
    """Candles of the moves within them, shape (candles, steps)."""
    path = price * np.exp(np.cumsum(log_moves.ravel())).reshape(log_moves.shape)
    opened = np.concatenate([[price], path[:-1, -1]])
    frame = pd.DataFrame(
        {
            "date": pd.date_range(START, periods=len(path), freq=STEP),
            "open": opened,
            "high": np.maximum(opened, path.max(axis=1)),
            "low": np.minimum(opened, path.min(axis=1)),
            "close": path[:, -1],
        }
    )
    return frame.assign(volume=1.0)


def random_moves(count: int, random: np.random.Generator) -> Floats:
    """Draw the moves of a market without memory, whose price is expected to stay what it is."""
    deviation = VOLATILITY / np.sqrt(STEPS_A_CANDLE)
    return random.normal(-(deviation**2) / 2, deviation, (count, STEPS_A_CANDLE))


def market_of(frame: pd.DataFrame, pair: str = PAIR, first: int = 0, funding: float = 0.0) -> Market:
    """One pair; a long pays so much funding with the open of every candle."""
    paid = funding * np.arange(1, len(frame) + 1)
    return Market(pair, frame, {}, first, paid - funding, paid)


def trades_from(course: Course, at: npt.NDArray[np.int64], side: Floats, distance: Floats, fee: float):
    """Trades as Freqtrade would export them: entered at opens of candles, one unit each."""
    opened = course.open[at]
    half = np.where(side < 0, course.half, 0)
    entry = course.open[at + half]
    stop = entry - np.abs(entry) * distance
    last = np.full(len(at), course.half - 1) + half
    fees = np.full(len(at), fee)
    entries = Entries(at + half, stop, targets(entry, stop, RULE), last, fees, fees)
    results = follow(course, entries, RULE)
    dates = pd.to_datetime(course.dates[PAIR], utc=True)
    return pd.DataFrame(
        {
            "pair": PAIR,
            "open_date": dates[at],
            "close_date": dates[results.ended_at % course.half],
            "open_rate": opened,
            "close_rate": np.abs(results.exit),
            "is_short": side < 0,
            "amount": 1.0,
            "entered": 1.0,
            "stake_amount": opened,
            "leverage": 1.0,
            "fee_open": fee,
            "fee_close": fee,
            "first_stop": np.abs(stop),
            "profit_abs": results.net,
            "gross_abs": results.gross,
            "funding_abs": results.funding,
            "exit_reason": "roi",
        }
    ).sort_values(["close_date", "open_date"], kind="stable", ignore_index=True)


def subject_of(trades: pd.DataFrame, market: Market, balance: float = 10_000.0) -> Subject:
    """Make what the verdict would read from an export of these trades."""
    dates = market.frame["date"]
    backtest = Backtest(
        "Synthetic", "1h", (PAIR,), dates.iloc[market.first], dates.iloc[-1], balance, "USDT", trades, Path()
    )
    course = course_of([market], None)
    replayed = replay(trades, course, [market], RULE, None)
    return Subject("Synthetic", [Part(backtest, None, RULE, "variant", [market], course, replayed)], False)


def traded(
    seed: int,
    trades: int,
    *,
    candles: int = 2000,
    fee: float = 0.0,
    plant: Callable[[Floats, npt.NDArray[np.int64], Floats], Floats] | None = None,
) -> Subject:
    """Enter a random walk at random on either side, with stops of 0.15 % to 0.3 %.

    Parameters
    ----------
    plant : Callable, optional
        Given the market's moves, the candles of the entries and their sides, returns other moves: where
        an edge is planted.
    """
    random = np.random.default_rng(seed)
    moves = random_moves(candles, random)
    at = np.sort(random.choice(candles - 50, trades, replace=False))
    side = random.choice([-1.0, 1.0], trades)
    if plant is not None:
        moves = plant(moves, at, side)
    market = market_of(candles_of(moves))
    distance = random.uniform(0.0015, 0.003, trades)
    return subject_of(trades_from(course_of([market], None), at, side, distance, fee), market)


def drifting(part: float, length: int = 8) -> Callable[..., Floats]:
    """Plant an edge: after an entry the market drifts its way a while, by a part of its volatility."""

    def plant(moves: Floats, at: npt.NDArray[np.int64], side: Floats) -> Floats:
        drift = np.zeros(len(moves))
        for offset in range(length):
            np.add.at(drift, np.minimum(at + offset, len(moves) - 1), side * part * VOLATILITY)
        return moves + drift[:, None] / STEPS_A_CANDLE

    return plant

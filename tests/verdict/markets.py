"""Markets of which everything is known: a random walk, and one that follows its entries."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from ict_lab.chance.own_trades import follow_own
from ict_lab.chance.traced import TracedRun
from ict_lab.replay.exits import Entries, Reason, Results, deadlines, simulate_exits, targets
from ict_lab.replay.markets import Market
from ict_lab.replay.tape import Tape, tape_of
from ict_lab.runs.export import Export
from ict_lab.runs.run import BacktestRun
from ict_lab.verdict.track_record import TrackRecord

from ict.exits.engine import Exits
from ict.exits.target import Target

PAIR = "BTC/USDT:USDT"
START = pd.Timestamp("2024-01-01", tz="UTC")
STEP = pd.Timedelta(hours=1)
STEPS_A_CANDLE = 8
VOLATILITY = 0.001  # of a candle, ratio of the price
EXITS = Exits(Target(2.0))
Floats = npt.NDArray[np.float64]


def candles_of(log_moves: Floats, price: float = 100.0) -> pd.DataFrame:
    """Candles of the moves within them, shape (candles, steps)."""
    path = price * np.exp(np.cumsum(log_moves.ravel())).reshape(log_moves.shape)
    opened = np.concatenate([[price], path[:-1, -1]])
    frame = pd.DataFrame(
        {"date": pd.date_range(START, periods=len(path), freq=STEP), "open": opened,
         "high": np.maximum(opened, path.max(axis=1)), "low": np.minimum(opened, path.min(axis=1)),
         "close": path[:, -1]},
    )  # fmt: skip
    return frame.assign(volume=1.0)


def random_moves(count: int, random: np.random.Generator) -> Floats:
    """Draw the moves of a market without memory, whose price is expected to stay what it is."""
    deviation = VOLATILITY / np.sqrt(STEPS_A_CANDLE)
    return random.normal(-(deviation**2) / 2, deviation, (count, STEPS_A_CANDLE))


def market_of(frame: pd.DataFrame, pair: str = PAIR, first: int = 0, funding: float = 0.0) -> Market:
    """One pair; a long pays so much funding with the open of every candle."""
    paid = funding * np.arange(1, len(frame) + 1)
    return Market(pair, frame, {}, first, paid - funding, paid)


def entries_of(
    tape: Tape, at: npt.NDArray[np.int64], stop: Floats, exits: Exits = EXITS, fee: float = 0.0, **other: Any
) -> Entries:
    """Entries at candles of the tape, each in the half of its side; off any grid."""
    fees, nothing = np.full(len(at), fee), np.zeros(len(at))
    part = np.full(len(at), exits.partial.share if exits.partial else 0.0)
    target = targets(tape.open[at], stop, exits)
    opened, rests, pool = tape.open[at], np.zeros(len(at), np.bool_), np.full(len(at), np.nan)
    entries = Entries(
        at, opened, opened, stop, target, nothing, deadlines(at, exits), part, pool, fees, fees, rests
    )
    return replace(entries, **other)


def trades_from(tape: Tape, at: npt.NDArray[np.int64], side: Floats, distance: Floats, fee: float):
    """Trades as Freqtrade would export them: entered at opens of candles, one unit each."""
    there = at + np.where(side < 0, tape.half, 0)
    entry = tape.open[there]
    entries = entries_of(tape, there, entry - np.abs(entry) * distance, fee=fee)
    return exported(tape, entries, simulate_exits(tape, entries, EXITS))


def exported(tape: Tape, entries: Entries, results: Results):
    """Give trades of one unit each the shape of Freqtrade's export."""
    dates = pd.to_datetime(tape.dates[PAIR], utc=True)
    opened, fee = np.abs(tape.open[entries.at]), float(entries.fee_open[0])
    columns = {
        "pair": PAIR, "open_date": dates[entries.at % tape.half],
        "close_date": dates[results.ended_at % tape.half], "open_rate": opened,
        "close_rate": np.abs(results.exit), "is_short": entries.at >= tape.half, "amount": 1.0,
        "entered": 1.0, "stake_amount": opened, "leverage": 1.0, "fee_open": fee, "fee_close": fee,
        "first_stop": np.abs(entries.stop), "profit_abs": results.net, "gross_abs": results.gross,
        "funding_abs": results.funding, "exit_reason": [Reason(code).name.lower() for code in results.reason],
        "r_multiple": results.net_r, "risk_abs": results.risk,
    }  # fmt: skip
    return pd.DataFrame(columns).sort_values(["close_date", "open_date"], kind="stable", ignore_index=True)


def run_of(trades: pd.DataFrame, market: Market, balance: float = 10_000.0, **results: Any) -> BacktestRun:
    first, last = (int(market.times[row] // 10**6) for row in (market.first, -1))
    given = {
        "timeframe": "1h", "pairlist": [market.pair], "backtest_start_ts": first, "backtest_end_ts": last,
        "starting_balance": balance, "stake_currency": "USDT", **results,
    }  # fmt: skip
    return BacktestRun(Export("Synthetic", given, Path()), trades)


def traced_of(trades: pd.DataFrame, market: Market, exits: Exits | None = EXITS) -> TracedRun:
    """Follow trades whose exits are known; None has them found out from the trades."""
    run, tape = run_of(trades, market), tape_of([market])
    if exits is not None:
        # A cached property: what the settings of one of our strategies would say.
        vars(run).update(exits=exits)
    return TracedRun(run, [market], tape, follow_own(run, [market], tape))


def record_of(trades: pd.DataFrame, market: Market) -> TrackRecord:
    return TrackRecord("Synthetic", [traced_of(trades, market)], unseen=False)


def traded(
    seed: int, trades: int, *, candles: int = 2000, fee: float = 0.0,
    plant: Callable[[Floats, npt.NDArray[np.int64], Floats], Floats] | None = None,
) -> TrackRecord:  # fmt: skip
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
    return record_of(trades_from(tape_of([market]), at, side, distance, fee), market)


def drifting(part: float, length: int = 8) -> Callable[..., Floats]:
    """Plant an edge: after an entry the market drifts its way a while, by a part of its volatility."""

    def plant(moves: Floats, at: npt.NDArray[np.int64], side: Floats) -> Floats:
        drift = np.zeros(len(moves))
        for offset in range(length):
            np.add.at(drift, np.minimum(at + offset, len(moves) - 1), side * part * VOLATILITY)
        return moves + drift[:, None] / STEPS_A_CANDLE

    return plant

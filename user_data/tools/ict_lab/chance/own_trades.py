"""A backtest's own trades through the simulation: whether it ends them as Freqtrade did."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ict.candles import Bools, Floats
from ict.desk.grid import Grid
from ict.desk.levels import LevelError
from ict.desk.plan import Signal
from ict_lab.replay.engine import Setup, least_distance
from ict_lab.replay.exits import Entries, Results, deadlines, simulate_exits, targets
from ict_lab.replay.grids import target_onto_grid
from ict_lab.replay.markets import Market
from ict_lab.replay.tape import Ints, Tape
from ict_lab.runs.run import BacktestRun
from ict_lab.runs.trades import in_r

# A trade agrees when it ends in the same candle and its result differs by no more than this, in R: what
# rounding a stop to the tick, or a fill to the amount's step, makes of a result.
TOLERANCE_R = 0.02
# With fewer trades in agreement, and another mean, nothing is compared with the simulation.
LEAST_AGREEMENT = 0.95
STOPS = ("stop_loss", "trailing_stop_loss", "liquidation")


@dataclass(frozen=True)
class OwnTrades:
    """A backtest's trades, as they were and as the simulation has them.

    Attributes
    ----------
    trades : pandas.DataFrame
        Those whose first stop and candles are known, shape (n,).
    entries : Entries
        The same, to be followed.
    results : Results
        What the simulation makes of them.
    agree : Bools
        Where both end in the same candle with the same result.
    """

    trades: pd.DataFrame
    entries: Entries
    results: Results
    agree: Bools

    @property
    def amounts(self) -> Floats:
        """Units that each trade entered."""
        amounts: Floats = self.trades["entered"].to_numpy(float)
        return amounts


def follow_own(run: BacktestRun, markets: Sequence[Market], tape: Tape) -> OwnTrades:
    """Follow a backtest's own entries through the simulation.

    Parameters
    ----------
    run : BacktestRun
        The backtest. Trades of a strategy with exits of its own end when they did, if their stop was not
        hit before.
    markets, tape : Sequence[Market], Tape
        Candles of its pairs.
    """
    trades = _with_stops(run, markets)
    side = np.where(trades["is_short"], -1.0, 1.0)
    at, ended_at = _places(trades, "open_date", tape), _places(trades, "close_date", tape)
    entry, stop = (side * trades[name].to_numpy(float) for name in ("open_rate", "first_stop"))
    ticks = np.concatenate([market.ticks[market.first :] for market in markets])[at % tape.half]
    entries = Entries(
        at=at,
        entry=entry,
        planned=entry,
        stop=stop,
        target=target_onto_grid(targets(entry, stop, run.exits), ticks),
        tick=ticks,
        deadline=_deadlines(run, trades, at, ended_at),
        part=np.array([_part_of(trade) for trade in trades.to_dict("records")]),
        pool=np.full(len(at), np.nan),
        fee_open=trades["fee_open"].to_numpy(float),
        fee_close=trades["fee_close"].to_numpy(float),
        rests=np.zeros(len(at), np.bool_),
    )
    results = simulate_exits(tape, entries, run.exits)
    differs = np.abs(results.net_r - trades["r_multiple"].to_numpy(float))
    agree = (results.ended_at == ended_at) & (differs <= TOLERANCE_R)
    return OwnTrades(trades.reset_index(drop=True), entries, results, agree)


def disagreement(owns: Sequence[OwnTrades]) -> str:
    """Say how a simulation differs from the backtest too much to be compared; empty where it does not.

    A few trades that end elsewhere say nothing of the mean, which is what is compared: too few in
    agreement and another mean are needed.
    """
    agree = np.concatenate([own.agree for own in owns])
    ours = np.concatenate([own.results.net_r for own in owns])
    theirs = np.concatenate([own.trades["r_multiple"].to_numpy(float) for own in owns])
    if not len(agree):
        return "no trade's first stop is known"
    differs = abs(float(ours.mean() - theirs.mean()))
    if agree.mean() >= LEAST_AGREEMENT or differs <= TOLERANCE_R:
        return ""
    return (
        f"the simulation ends only {agree.mean():.1%} of the trades as Freqtrade did, of "
        f"{LEAST_AGREEMENT:.0%} that it takes, and its mean is {differs:.2f} R off"
    )


def _deadlines(run: BacktestRun, trades: pd.DataFrame, at: Ints, ended_at: Ints) -> Ints:
    if not run.has_exits_of_its_own:
        return deadlines(at, run.exits)
    return ended_at + was_stopped(trades)


def _part_of(trade: Mapping[Hashable, Any]) -> float:
    """Share that the first of several exits closed."""
    exits = [order["amount"] for order in trade.get("orders", ()) if not order["ft_is_entry"]]
    return float(exits[0] / trade["entered"]) if len(exits) > 1 else 0.0


def was_stopped(trades: pd.DataFrame) -> Bools:
    """Whether a stop ended each trade."""
    return trades["exit_reason"].isin(STOPS).to_numpy()


def _places(trades: pd.DataFrame, column: str, tape: Tape) -> Ints:
    """Candle of each trade's opening or closing, in the half of its side."""
    at = np.empty(len(trades), np.int64)
    pairs, times = trades["pair"].to_numpy(), trades[column].dt.as_unit("ns").astype("int64").to_numpy()
    for pair, begins in tape.begins.items():
        mine = pairs == pair
        at[mine] = begins + np.searchsorted(tape.dates[pair], times[mine], side="right") - 1
    return at + np.where(trades["is_short"], tape.half, 0)


def _with_stops(run: BacktestRun, markets: Sequence[Market]) -> pd.DataFrame:
    """Add the stop that its signal gave where the export does not say it; drop trades without one."""
    trades, first = run.trades, run.trades["first_stop"].astype(float)
    if run.setup is not None and first.isna().any():
        stops = {market.pair: _SignalledStops(market, run.setup) for market in markets}
        columns = trades[["pair", "open_date", "open_rate", "is_short"]]
        given = [stops[pair].at(*trade) for pair, *trade in columns.itertuples(index=False)]
        first = first.fillna(pd.Series(given, index=trades.index))
    side = np.where(trades["is_short"], -1.0, 1.0)
    known = in_r(trades, first)
    stopped_behind: pd.Series[bool] = side * (known["open_rate"] - first) > 0
    return known.loc[stopped_behind]


class _SignalledStops:
    """Stops that a strategy's signals gave, for exports that do not name them."""

    def __init__(self, market: Market, setup: Setup) -> None:
        columns = market.columns
        assert columns is not None
        self._market, self._entries = market, setup.find_entries(columns)
        self._least = least_distance(columns, setup.params, len(market.frame))

    def at(self, opened: pd.Timestamp, entry: float, is_short: bool) -> float:
        """First stop of a trade that was opened at the candle after a signal; NaN where there was none."""
        row = int(self._market.frame["date"].searchsorted(opened)) - 1
        side = -1 if is_short else 1
        if row < 0 or self._entries.direction[row] != side:
            return float("nan")
        stop, least = float(self._entries.stop[row]), float(self._least[row])
        try:
            return Signal(side, stop, least, score=0.0, close=entry).stop_for(
                entry, Grid(float(self._market.ticks[row]), 1.0)
            )
        except LevelError:
            return float("nan")

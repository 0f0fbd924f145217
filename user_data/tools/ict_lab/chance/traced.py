"""A backtest on its candles: what it takes to follow its trades again, or to enter others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ict_lab.chance.own_trades import OwnTrades, follow_own
from ict_lab.replay.markets import Market, fundings, load_market
from ict_lab.replay.tape import Tape, tape_of
from ict_lab.runs.run import BacktestRun
from ict_lab.runs.trades import without_funding


@dataclass(frozen=True)
class TracedRun:
    """One backtest with its candles.

    Attributes
    ----------
    run : BacktestRun
        Its trades and settings.
    markets : Sequence[Market]
        Candles of the pairs that it traded, in the order of the whitelist.
    tape : Tape
        The same, end to end.
    own : OwnTrades
        Its trades through the simulation.
    unfunded : int
        Trades that lack funding, see `without_funding`.
    """

    run: BacktestRun
    markets: Sequence[Market]
    tape: Tape
    own: OwnTrades
    unfunded: int = 0


def trace(run: BacktestRun, folder: Path) -> TracedRun:
    """Load the candles of a backtest, and follow its trades on them.

    Parameters
    ----------
    run : BacktestRun
        With trades.
    folder : pathlib.Path
        Freqtrade's data folder of the exchange.

    Raises
    ------
    LabError
        When the candles are not there, or the export's settings make no sense.
    """
    params = run.own_setup.params if run.own_setup else None
    traded = set(run.trades["pair"])
    markets = [
        load_market(folder, pair, run.timeframe, run.start, run.end, params, run.contract(pair).tick)
        for pair in run.pairs
        if pair in traded
    ]
    tape = tape_of(markets, run.exits.trail_timeframe)
    return TracedRun(run, markets, tape, follow_own(run, markets, tape), _unfunded(run, folder, traded))


def _unfunded(run: BacktestRun, folder: Path, pairs: Iterable[str]) -> int:
    # Freqtrade may have been told what to count where a rate is missing.
    is_told = run.export.config.get("futures_funding_rate") is not None
    known = None if is_told else {pair: pd.DatetimeIndex(fundings(folder, pair)["date"]) for pair in pairs}
    return without_funding(run.trades, known)

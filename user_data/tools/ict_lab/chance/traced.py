"""A backtest on its candles: what it takes to follow its trades again, or to enter others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ict_lab.chance.own_trades import OwnTrades, follow_own
from ict_lab.replay.markets import Market, load_market
from ict_lab.replay.tape import Tape, tape_of
from ict_lab.runs.run import BacktestRun


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
    """

    run: BacktestRun
    markets: Sequence[Market]
    tape: Tape
    own: OwnTrades


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
    return TracedRun(run, markets, tape, follow_own(run, markets, tape))

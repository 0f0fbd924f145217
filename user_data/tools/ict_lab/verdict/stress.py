"""The same trades under worse fills and costs than Freqtrade's backtest has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ict.candles import Bools, Floats
from ict_lab.chance.traced import TracedRun
from ict_lab.replay.exits import Entries, FillModel, Results, simulate_exits, targets


@dataclass(frozen=True)
class Stress:
    """What became of the trades.

    Attributes
    ----------
    name : str
        What was worse.
    trades : int
        Trades that were still entered.
    expectancy_r : float
        Mean result after costs, in the R that each trade risked in the backtest.
    total : float
        Sum of the results after costs, in the stake currency, with the amounts of the backtest.
    """

    name: str
    trades: int
    expectancy_r: float
    total: float


def stressed(runs: Sequence[TracedRun], slippage: float) -> list[Stress]:
    """Replay the trades under each worsening, and under all of them.

    A delayed entry is filled at the open of the next candle, with the stop where it was and the target
    as many R away as before; it falls out when that open is beyond the stop, or the candles are over.

    Parameters
    ----------
    runs : Sequence[TracedRun]
        The backtests.
    slippage : float
        How much worse a stop is filled, ratio of its price.
    """
    gaps = f"stops through gaps at the open, and {slippage * 1e4:g} bp worse"
    slips = FillModel(through_gaps=True, stop_slippage=slippage)
    cases = [
        ("as the backtest fills", FillModel(), False),
        ("stops through gaps at the open", FillModel(through_gaps=True), False),
        (gaps, slips, False),
        ("fees doubled", FillModel(fee_factor=2.0), False),
        ("entries one candle later", FillModel(), True),
        ("all of these", replace(slips, fee_factor=2.0), True),
    ]
    return [_stress(runs, name, fills, late) for name, fills, late in cases]


def _stress(runs: Sequence[TracedRun], name: str, fills: FillModel, late: bool) -> Stress:
    found = [_followed(traced, fills, late) for traced in runs]
    in_r, money = (np.concatenate(values) for values in zip(*found, strict=True))
    mean = float(in_r.mean()) if len(in_r) else float("nan")
    return Stress(name, len(in_r), mean, float(money.sum()))


def _followed(traced: TracedRun, fills: FillModel, late: bool) -> tuple[Floats, Floats]:
    """Net results in R of the backtest's own risk, and in money."""
    own = traced.own
    entries, entered = own.entries, np.ones(len(own.entries), np.bool_)
    if late:
        entries, entered = _later(traced)
    results: Results = simulate_exits(traced.tape, entries, traced.run.exits, fills)
    return results.net / own.results.risk[entered], results.net * own.amounts[entered]


def _later(traced: TracedRun) -> tuple[Entries, Bools]:
    entries, tape = traced.own.entries, traced.tape
    last = np.minimum(tape.last_of(entries.at), entries.deadline)
    at = np.minimum(entries.at + 1, last)
    opened = tape.open[at]
    entered = (entries.at < last) & (opened > entries.stop)
    later = replace(entries, at=at, target=targets(opened, entries.stop, traced.run.exits))
    return later[entered], entered

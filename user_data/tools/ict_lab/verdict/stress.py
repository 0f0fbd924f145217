"""The same trades under worse fills and costs than Freqtrade's backtest has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ict_lab.chance.exits import Entries, Fills, Results, follow, targets
from ict_lab.chance.parts import Part

Floats = npt.NDArray[np.float64]


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


def stressed(parts: Sequence[Part], slippage: float) -> list[Stress]:
    """Replay the trades under each worsening, and under all of them.

    A delayed entry is filled at the open of the next candle, with the stop where it was and the target
    as many R away as before; it falls out when that open is beyond the stop, or the candles are over.

    Parameters
    ----------
    parts : Sequence[Part]
        The backtests.
    slippage : float
        How much worse a stop is filled, ratio of its price.
    """
    gaps = f"stops through gaps at the open, and {slippage * 1e4:g} bp worse"
    slips = Fills(through_gaps=True, stop_slippage=slippage)
    cases = [
        ("as the backtest fills", Fills(), False),
        ("stops through gaps at the open", Fills(through_gaps=True), False),
        (gaps, slips, False),
        ("fees doubled", Fills(fee_factor=2.0), False),
        ("entries one candle later", Fills(), True),
        ("all of these", replace(slips, fee_factor=2.0), True),
    ]
    return [_stress(parts, name, fills, late) for name, fills, late in cases]


def _stress(parts: Sequence[Part], name: str, fills: Fills, late: bool) -> Stress:
    found = [_followed(part, fills, late) for part in parts]
    in_r, money = (np.concatenate(values) for values in zip(*found, strict=True))
    mean = float(in_r.mean()) if len(in_r) else float("nan")
    return Stress(name, len(in_r), mean, float(money.sum()))


def _followed(part: Part, fills: Fills, late: bool) -> tuple[Floats, Floats]:
    """Net results in R of the backtest's own risk, and in money."""
    replayed = part.replayed
    entries, entered = replayed.entries, np.ones(len(replayed.entries), np.bool_)
    if late:
        entries, entered = _later(part)
    results: Results = follow(part.course, entries, part.rule, fills)
    return results.net / replayed.results.risk[entered], results.net * replayed.amounts[entered]


def _later(part: Part) -> tuple[Entries, npt.NDArray[np.bool_]]:
    entries, course = part.replayed.entries, part.course
    at = np.minimum(entries.at + 1, entries.last)
    opened = course.open[at]
    entered = (entries.at < entries.last) & (opened > entries.stop)
    later = replace(entries, at=at, target=targets(opened, entries.stop, part.rule))
    return later[entered], entered

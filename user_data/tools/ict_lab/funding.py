"""What funding costs, from the data on disk: the rate of an hour, and for how long trades were held."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pandas as pd
from ict_host.funding import LEAST_TRADES, USUAL_HOURS

from ict_lab.errors import LabError
from ict_lab.replay.markets import funding_rates
from ict_lab.runs.export import file_at, read_exports


class ExpectedFunding(NamedTuple):
    """What funding an entry may expect.

    Attributes
    ----------
    hourly : float
        What a long pays for an hour, ratio of the notional; NaN where it is not known.
    held_hours : float
        For how long the strategy's trades are held, the median.
    """

    hourly: float
    held_hours: float

    @property
    def whole(self) -> float:
        """What a long pays while it is held, ratio of the notional."""
        return self.hourly * self.held_hours


def expected_funding(datadir: Path, pair: str, results: Path, strategy: str) -> ExpectedFunding:
    """Return what an entry now may expect: the newest rate in the data, over the usual time.

    Parameters
    ----------
    datadir : Path
        Freqtrade's data folder of the exchange.
    pair : str
        As Freqtrade names it.
    results : Path
        Freqtrade's folder of backtests.
    strategy : str
        Name of the class.
    """
    rates = hourly_rates(funding_rates(datadir, pair))
    newest = float("nan") if rates.empty else float(rates.iloc[-1])
    return ExpectedFunding(newest, held_hours(results, strategy))


def hourly_rates(rates: pd.DataFrame) -> pd.Series[float]:
    """Divide each rate by the hours from one funding to the next.

    Parameters
    ----------
    rates : pandas.DataFrame
        Date and rate.
    """
    rates = rates.dropna()
    apart = rates["date"].diff().dt.total_seconds().median() / 3_600 if len(rates) > 1 else USUAL_HOURS
    return rates["rate"] / apart


def held_hours(results: Path, strategy: str) -> float:
    """Return for how long the trades of the newest backtest were held, the median.

    Returns
    -------
    float
        Hours; where that backtest is not of the strategy, or made too few trades, the usual time from
        one funding to the next.
    """
    with suppress(LabError):
        file = file_at(results)
        return _held_hours(file, file.stat().st_mtime_ns, strategy)
    return USUAL_HOURS


# A page asks for it with each of its pictures; `written` makes an export that is replaced another one.
@lru_cache(maxsize=16)
def _held_hours(file: Path, written: int, strategy: str) -> float:
    for export in read_exports(file):
        trades = export.results["trades"]
        if export.strategy == strategy and len(trades) >= LEAST_TRADES:
            return float(median(trade["trade_duration"] for trade in trades)) / 60
    return USUAL_HOURS

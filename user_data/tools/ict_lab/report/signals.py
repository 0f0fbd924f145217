"""The signal that a trade was entered by: found again on the candles that had closed by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from ict_host.signals import Signals

from ict import IctError
from ict.analysis import Analysis
from ict.desk.grid import ticks_of_months
from ict.facts import FACTS
from ict.memory import memory_candles
from ict.zone_key import ZoneKey
from ict_lab.candles import PairCandles
from ict_lab.replay.engine import Setup

WEEK = pd.Timedelta(days=7)
FINEST_STEP = 1e-8


@dataclass(frozen=True)
class TradedSignal:
    """What spoke for a trade.

    Attributes
    ----------
    closed : pandas.Timestamp
        Close of the signal's candle.
    score, threshold : float
        Points, and those that an entry needs (SIG-2).
    facts : tuple[str, ...]
        What held.
    zone : ZoneKey or None
        The zone of the entry; None for one by an event.
    """

    closed: pd.Timestamp
    score: float
    threshold: float
    facts: tuple[str, ...]
    zone: ZoneKey | None


def signal_of(trade: pd.Series[Any], pair: PairCandles, setup: Setup | None) -> TradedSignal | None:
    """Find the signal of a trade; None of another house's strategy, or where the candles don't give it.

    Parameters
    ----------
    trade : pandas.Series
        A row of a run's trades.
    pair : PairCandles
        Of its pair.
    setup : Setup or None
        Of the strategy that traded.
    """
    if setup is None or len(pair.frame) < 2:
        return None
    step = pd.Timedelta(pair.frame["date"].diff().median())
    before = pair.before(trade["open_date"], memory_candles(setup.params, WEEK // step))
    try:
        signals = _signals(before, setup)
        row = signals.row_at(before.frame["date"].iloc[-1])
        signal = signals.at(row, -1 if trade["is_short"] else 1)
    except (IctError, IndexError):
        return None
    if signal is None:
        return None
    names = str(trade["enter_tag"] or "").split("+")
    facts = tuple(name for name in names if name in FACTS)
    closed = before.frame["date"].iloc[row] + step
    return TradedSignal(closed, signal.score, setup.params.entry_threshold, facts, signal.zone)


def _signals(pair: PairCandles, setup: Setup) -> Signals:
    frame = pair.frame
    columns = Analysis(frame, setup.params, pair.higher, pair.second).columns()
    ticks = ticks_of_months(frame).ffill()
    newest = float(ticks.iloc[-1]) if len(ticks) else np.nan
    tick = np.full(len(frame), newest if newest > 0 else FINEST_STEP)
    always = np.ones(len(frame), np.bool_)
    return Signals.find(pd.DatetimeIndex(frame["date"]), columns, always, tick, setup.find_entries)

"""A strategy's signals on a stretch of candles: its own entries, at the times that its settings allow."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
from freqtrade.exchange import timeframe_to_seconds
from ict_host.calendar import Calendar
from ict_host.signals import Signals
from pandas import DatetimeIndex

from ict import Params
from ict.analysis import Analysis
from ict.columns import Columns
from ict.setups.entries import FindEntries
from ict_lab.fees import MAKER_FEE, TAKER_FEE
from ict_lab.replay.markets import Market
from ict_lab.tune.candles import Stretch


def signals_of(
    stretch: Stretch, params: Params, find_entries: FindEntries, timeframe: str, folder: Path
) -> Signals:
    """Find a strategy's signals.

    Parameters
    ----------
    stretch : Stretch
        Candles.
    params : Params
        Settings.
    find_entries : FindEntries
        What finds the strategy's entries at closes.
    timeframe : str
        Of the candles.
    folder : Path
        Freqtrade's user_data, where a file of blackouts is.

    Raises
    ------
    IctError
        When the settings don't fit the candles, or the blackouts can't be read.
    """
    calendar, candle = Calendar(params, folder), timedelta(seconds=timeframe_to_seconds(timeframe))
    higher = {name: stretch.higher[name] for name in params.higher_timeframes if name in stretch.higher}
    columns = Analysis(stretch.frame, params, higher, stretch.second).columns()
    opens = DatetimeIndex(stretch.frame["date"])
    allows = calendar.allows_rest if params.entry_at == "zone" else calendar.allows_market
    ticks = market_of(stretch, columns).ticks
    return Signals.find(opens, columns, allows(opens, candle), ticks, find_entries)


def market_of(stretch: Stretch, columns: Columns) -> Market:
    """Make the replay's market of a stretch, without funding; its ticks are those that prices show."""
    nothing = np.zeros(len(stretch.frame))
    return Market("", stretch.frame, stretch.higher, stretch.first, nothing, nothing, columns)


def fees_of(params: Params) -> tuple[float, float]:
    """Fees of entry and exit (RISK-7): the taker's, except for a post-only entry."""
    is_maker = params.entry_at == "zone" and params.entry_post_only
    return MAKER_FEE if is_maker else TAKER_FEE, TAKER_FEE

"""What a strategy would do at the newest close of the candles that are there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from freqtrade.exchange import timeframe_to_seconds
from ict_host.calendar import Calendar
from ict_host.outlook import pair_outlook
from ict_host.signals import Signals
from pandas import DatetimeIndex

from ict import Params
from ict.analysis import Analysis
from ict.desk.grid import ticks_of_months
from ict.errors import IctError
from ict.now.facts import Now, PairNow
from ict_lab.errors import LabError
from ict_lab.tune.candles import Stretch
from ict_lab.tune.controls import read_page
from ict_lab.tune.reading import FINEST_STEP, TAKER_FEE
from ict_lab.tune.strategies import Preset
from ict_lab.tune.workbench import Choice, Workbench

# Enough for the trend of the higher timeframes to be what a bot's is; the warm-up comes on top.
COUNT = 1_000


def now_on_candles(workbench: Workbench, strategy: str, pairs: tuple[str, ...] = ()) -> Now:
    """Say what a strategy would do at the newest close on disk, with the settings in force.

    Parameters
    ----------
    workbench : Workbench
        Configuration, strategies and candles.
    strategy : str
        Name of the class.
    pairs : tuple[str, ...]
        As Freqtrade names them; all that have candles of the strategy's timeframe without.

    Raises
    ------
    LabError
        When there are no such candles, or a setting is wrong.
    """
    preset = workbench.presets[strategy]
    params = read_page(workbench.starting_values(strategy))
    known = [pair for pair, frames in workbench.pairs().items() if preset.timeframe in frames]
    for pair in pairs:
        if pair not in known:
            raise LabError(
                f"no {preset.timeframe} candles of {pair} are in {workbench.setup.datadir}; "
                f"there are some of {', '.join(known) or 'no pair'}"
            )
    shown = tuple(_pair(workbench, preset, params, pair) for pair in pairs or known)
    if not shown:
        raise LabError(f"no {preset.timeframe} candles are in {workbench.setup.datadir}")
    return Now(written_at=datetime.now(UTC), bot="", strategy=strategy, state="", mode="candles", pairs=shown)


def _pair(workbench: Workbench, preset: Preset, params: Params, pair: str) -> PairNow:
    choice = Choice(pair, preset.timeframe, "", COUNT)
    stretch = workbench.stretch(params, choice)
    candle = timedelta(seconds=timeframe_to_seconds(preset.timeframe))
    try:
        calendar = Calendar(params, workbench.setup.user_data)
        signals = _signals(stretch, params, preset, calendar, candle)
    except IctError as error:
        raise LabError(f"{pair}: {error}") from error
    tick = _tick(stretch)
    return pair_outlook(
        pair, preset.timeframe, candle, signals, calendar, fees=(TAKER_FEE, TAKER_FEE), tick=tick
    )


def _signals(
    stretch: Stretch, params: Params, preset: Preset, calendar: Calendar, candle: timedelta
) -> Signals:
    higher = {name: stretch.higher[name] for name in params.higher_timeframes if name in stretch.higher}
    columns = Analysis(stretch.frame, params, higher, stretch.second).columns()
    opens = DatetimeIndex(stretch.frame["date"])
    rests = params.entry_at == "zone"
    in_time = (calendar.allows_rest if rests else calendar.allows_market)(opens, candle)
    return Signals.find(opens, columns, in_time, _tick(stretch), preset.find_entries)


def _tick(stretch: Stretch) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    ticks = ticks_of_months(stretch.frame).ffill()
    newest = float(ticks.iloc[-1]) if len(ticks) else np.nan
    return np.full(len(stretch.frame), newest if newest > 0 else FINEST_STEP)

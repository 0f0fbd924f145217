"""What a strategy would do at the newest close of the candles that are there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from freqtrade.exchange import timeframe_to_seconds
from ict_host.calendar import Calendar
from ict_host.outlook import pair_outlook

from ict.errors import IctError
from ict.now.facts import Now, PairNow
from ict_lab.candles import prices_of
from ict_lab.errors import LabError
from ict_lab.tune.controls import read_page
from ict_lab.tune.signals import fees_of, signals_of
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
    known = [pair for pair, frames in workbench.pairs().items() if preset.timeframe in frames]
    for pair in pairs:
        if pair not in known:
            raise LabError(
                f"no {preset.timeframe} candles of {pair} are in {workbench.setup.datadir}; "
                f"there are some of {', '.join(known) or 'no pair'}"
            )
    shown = tuple(_pair(workbench, preset, pair) for pair in pairs or known)
    if not shown:
        raise LabError(f"no {preset.timeframe} candles are in {workbench.setup.datadir}")
    return Now(
        written_at=datetime.now(UTC),
        bot="",
        strategy=strategy,
        state="",
        mode="candles",
        prices=prices_of(workbench.setup.datadir),
        pairs=shown,
    )


def _pair(workbench: Workbench, preset: Preset, pair: str) -> PairNow:
    params = read_page(workbench.starting_values(preset.name, pair))
    folder, timeframe = workbench.setup.user_data, preset.timeframe
    stretch = workbench.stretch(params, Choice(pair, timeframe, "", COUNT))
    candle = timedelta(seconds=timeframe_to_seconds(timeframe))
    try:
        calendar = Calendar(params, folder)
        signals = signals_of(stretch, params, preset.find_entries, timeframe, folder)
    except IctError as error:
        raise LabError(f"{pair}: {error}") from error
    funding = workbench.funding(preset.name, pair)
    return pair_outlook(
        pair,
        timeframe,
        candle,
        signals,
        calendar,
        fees=fees_of(params),
        tick=signals.tick,
        funding_hourly=funding.hourly,
        held_hours=funding.held_hours,
    )

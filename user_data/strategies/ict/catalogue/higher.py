"""Columns of higher timeframes, of their candles that have closed."""

from __future__ import annotations

from ict.catalogue.kinds import Group, Kind, Plot
from ict.catalogue.table import Higher, HigherSided, Table
from ict.market.higher import HigherView
from ict.params import Params


def _of_stops(params: Params) -> tuple[str, ...]:
    return params.stop_timeframes


def _of_trends(params: Params) -> tuple[str, ...]:
    # Days are looked at for the levels of weeks and months.
    return params.trend_timeframe, params.second_trend_timeframe


class HigherColumns(Table):
    """The higher timeframes."""

    higher_trend = Higher(
        "ict_trend_{timeframe}", Kind.DIRECTION, Group.TREND, "HTF-1", "trend of a higher timeframe",
        HigherView.trend, plot=Plot("{timeframe} trend", "trend", height=2, timeframes=_of_trends),
        remembers="the last break",
    )  # fmt: skip
    higher_atr = Higher(
        "ict_atr_{timeframe}", Kind.HEIGHT, Group.TREND, "EXIT-2",
        "its average true range; only with `min_stop_atr` or for `trail_timeframe`",
        HigherView.atr, timeframes=_of_stops, remembers="Wilder's average, which never forgets",
    )  # fmt: skip
    higher_swing = HigherSided(
        "ict_swing_{extreme}_{timeframe}", Kind.PRICE, Group.TREND, "EXIT-3",
        "its last confirmed swing; only with `min_stop_atr` or for `trail_timeframe`",
        HigherView.swing, timeframes=_of_stops, remembers="the last swing",
    )  # fmt: skip
    in_higher_block = HigherSided(
        "ict_in_{side}_ob_{timeframe}", Kind.FLAG, Group.HIGHER_ZONES, "HTFZ-1",
        "a live order block of a higher timeframe and that side holds the close", HigherView.in_block,
    )  # fmt: skip
    in_higher_gap = HigherSided(
        "ict_in_{side}_fvg_{timeframe}", Kind.FLAG, Group.HIGHER_ZONES, "HTFZ-1",
        "a live gap of a higher timeframe and that side holds the close", HigherView.in_gap,
    )  # fmt: skip
    volatility_percentile = Higher(
        "ict_volatility_percentile_{timeframe}", Kind.PERCENT, Group.TREND, "VOL-1",
        "rank of its range; of 1d, and only with `max_volatility_percentile` below 100",
        HigherView.volatility_percentile, timeframes=lambda params: (params.volatility_timeframe,),
        remembers="90 candles of it, which is longer than any zone lives",
    )  # fmt: skip

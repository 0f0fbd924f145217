"""Columns of levels that the calendar makes: past periods and sessions, and opens."""

from __future__ import annotations

from ict.candles import Direction, Floats
from ict.catalogue.kinds import Group, Kind
from ict.catalogue.table import Column, Sided, Table
from ict.market.chart import Chart
from ict.market.periods import DAY, TO_MONDAY, WEEK, Periods, open_since

_DAYS = "daily candles: weeks and months are not made of the window's own where those are given"


def _latest(chart: Chart, periods: Periods, side: Direction) -> Floats:
    return periods.latest(side, len(chart.candles))


def _session(name: str, title: str) -> Sided[Floats]:
    """Declare high and low of a session."""
    return Sided(
        f"ict_{name}_{{extreme}}", Kind.PRICE, Group.LEVELS, "LEVEL-2",
        f"high (low) of {title}'s latest session that is over",
        lambda chart, side: _latest(chart, chart.sessions[name], side),
    )  # fmt: skip


class LevelColumns(Table):
    """Highs and lows of past periods and sessions, and opens of the running ones."""

    prev_day = Sided(
        "ict_prev_day_{extreme}", Kind.PRICE, Group.LEVELS, "LEVEL-1", "high (low) of the previous UTC day",
        lambda chart, side: _latest(chart, chart.days, side),
    )  # fmt: skip
    prev_week = Sided(
        "ict_prev_week_{extreme}", Kind.PRICE, Group.LEVELS, "LEVEL-1",
        "high (low) of the previous week, Monday to Sunday",
        lambda chart, side: _latest(chart, chart.weeks, side), remembers=_DAYS,
    )  # fmt: skip
    prev_month = Sided(
        "ict_prev_month_{extreme}", Kind.PRICE, Group.LEVELS, "LEVEL-1", "high (low) of the previous month",
        lambda chart, side: _latest(chart, chart.months, side), remembers=_DAYS,
    )  # fmt: skip

    asia = _session("asia", "Asia")
    london = _session("london", "London")
    new_york = _session("new_york", "New York")

    midnight_open = Column(
        "ict_midnight_open", Kind.PRICE, Group.LEVELS, "LEVEL-3", "open at midnight in New York",
        lambda chart: open_since(chart.candles, chart.new_york, DAY),
    )  # fmt: skip
    day_open = Column(
        "ict_day_open", Kind.PRICE, Group.LEVELS, "LEVEL-3", "open of the UTC day",
        lambda chart: open_since(chart.candles, chart.candles.time, DAY),
    )  # fmt: skip
    week_open = Column(
        "ict_week_open", Kind.PRICE, Group.LEVELS, "LEVEL-3", "open of the week, Monday 00:00 UTC",
        lambda chart: open_since(chart.candles, chart.candles.time, WEEK, TO_MONDAY),
    )  # fmt: skip

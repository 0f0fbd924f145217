"""Alerts on a running bot: found at the newest closed candle, sent once, also across restarts."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Callable, Iterator
from datetime import timedelta
from time import monotonic
from typing import cast

from freqtrade.persistence import KeyStoreKeys, KeyValueStore
from pandas import Timestamp

from ict.candles import BOTH_SIDES
from ict.columns import Columns
from ict.desk.grid import Grid
from ict.desk.levels import LevelError
from ict.facts import ENTRY_ZONES
from ict.market.higher import TIMEFRAMES
from ict.setups.zones import zones_of
from ict.words.alerts import (
    Alert,
    AlertFacts,
    BreakAlert,
    SignalAlert,
    SweepAlert,
    ZoneAlert,
    alert_message,
)
from ict_host.reports import Reporter
from ict_host.signals import Signals

logger = logging.getLogger(__name__)

# The newest candle of a pair that was alerted.
KEY = "ict_alerted_{}"
AN_HOUR, MOST_AN_HOUR = 3600.0, 120


class Alerts:
    """Sends the alerts that are switched on.

    Parameters
    ----------
    reporter : Reporter
        Makes the texts, and knows which are switched on.
    post : Callable
        Takes a text for the channels.
    """

    def __init__(self, reporter: Reporter, post: Callable[[str], None]) -> None:
        self._reporter, self._post = reporter, post
        self._sent: deque[float] = deque()

    def look(self, pair: str, timeframe: str, candle: timedelta, signals: Signals, grid: Grid) -> None:
        """Send the alerts of a pair's newest candle, if that was not done yet.

        Parameters
        ----------
        pair, timeframe : str
            Of the candles.
        candle : timedelta
            Their length.
        signals : Signals
            What they signal.
        grid : Grid
            The pair's tick and lot.
        """
        settings = self._reporter.settings
        if not any(re.fullmatch(one, pair) for one in settings.alert_pairs or (".*",)):
            return
        opened, found = signals.opens[-1], tuple(self._found(timeframe, signals, grid))
        if not (found and self._is_news(pair, opened)):
            return
        facts = AlertFacts(
            pair=pair,
            timeframe=timeframe,
            candle_closed_at=opened.to_pydatetime() + candle,
            close_price=float(signals.columns.chart.candles.close[-1]),
            price_step=grid.tick,
            alerts=found,
            link=settings.link,
        )
        text = self._reporter.made(lambda language: alert_message(facts, language))
        if text is not None:
            self._post(text)

    def _found(self, timeframe: str, signals: Signals, grid: Grid) -> Iterator[Alert]:
        kinds, timeframes = self._reporter.settings.alerts, self._reporter.settings.alert_timeframes
        if "signal" in kinds:
            yield from _signal(signals, grid)
        of_candles: list[ZoneAlert | SweepAlert | BreakAlert] = [*_zones(kinds, timeframe, signals)]
        for name, columns in _closed_with(timeframe, signals.columns, timeframes):
            of_candles += _sweeps(name, columns) if "sweep" in kinds else ()
            of_candles += _breaks(name, columns) if "break" in kinds else ()
        yield from (alert for alert in of_candles if not timeframes or alert.timeframe in timeframes)

    def _is_news(self, pair: str, opened: Timestamp) -> bool:
        """Whether a candle was not alerted yet, and not too many were; from now on it was."""
        key, at = cast("KeyStoreKeys", KEY.format(pair)), opened.isoformat()
        if (KeyValueStore.get_string_value(key) or "") >= at:
            return False
        KeyValueStore.store_value(key, at)
        now = monotonic()
        while self._sent and now - self._sent[0] > AN_HOUR:
            self._sent.popleft()
        if len(self._sent) >= MOST_AN_HOUR:
            logger.warning("No alert on %s: %s an hour is the limit", pair, MOST_AN_HOUR)
            return False
        self._sent.append(now)
        return True


def _signal(signals: Signals, grid: Grid) -> Iterator[SignalAlert]:
    row = len(signals.opens) - 1
    side = int(signals.direction[row])
    found = signals.at(row, side) if side else None
    if found is None:
        return
    params = signals.columns.chart.params
    entry = found.close if found.limit is None else found.limit
    try:
        levels = found.levels_from(entry, found.stop_for(entry, grid), grid, params)
    except LevelError as error:
        logger.info("A signal gives no alert: %s", error)
        return
    yield SignalAlert(
        side=side, entry_price=entry, stop_price=levels.stop, target_price=levels.target,
        score_points=found.score, tag=found.tag, part_price=levels.part,
    )  # fmt: skip


def _zones(kinds: tuple[str, ...], timeframe: str, signals: Signals) -> Iterator[ZoneAlert]:
    """Find the zones in which the newest close is the first."""
    chart, last = signals.columns.chart, len(signals.opens) - 1
    close = chart.candles.close
    for kind in (kind for kind in ENTRY_ZONES if kind in kinds):
        zones = zones_of(chart, kind)
        holds = (zones.bottom <= close[last]) & (close[last] <= zones.top) & (zones.known_at < last)
        for zone in (holds & ((zones.ended_at < 0) | (zones.ended_at > last))).nonzero()[0]:
            low, high = float(zones.bottom[zone]), float(zones.top[zone])
            before = close[zones.known_at[zone] + 1 : last]
            if not ((low <= before) & (before <= high)).any():
                side = int(zones.direction[zone])
                yield ZoneAlert(
                    kind=kind, direction=side, timeframe=timeframe, bottom_price=low, top_price=high
                )
    for name, family in (
        ("htf_ob", signals.columns.in_higher_block), ("htf_fvg", signals.columns.in_higher_gap),
    ):  # fmt: skip
        for higher in chart.params.higher_timeframes if name in kinds else ():
            for side in BOTH_SIDES:
                inside = family[higher, side][-2:]
                if len(inside) == 2 and inside[1] and not inside[0]:
                    yield ZoneAlert(kind=name, direction=side, timeframe=higher)


def _closed_with(timeframe: str, columns: Columns, asked: tuple[str, ...]) -> Iterator[tuple[str, Columns]]:
    """Return the timeframes of which a candle closes with the newest one, each with its own columns.

    The candles' own is one, then the higher ones of the setup and of the settings.
    """
    yield timeframe, columns
    chart = columns.chart
    longer = (name for name, span in TIMEFRAMES.items() if span > chart.candles.step)
    for higher in longer:
        if higher in (*chart.params.higher_timeframes, *asked) and (closed := chart.closed_now(higher)):
            yield higher, Columns(closed)


def _sweeps(timeframe: str, columns: Columns) -> Iterator[SweepAlert]:
    for side in BOTH_SIDES:
        if swept := columns.swept[side][-1]:
            yield SweepAlert(side=side, timeframe=timeframe, pools=tuple(str(swept).split("+")))


def _breaks(timeframe: str, columns: Columns) -> Iterator[BreakAlert]:
    kinds = {"bos": columns.bos, "choch": columns.choch, "mss": columns.mss, "cisd": columns.cisd}
    for kind, column in kinds.items():
        if side := int(column[-1]):
            yield BreakAlert(kind=kind, direction=side, timeframe=timeframe)

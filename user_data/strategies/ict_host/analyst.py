"""A pair's candles analysed by themselves: what is wrong with them is reported, and the other pairs continue.

A backtest has no net under `populate_indicators`: one impossible candle would end it for all pairs. A live
bot's net keeps the pair's last analysis, whose signal could then be traded a candle late.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from freqtrade.exchange import timeframe_to_seconds
from pandas import DataFrame, DatetimeIndex, Timedelta, Timestamp

from ict import CandleError, ParameterError, Params
from ict.analysis import Analysis, with_columns
from ict.candles import Candles
from ict.columns import Columns
from ict.errors import SecondMarketError
from ict.market.chart import Chart
from ict_host.wanted import Wanted

logger = logging.getLogger(__name__)


class Analyst:
    """Analyse the candles of pairs.

    Parameters
    ----------
    report : Callable[[str], None]
        Takes a sentence for the trader.
    wanted : Wanted
        Which columns come with the candles.
    live : bool
        Whether an error of ours must not end the run.
    """

    def __init__(self, report: Callable[[str], None], wanted: Wanted, *, live: bool) -> None:
        self._report, self._wanted, self._live = report, wanted, live
        self._reported: set[Hashable] = set()
        # What each pair was analysed on; None where that could not be done.
        self._charts: dict[str, Chart | None] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Hyperopt sends a strategy to its workers: they have the analysed frames, not the charts."""
        return {**vars(self), "_charts": {}}

    def analysed(
        self,
        pair: str,
        timeframe: str,
        candles: DataFrame,
        params: Params,
        higher: Mapping[str, DataFrame],
        second: Mapping[str, DataFrame] | None = None,
    ) -> DataFrame:
        """Return the candles with the wanted `ict_*` columns; wrong candles get all of them, without a value.

        `second` has the candles of the market that the pair is compared with, under its name.

        Raises
        ------
        ParameterError
            When the settings don't fit the timeframe.
        """
        earlier, self._charts[pair] = self._charts.get(pair), None
        try:
            analysis = self._analysis(pair, candles, params, higher, second or {})
            analysis.check_length(timeframe, Timedelta(seconds=timeframe_to_seconds(timeframe)))
            columns = analysis.columns(earlier)
            frame = analysis.beside(columns.chosen(self._wanted.of(columns.chart)))
            self._report_missing(pair, timeframe, analysis.missing())
        except CandleError as error:
            self._report_bad(pair, timeframe, str(error), error.at)
        except ParameterError:
            raise
        except Exception as error:
            if not self._live:
                raise
            logger.exception("The candles of %s could not be analysed", pair)
            self._report_bad(pair, timeframe, repr(error), None)
        else:
            self._charts[pair] = columns.chart
            return frame
        return with_columns(candles, Columns.absent(len(candles), params))

    def columns(
        self, pair: str, frame: DataFrame, params: Params, higher: Callable[[], Mapping[str, DataFrame]]
    ) -> Columns | None:
        """Return the columns of an analysed frame, and the chart behind them; None for wrong candles.

        What the frame has is read from there: it may be another process's, or come out of a file. The chart
        is for what no column says: zones, and the pools that wait, with those of weeks and months. Where it
        is the one that these candles were analysed on, it also gives the columns that the frame lacks.

        `higher` loads the candles of higher timeframes where there is no such chart.
        """
        if pair in self._charts and self._charts[pair] is None:
            return None
        try:
            candles = Candles.from_frame(frame)
            kept = self._charts.get(pair)
            if kept is not None and kept.params == params and kept.candles.same_as(candles):
                return Columns(kept, frame, finds_missing=True)
            return Columns(Analysis(frame, params, higher()).columns().chart, frame)
        except CandleError:
            # That was reported with the analysis.
            return None

    def _analysis(
        self,
        pair: str,
        candles: DataFrame,
        params: Params,
        higher: Mapping[str, DataFrame],
        second: Mapping[str, DataFrame],
    ) -> Analysis:
        """Take the candles, and those of a second market where they are there and right."""
        for name, others in second.items():
            try:
                if len(others):
                    return Analysis(candles, params, higher, others)
                why = "no candles"
            except SecondMarketError as error:
                why = str(error)
            self._report_once((pair, name), f"{pair} is not compared with {name} (reference_pairs): {why}")
        return Analysis(candles, params, higher)

    def _report_bad(self, pair: str, timeframe: str, what: str, at: Timestamp | None) -> None:
        # The row of a bad candle is another one in each window, its time is not.
        key = pair, what if at is None else at
        when = "" if at is None else f", at {at:%Y-%m-%d %H:%M} UTC"
        self._report_once(key, f"{pair} {timeframe} is not analysed and gives no entry: {what}{when}")

    def _report_missing(self, pair: str, timeframe: str, missing: Mapping[str, DatetimeIndex]) -> None:
        for name, opens in missing.items():
            first, last = (f"{opened:%Y-%m-%d %H:%M}" for opened in (opens[0], opens[-1]))
            self._report_once(
                (pair, name),
                f"{pair} {name} lacks {len(opens)} candles from {first} to {last} UTC: "
                f"they are made from {timeframe} candles where those exist",
            )

    def _report_once(self, key: Hashable, text: str) -> None:
        if key not in self._reported:
            self._reported.add(key)
            self._report(text)

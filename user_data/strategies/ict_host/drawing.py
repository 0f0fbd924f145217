"""What FreqUI shows beside the candles: zones and events, an open trade's levels, and the subplots.

Freqtrade calls it when a chart is opened: in the API's own threads, never in the loop that
trades. Its own wrapper would turn an error here into an error page instead of the chart, so whatever
goes wrong is logged and the chart comes without its drawings.
"""

import logging
from datetime import datetime
from typing import Any, cast

from freqtrade.ft_types.plot_annotation_type import AnnotationType
from freqtrade.persistence import LocalTrade, Trade
from pandas import DataFrame, DatetimeIndex, Timestamp, concat

from ict import CandleError
from ict.candles import Candles
from ict.desk.levels import Levels
from ict.drawing import DrawingSettings, Position, draw
from ict.drawing.plots import plot_config, plotted
from ict.drawing.settings import SETTINGS_KEY
from ict_host.parts import WithLive
from ict_host.sides import SIDES
from ict_host.start_error import refusing

logger = logging.getLogger("ICTObFvgStrategy")


class IctDrawing(WithLive):
    """The part of the strategy that draws FreqUI's chart."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        with refusing(config):
            self._drawing = DrawingSettings.parse(config.get(SETTINGS_KEY))
        self._analysed: dict[str, DataFrame] = {}

    def analyze_ticker(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Analyse candles as Freqtrade does, keep them, and add what FreqUI plots under a trader's names.

        A chart may ask for a part of them only: a zone that was born before it would be missed, and
        structure would start again. Backtests don't come here.
        """
        self._analysed[metadata["pair"]] = dataframe
        analysed = super().analyze_ticker(dataframe, metadata)
        try:
            lines = plotted(analysed, self.params_of(metadata["pair"]))
        except Exception:
            # Trading must not depend on a plot.
            logger.exception("The chart of %s comes without its plots", metadata["pair"])
            return analysed
        return concat([analysed, lines], axis=1)

    def plot_annotations(
        self, pair: str, start_date: datetime, end_date: datetime, dataframe: DataFrame, **kwargs: Any
    ) -> list[AnnotationType]:
        """Draw zones, levels, events and open trades on a chart."""
        try:
            return self._annotations(pair, dataframe)
        except Exception:
            logger.exception("The chart of %s comes without its drawings", pair)
            return []

    def _annotations(self, pair: str, frame: DataFrame) -> list[AnnotationType]:
        params = self.params_of(pair)
        whole = self._whole(pair, frame)
        higher = {name: self.dp.get_pair_dataframe(pair, name) for name in params.higher_timeframes}
        other = params.reference_of(pair)
        second = self.dp.get_pair_dataframe(other, self.timeframe) if other else whole[:0]
        drawn = draw(
            Candles.from_frame(whole),
            params,
            self._drawing,
            higher={name: Candles.from_frame(frame) for name, frame in higher.items() if len(frame)},
            reference=_second(second),
            positions=self._positions(pair),
            first=len(whole) - len(frame),
        )
        return cast(list[AnnotationType], drawn)

    def _whole(self, pair: str, frame: DataFrame) -> DataFrame:
        """Return the analysed candles whose end the frame is; the frame where they are missing."""
        kept = self._analysed.get(pair)
        if kept is None:
            return frame
        whole = kept[kept["date"] <= frame["date"].iat[-1]]
        return whole if _ends_with(whole, frame) else frame

    def _positions(self, pair: str) -> list[Position]:
        if not self._is_live:
            return []
        trades = [
            (trade, self._levels.of(trade)) for trade in Trade.get_trades_proxy(pair=pair, is_open=True)
        ]
        return [_position(trade, levels) for trade, levels in trades if levels is not None]

    @property
    def plot_config(self) -> dict[str, Any]:
        """What FreqUI plots: swings and stops on the candles; trends, score and threshold below them."""
        # Freqtrade looks at every attribute while it loads the settings: no check of them here.
        return plot_config(self._values())


def _second(frame: DataFrame) -> Candles | None:
    """Candles of the second market; the analysis has reported where they are absent or wrong."""
    try:
        return Candles.from_frame(frame) if len(frame) else None
    except CandleError:
        return None


def _ends_with(whole: DataFrame, frame: DataFrame) -> bool:
    opens, first = DatetimeIndex(whole["date"]), DatetimeIndex(frame["date"])[0]
    return len(opens) >= len(frame) and opens[-len(frame)] == first


def _position(trade: LocalTrade, levels: Levels) -> Position:
    opened = Timestamp(trade.date_entry_fill_utc or trade.open_date_utc)
    # The stop may have been moved since the entry.
    stop = trade.stop_loss or levels.stop
    return Position(
        SIDES[trade.trade_direction], opened.as_unit("ns").value, levels.entry, stop, levels.target
    )

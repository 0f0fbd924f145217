"""The whole picture: every kind of pattern, back to front."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ict.candles import BOTH_SIDES, Candles
from ict.catalogue.kinds import ZoneKind
from ict.catalogue.zone_kinds import GAP, ORDER_BLOCK, ZONE_KINDS
from ict.drawing.calendar import (
    dealing_range,
    midnight_open,
    period_levels,
    session_levels,
    session_shades,
    strong_and_weak,
)
from ict.drawing.choice import nearest_live, newest_ended
from ict.drawing.events import (
    break_shapes,
    displacement_shapes,
    divergence_shapes,
    sweep_shapes,
    swing_shapes,
)
from ict.drawing.labels import POOL_NAMES
from ict.drawing.marks import Marks, marks_of_band, marks_of_pools, marks_of_zones, onto_base_candles
from ict.drawing.paint import Annotation, paint
from ict.drawing.position import Position, position_shapes
from ict.drawing.settings import DrawingSettings
from ict.drawing.shapes import ROOM_ABOVE, Box, Level, Shape, Sheet
from ict.market.chart import Chart
from ict.market.higher import TIMEFRAMES, last_closed
from ict.market.higher_candles import joined
from ict.market.zones import Zones
from ict.params import Params

# How strong a kind's fill is beside that of an order block.
_OF_HIGHER, _OF_BAND = 0.5, 0.6


def draw(
    candles: Candles,
    params: Params,
    settings: DrawingSettings,
    *,
    higher: Mapping[str, Candles] | None = None,
    reference: Candles | None = None,
    positions: Iterable[Position] = (),
    first: int = 0,
    room_above: float = ROOM_ABOVE,
) -> list[Annotation]:
    """Draw the chart's patterns and open trades as annotations of Freqtrade's chart.

    The start and prices of a shape were known at the close of the candle where it starts, and never
    change. Its end, colour and label are as of the newest candle.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    params : Params
        Settings of the patterns.
    settings : DrawingSettings
        What is drawn, and how many of each.
    higher : Mapping[str, Candles], optional
        Candles of higher timeframes; made from the base candles where they are missing.
    reference : Candles, optional
        Candles of the second market, for divergence (SMT-1).
    positions : Iterable[Position]
        Open trades.
    first : int
        First candle of the picture.
    room_above : float
        See `Sheet`.

    Returns
    -------
    list[Annotation]
        Dictionaries of Freqtrade's AnnotationType, back to front; empty without candles.
    """
    if not (settings.drawing and len(candles)):
        return []
    first = max(first, len(candles) - settings.drawn_candles)
    sheet = Sheet(
        candles,
        first,
        settings.screen_candles,
        characters=settings.screen_characters,
        lines=settings.screen_lines,
        ahead=settings.ahead_candles,
        room_above=room_above,
    )
    shapes = _market_shapes(sheet, Chart(candles, params, higher, reference), settings, higher or {})
    trades = positions if settings.position else ()
    return paint(sheet, [*shapes, *(one for each in trades for one in position_shapes(sheet, each))])


def _market_shapes(
    sheet: Sheet, chart: Chart, settings: DrawingSettings, higher: Mapping[str, Candles]
) -> Iterator[Shape]:
    yield from _higher_boxes(sheet, chart.params, settings, higher)
    yield from session_shades(sheet, chart, settings.sessions)
    yield from dealing_range(sheet, chart) if settings.dealing_range else ()
    yield from _bands(sheet, chart, settings)
    yield from _boxes(sheet, chart, settings)
    yield from period_levels(sheet, chart, settings.period_levels)
    yield from session_levels(sheet, chart, settings.session_levels)
    yield from midnight_open(sheet, chart) if settings.midnight_open else ()
    yield from strong_and_weak(sheet, chart) if settings.strong_levels else ()
    yield from _pool_levels(sheet, chart, settings)
    # In this order they get their places beside the candles.
    yield from swing_shapes(sheet, chart, settings.swings, settings.major_swings)
    yield from sweep_shapes(sheet, chart, settings.sweeps)
    yield from displacement_shapes(sheet, chart, settings.displacements) if settings.displacements else ()
    yield from divergence_shapes(sheet, chart, settings.divergences)
    yield from break_shapes(sheet, chart.structure.breaks, settings.breaks)


def _boxes(sheet: Sheet, chart: Chart, settings: DrawingSettings) -> Iterator[Box]:
    """Choose zones of each kind, with the look of their state."""
    for kind in ZONE_KINDS:
        zones, limit = chart.zones(kind.find), settings[kind.setting]
        picked = sheet.pick(
            # Only chosen zones are asked whether price has returned to them.
            marks_of_zones(zones, zones.touches > 0),
            nearest_live(chart.candles.close, limit),
            newest_ended(settings.spent_zones if limit else 0),
        )
        yield from sheet.boxes(_marks(kind, zones[picked], chart.candles), kind.short, kind.fill)


def _marks(kind: ZoneKind, zones: Zones, candles: Candles) -> Marks:
    return marks_of_zones(zones, kind.came_back(zones, candles))


def _higher_boxes(
    sheet: Sheet, params: Params, settings: DrawingSettings, higher: Mapping[str, Candles]
) -> Iterator[Box]:
    """Choose order blocks and gaps of the higher timeframe (HTF-1)."""
    span = TIMEFRAMES[params.trend_timeframe]
    candles = sheet.candles
    if not settings.higher_zones or span <= candles.step:
        return
    given = joined(candles, higher.get(params.trend_timeframe, candles[:0]), span)
    seen = last_closed(candles, given, span)
    closed = given[: int(seen[-1]) + 1]
    chart = Chart(closed, params)
    for kind in (GAP, ORDER_BLOCK):
        zones = chart.zones(kind.find)
        # Ended ones are left out: grey boxes of that size would cover the chart.
        marks = onto_base_candles(_marks(kind, zones[zones.ended_at < 0], closed), seen)
        picked = sheet.pick(marks, nearest_live(candles.close, settings.higher_zones))
        yield from sheet.boxes(marks[picked], f"{kind.short} {params.trend_timeframe}", _OF_HIGHER)


def _bands(sheet: Sheet, chart: Chart, settings: DrawingSettings) -> Iterator[Box]:
    """Find the band of the leg that is current at the end of each screen (OTE-1)."""
    for side in BOTH_SIDES if settings.ote_bands else ():
        marks = marks_of_band(chart.ote[side].top, chart.ote[side].bottom, side)
        picked = sheet.pick(marks, nearest_live(chart.candles.close, 1))
        yield from sheet.boxes(marks[picked], "OTE", _OF_BAND)


def _pool_levels(sheet: Sheet, chart: Chart, settings: DrawingSettings) -> Iterator[Level]:
    """Choose untaken pools (POOL-1), with equal highs and lows by name (EQ-1)."""
    marks, _, is_equal = marks_of_pools(chart.liquidity, len(chart.candles))
    marks, is_equal = marks[marks.ended_at < 0], is_equal[marks.ended_at < 0]
    picked = sheet.pick(marks, nearest_live(chart.candles.close, settings.pools))
    kinds = zip(marks.direction[picked].tolist(), is_equal[picked].tolist(), strict=True)
    yield from sheet.levels(marks[picked], [POOL_NAMES[kind] for kind in kinds], "dotted", 2)
